import type { ElementFile } from "../element.js";
import { loadElement } from "../load-element.js";
import { DefinitionError } from "./definition-error.js";
import type { DirectoryReference } from "./file-content.js";

/** Everything below a directory on disk, under `prefix`. */
export function directoryFiles(prefix: string, reference: DirectoryReference): ElementFile[] {
  const loaded = loadElement(reference.path);
  if (!loaded.ok)
    throw new DefinitionError(
      `fromDirectory finds no directory "${reference.path}"`,
      reference.site,
      "give a path relative to the module that calls fromDirectory",
    );
  return [...loaded.value.files.values()].map((file) => {
    const path = prefix + file.path;
    if (file.kind === "symlink") return { ...file, path };
    // Only the execute bit survives a version control system, so only it is taken.
    const kept = file.kind === "directory" || (file.mode & 0o111) !== 0 ? 0o755 : 0o644;
    if (file.kind === "directory") return { ...file, path, mode: kept };
    return {
      kind: "file",
      path,
      origin: file.origin,
      mode: kept,
      get bytes() {
        return file.bytes;
      },
    };
  });
}
