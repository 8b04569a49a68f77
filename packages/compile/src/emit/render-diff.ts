import type { ElementFile } from "@dibkit/model";
import type { FileChange } from "./plan-emit.js";

type PatchOf = typeof import("diff")["createTwoFilesPatch"];

/** Changes as one unified diff, as `git diff` would show them. */
export async function renderDiff(changes: readonly FileChange[]): Promise<string> {
  if (changes.length === 0) return "";
  const { createTwoFilesPatch } = await import("diff");
  return changes.map((change) => fileDiff(change, createTwoFilesPatch)).join("");
}

function fileDiff({ element, path, before, after }: FileChange, patchOf: PatchOf): string {
  const name = `${element}/${path}`;
  const header = `diff --dibkit a/${name} b/${name}\n${modeLines(before, after)}`;
  const from = textOf(before);
  const to = textOf(after);
  if (from === undefined || to === undefined) return `${header}Binary files differ\n`;
  if (from === to) return header;
  const patch = patchOf(before ? `a/${name}` : "/dev/null", after ? `b/${name}` : "/dev/null", from, to);
  return header + patch.replace(/^=+\n/, "").replace(/^(---|\+\+\+ [^\t\n]*)\t$/gm, "$1");
}

function modeLines(before: ElementFile | undefined, after: ElementFile | undefined): string {
  if (before && after) {
    const [from, to] = [gitMode(before), gitMode(after)];
    return from === to ? "" : `old mode ${from}\nnew mode ${to}\n`;
  }
  if (after) return `new file mode ${gitMode(after)}\n`;
  return before ? `deleted file mode ${gitMode(before)}\n` : "";
}

function gitMode(file: ElementFile): string {
  if (file.kind === "symlink") return "120000";
  if (file.kind === "directory") return "040000";
  return (file.mode & 0o111) === 0 ? "100644" : "100755";
}

function textOf(file: ElementFile | undefined): string | undefined {
  if (!file || file.kind === "directory") return "";
  if (file.kind === "symlink") return file.target;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.bytes);
  } catch {
    return undefined;
  }
}
