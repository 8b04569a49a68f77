import type { ImageFile } from "@dibkit/contents";
import type { Image } from "./image.js";
import { mismatch, UnknownFact } from "./image-mismatch.js";

/** What a file has to be; what is not named may be anything. Symbolic links are followed, but for `target`. */
export interface ExpectedFile {
  /** The whole content, or what must match somewhere in it. */
  readonly text?: string | RegExp;
  /** Permission bits with set-uid, set-gid and sticky: `0o644`. */
  readonly mode?: number;
  /** `UID:GID`. */
  readonly owner?: string;
  /** `"file"`, `"directory"`, `"symlink"` or `"special"`, of what the path leads to. */
  readonly type?: ImageFile["type"];
  /** What the path itself, as a symbolic link, leads to, as it is written. */
  readonly target?: string;
}

/** Rejects with the first thing that the file is not. */
export async function expectFile(image: Image, path: string, expected: ExpectedFile): Promise<void> {
  const { name } = image;
  const link = image.contents.files.get(path);
  const file = image.file(path);
  if (expected.target !== undefined) {
    const actual = link?.type === "symlink" ? link.target : undefined;
    if (actual !== expected.target)
      throw mismatch(
        actual === undefined
          ? `there is no symbolic link "${path}" in "${name}"`
          : `"${path}" in "${name}" leads to "${actual}", not "${expected.target}"`,
        `make it with ln -sfn ${expected.target} ${path}`,
        { actual, expected: expected.target },
      );
    if (Object.keys(expected).length === 1) return;
  }
  if (file === undefined) {
    const why = link === undefined ? "is missing" : `leads to "${link.target}", which is missing,`;
    throw mismatch(`"${path}" ${why} in "${name}"`, "look which script writes it, and whether a later one removes it");
  }
  const octal = (mode: number) => mode.toString(8).padStart(4, "0");
  if (expected.type !== undefined && file.type !== expected.type)
    throw mismatch(`"${path}" in "${name}" is a ${file.type}, not a ${expected.type}`, "look which script makes it", {
      actual: file.type,
      expected: expected.type,
    });
  if (expected.mode !== undefined && file.mode !== expected.mode)
    throw mismatch(
      `"${path}" in "${name}" has mode ${octal(file.mode)}, not ${octal(expected.mode)}`,
      `set it in the script that writes it: chmod ${octal(expected.mode)} ${path}`,
      { actual: octal(file.mode), expected: octal(expected.mode) },
    );
  if (expected.owner !== undefined && !image.ownersKnown)
    throw new UnknownFact(
      `who owns "${path}" in "${name}" is not known: in layers of an ordinary user's builds owners have other numbers\nremedy: open the image file of the build instead`,
    );
  if (expected.owner !== undefined && file.owner !== expected.owner)
    throw mismatch(
      `"${path}" in "${name}" belongs to ${file.owner}, not ${expected.owner}`,
      `set it in the script that writes it: chown ${expected.owner} ${path}`,
      { actual: file.owner, expected: expected.owner },
    );
  if (expected.text === undefined) return;
  const text = await image.text(path);
  const same = expected.text instanceof RegExp ? expected.text.test(text ?? "") : text === expected.text;
  if (text === undefined || !same)
    throw mismatch(
      expected.text instanceof RegExp
        ? `nothing in "${path}" of "${name}" matches ${expected.text}`
        : `"${path}" of "${name}" has another content`,
      "look at the script that writes it",
      { actual: text, expected: expected.text },
    );
}
