import { createReadStream, existsSync, statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { fileHash } from "@dibkit/exec";
import { lastNameOf } from "@dibkit/model";
import { type BuildRecord, outputFingerprint } from "@dibkit/runner";

const OCI_ARCHIVE = ".oci.tar";
/** Behind the name of an archive: the image in it. */
const MANIFEST = "#manifest";

/** An image file that a statement is about, or an image in such a file. */
export interface Subject {
  /** Name of the file, without its directory; of an image in an OCI archive with `#manifest` behind it. */
  readonly name: string;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

export interface FoundSubjects {
  /** In the order of their names. */
  readonly subjects: readonly Subject[];
  /** Names of outputs that are not there any more, or have other bytes now. */
  readonly missing: readonly string[];
}

/**
 * The outputs of a build that are still what it wrote, with their hashes. `path` is the file that somebody named, which
 * may be one of the outputs at another path.
 */
export async function imageSubjects({ outputs = {} }: BuildRecord, path: string | undefined): Promise<FoundSubjects> {
  const subjects: Subject[] = [];
  const missing: string[] = [];
  const named = path !== undefined && isFile(path) ? await outputFingerprint(path) : undefined;
  for (const [output, fingerprint] of Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = lastNameOf(output);
    const same = isFile(output) && (await outputFingerprint(output)) === fingerprint;
    const file = same ? output : named === fingerprint ? path : undefined;
    if (file === undefined) {
      missing.push(name);
      continue;
    }
    subjects.push({ name, sha256: await fileHash(file) });
    if (!name.endsWith(OCI_ARCHIVE)) continue;
    for (const sha256 of await manifestDigests(file)) subjects.push({ name: `${name}${MANIFEST}`, sha256 });
  }
  return { subjects, missing };
}

/** Digests of the images in an OCI archive, by which registries know them. */
async function manifestDigests(path: string): Promise<readonly string[]> {
  const { extract } = await import("tar-stream");
  const entries = extract();
  const read = pipeline(createReadStream(path), entries);
  let index = "{}";
  for await (const entry of entries) {
    if (entry.header.name.replace(/^\.\//, "") === "index.json") index = await text(entry);
    else entry.resume();
  }
  await read;
  const { manifests = [] } = JSON.parse(index) as { readonly manifests?: readonly { readonly digest: string }[] };
  return manifests.flatMap(({ digest }) => (digest.startsWith("sha256:") ? [digest.slice(7)] : []));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
