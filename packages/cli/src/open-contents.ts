import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import type { ImageContents } from "@dibkit/contents";
import type { LayerStore, PastBuild } from "@dibkit/runner";
import type { OptionSpec } from "./command.js";
import { type Terminal, usageFailure, writeWarning } from "./terminal.js";

/** What a word for an image may be; for the arguments of commands that look into images. */
export const IMAGE_WORDS =
  "an output of a build, the id of a build, either of them with ~1 for the build before it, or an image file";

export const contentsOptions = {
  file: { type: "boolean", summary: "read the finished image file even when the layers of its build are known" },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** A build by output, id or `~N`; undefined after saying on stderr that there is none. */
export async function buildOf(
  terminal: Terminal,
  store: LayerStore,
  word: string | undefined,
  which: { readonly unfinished?: boolean } = {},
): Promise<PastBuild | undefined> {
  const build = await tryBuild(terminal, store, word, which);
  if (build.ok) return build.value;
  usageFailure(terminal, build.error, 'build it with "dibkit build"; the last 20 builds are remembered');
  return undefined;
}

/** A build by output, id or `~N`, or why there is none. */
export async function tryBuild(
  terminal: Terminal,
  store: LayerStore,
  word: string | undefined,
  which: { readonly unfinished?: boolean } = {},
) {
  const { findBuild } = await import("@dibkit/contents");
  const byId = await findBuild(store, word, which);
  if (byId.ok || word === undefined || word.startsWith("~")) return byId;
  return findBuild(store, resolvePath(terminal.cwd, word), which);
}

/** Opens an image from the layers of its build, or from its file; undefined after saying on stderr why it cannot. */
export async function withContents<T>(
  terminal: Terminal,
  store: LayerStore,
  word: string | undefined,
  fromFile: boolean,
  use: (contents: ImageContents) => Promise<T>,
): Promise<T | undefined> {
  const { createCommandRunner } = await import("@dibkit/exec");
  const { layerContents, missingReaders, withImageFile } = await import("@dibkit/contents");
  const useKnown = (contents: ImageContents) => {
    for (const { program, debianPackage, purpose } of missingReaders(contents, terminal.env)) {
      const missing = `the packages of ${contents.name} are not known: program "${program}" is missing, which is needed to ${purpose}`;
      writeWarning(terminal, missing, `install the package ${debianPackage}`);
    }
    return use(contents);
  };
  const commands = createCommandRunner({ signal: terminal.signal });
  const path = word === undefined ? undefined : resolvePath(terminal.cwd, word);
  const build = fromFile && path !== undefined ? undefined : await tryBuild(terminal, store, word);
  if (build?.ok) {
    const contents = await layerContents(store, build.value, commands);
    if (contents.ok) return useKnown(contents.value);
    usageFailure(terminal, contents.error, "build it again, or read the finished image with --file");
    return undefined;
  }
  if (path === undefined || (build !== undefined && !existsSync(path))) {
    usageFailure(terminal, build?.error ?? "there is no image", `name ${IMAGE_WORDS}`);
    return undefined;
  }
  const read = await withImageFile(path, commands, useKnown);
  if (read.ok) return read.value;
  usageFailure(terminal, read.error.message, read.error.help ?? `name ${IMAGE_WORDS}`);
  return undefined;
}
