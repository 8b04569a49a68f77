import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ElementFile } from "@dibkit/model";

/** Name of the file that says which files of an output directory dibkit wrote. */
export const MANIFEST_FILE = ".dibkit-manifest.json";

/** Fingerprints of the files written, by element and path. */
export type Manifest = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Content, kind and execute bit of a file: what a version control system would keep of it. */
export function fingerprint(file: ElementFile): string {
  const hash = createHash("sha256");
  if (file.kind === "symlink") return `symlink:${hash.update(file.target).digest("hex").slice(0, 32)}`;
  if (file.kind === "directory") return "directory";
  const executable = (file.mode & 0o111) !== 0 ? "x:" : "";
  return `${executable}${hash.update(file.bytes).digest("hex").slice(0, 32)}`;
}

/** The manifest of an output directory; empty when there is none, or none that can be read. */
export function readManifest(outDir: string): Manifest {
  try {
    const { version, elements } = JSON.parse(readFileSync(join(outDir, MANIFEST_FILE), "utf8"));
    if (version !== 1 || typeof elements !== "object" || elements === null) return new Map();
    return new Map(
      Object.entries(elements as Record<string, Record<string, string>>).map(([name, files]) => [
        name,
        new Map(Object.entries(files)),
      ]),
    );
  } catch {
    return new Map();
  }
}

/** Text of a manifest: sorted, one file a line, so that it merges well. */
export function manifestText(manifest: Manifest): string {
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const elements = Object.fromEntries(
    sorted(manifest).map(([name, files]) => [name, Object.fromEntries(sorted(files))]),
  );
  return `${JSON.stringify({ version: 1, elements }, null, 2)}\n`;
}

/** Writes the manifest as a whole, or removes it when nothing is owned any more. */
export function writeManifest(outDir: string, manifest: Manifest): void {
  const path = join(outDir, MANIFEST_FILE);
  if (manifest.size === 0) {
    rmSync(path, { force: true });
    return;
  }
  const text = manifestText(manifest);
  try {
    if (readFileSync(path, "utf8") === text) return;
  } catch {
    // It does not exist yet.
  }
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
