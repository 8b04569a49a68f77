import { chmod, copyFile, lstat, lutimes, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ElementFile, PHASES } from "@dibkit/model";
import { hashText } from "../layers/layer-key.js";
import type { HelperFile } from "../layers/script-reach.js";
import type { HooksTree } from "../plan/hooks-tree.js";

const DOCUMENTATION = /^(README(\..*)?|test-elements|tests|__pycache__)(\/|$)/;

const PHASE_NAMES: ReadonlySet<string> = new Set(PHASES.map((phase) => phase.name));

/** Writes the merged hooks; times are kept, because scripts copy these files into images. */
export async function writeHooks(tree: HooksTree, directory: string, upstreamLibrary?: string): Promise<void> {
  for (const { path, file } of tree.entries.values()) {
    const to = join(directory, path);
    await mkdir(dirname(to), { recursive: true });
    if (file.kind === "directory") await mkdir(to, { recursive: true });
    else if (file.kind === "symlink") await symlink(file.target, to);
    else {
      await writeFile(to, file.bytes);
      await chmod(to, file.mode);
    }
    if (file.origin.kind === "disk" && file.kind !== "directory") {
      const { atime, mtime } = await lstat(file.origin.path);
      await lutimes(to, atime, mtime);
    }
  }
  if (upstreamLibrary !== undefined) {
    // Upstream leaves its own runner in the hooks directory, and the element dib-run-parts installs it from there.
    const from = join(upstreamLibrary, "dib-run-parts");
    await copyFile(from, join(directory, "dib-run-parts"));
    await chmod(join(directory, "dib-run-parts"), 0o755);
  }
}

/** Every file that scripts may read or run: all but hook scripts, environment files, tests and documentation. */
export function helperFiles(tree: HooksTree): readonly HelperFile[] {
  const elements = new Set([...tree.entries.values()].map((entry) => entry.element));
  const helpers: HelperFile[] = [];
  for (const element of elements) {
    for (const file of element.files.values()) {
      if (DOCUMENTATION.test(file.path) || isHookScript(file) || file.path.startsWith("environment.d/")) continue;
      helpers.push(helperFile(element.name, file));
    }
  }
  return helpers;
}

function isHookScript(file: ElementFile): boolean {
  const [top, , ...deeper] = file.path.split("/");
  return PHASE_NAMES.has(top ?? "") && deeper.length === 0 && !/^.*\/package-installs-/.test(file.path);
}

function helperFile(element: string, file: ElementFile): HelperFile {
  const base = { id: `${element}/${file.path}`, name: file.path.slice(file.path.lastIndexOf("/") + 1) };
  if (file.kind === "symlink") return { ...base, text: file.target, hash: hashText(`link ${file.target}`) };
  if (file.kind === "directory") return { ...base, text: "", hash: hashText(`directory ${file.mode}`) };
  const binary = file.bytes.subarray(0, 8000).includes(0);
  const hash = hashText(`${(file.mode & 0o111).toString(8)} ${hashText(file.bytes)}`);
  return binary ? { ...base, hash } : { ...base, text: Buffer.from(file.bytes).toString("utf8"), hash };
}
