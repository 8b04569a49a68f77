import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import type { LayerStore, PastBuild } from "@dibkit/runner";
import { buildOf, withContents } from "../open-contents.js";
import { type Terminal, usageFailure, writeWarning } from "../terminal.js";

/** A statement about an image that a known build has made. */
export interface ImageStatement {
  /** JSON of one line, without a newline. */
  readonly text: string;
  readonly build: PastBuild;
  /** SHA-256 of the manifests of images in OCI archives, in hexadecimal digits. */
  readonly manifests: readonly string[];
  /** The image file that was named; undefined when a build was. */
  readonly path: string | undefined;
}

/** Makes the statement of where an image comes from; undefined after saying on stderr why there is none. */
export async function imageStatement(
  terminal: Terminal,
  store: LayerStore,
  word: string | undefined,
  fromFile: boolean,
): Promise<ImageStatement | undefined> {
  const { createCommandRunner } = await import("@dibkit/exec");
  const { fetchedBySteps, imagePackages, imageSubjects, provenanceStatement } = await import("@dibkit/contents");
  const build = await buildOf(terminal, store, word);
  if (build === undefined) return undefined;
  const named = word === undefined ? undefined : resolvePath(terminal.cwd, word);
  const path = named !== undefined && existsSync(named) ? named : undefined;
  const { subjects, missing } = await imageSubjects(build.record, path);
  if (subjects.length === 0) {
    usageFailure(
      terminal,
      `no output of build ${build.record.id} is there any more as it was written`,
      "name the image file, or build it again",
    );
    return undefined;
  }
  if (missing.length > 0)
    writeWarning(terminal, `the statement leaves out what is gone or was changed since: ${missing.join(", ")}`);
  const commands = createCommandRunner({ signal: terminal.signal });
  const parts = await withContents(terminal, store, word, fromFile, (image) => imagePackages(image, commands));
  if (parts === undefined) return undefined;
  const timeline = await store.records.timeline(build.record.id);
  const images = (await fetchedBySteps(store, build)).flatMap((step) => step.images);
  const text = JSON.stringify(await provenanceStatement({ build, timeline, subjects, parts, images }));
  const manifests = subjects.flatMap(({ name, sha256 }) => (name.endsWith("#manifest") ? [sha256] : []));
  return { text, build, path, manifests };
}
