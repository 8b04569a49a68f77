import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTree } from "@dibkit/contents";
import type { CommandRunner } from "@dibkit/exec";
import type { UnrepeatedFile } from "./verify-report.js";

/** More files than these are named, but not looked into. */
const MOST_FILES = 50;
const MOST_LINES = 12;

/** For files whose content differs: the beginning of a diff, or where binary files differ first. By path. */
export async function compareContent(
  archives: readonly [string, string],
  files: readonly UnrepeatedFile[],
  commands: CommandRunner,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = new Set(
    files
      .filter(({ what }) => what.includes("content"))
      .slice(0, MOST_FILES)
      .map(({ path }) => path),
  );
  if (wanted.size === 0) return new Map();
  const keep = (path: string) => wanted.has(`/${path}`);
  const [one, other] = [await readTree(archives[0], keep), await readTree(archives[1], keep)];
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-verify-"));
  try {
    const found = new Map<string, readonly string[]>();
    for (const path of wanted) {
      const [before, after] = [one.texts.get(path.slice(1)), other.texts.get(path.slice(1))];
      if (before === undefined || after === undefined) continue;
      const difference =
        isText(before) && isText(after)
          ? await diff(scratch, before, after, commands)
          : [firstDifference(before, after)];
      found.set(path, difference);
    }
    return found;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const isText = (bytes: Buffer) => !bytes.includes(0);

async function diff(scratch: string, before: Buffer, after: Buffer, commands: CommandRunner): Promise<string[]> {
  const [one, other] = [join(scratch, "first"), join(scratch, "second")];
  await writeFile(one, before);
  await writeFile(other, after);
  // diff ends with 1 when there is a difference, and the runner keeps the last lines only of a failure.
  const shown = await commands.run(["sh", "-c", 'diff -U0 -- "$1" "$2" | tail -n +3 | cut -c -160', "sh", one, other]);
  const lines = shown.ok ? shown.value.stdout.split("\n").filter((line) => line !== "" && !line.startsWith("@@")) : [];
  return lines.length > MOST_LINES
    ? [...lines.slice(0, MOST_LINES), `… ${lines.length - MOST_LINES} more lines`]
    : lines;
}

/** `byte 12 of 4096 and 4100 is the first that differs`. */
export function firstDifference(before: Buffer, after: Buffer): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  const sizes = before.length === after.length ? `${before.length}` : `${before.length} and ${after.length}`;
  return `binary: byte ${at} of ${sizes} is the first that differs`;
}
