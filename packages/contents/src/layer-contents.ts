import { existsSync } from "node:fs";
import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { type LayerStore, type OverlayMark, overlayMarks, type PastBuild } from "@dibkit/runner";
import type { ImageContents, ImageFile } from "./image-contents.js";

import { type FoundFile, walkTree } from "./walk-tree.js";

/**
 * The root tree a build had before it went to the disk, put together from its layers without mounting them, so that
 * every file knows the step that wrote it. What scripts on the real disk wrote (`pre-finalise.d` and later) is not in it.
 */
export async function layerContents(
  store: LayerStore,
  { record }: PastBuild,
  commands: CommandRunner,
): Promise<Result<ImageContents, string>> {
  const tree = createTree();
  for (const { label, layer, onDisk } of record.steps) {
    if (layer === undefined || onDisk) continue;
    if ((await store.named(layer)) === undefined) {
      return err(`the layer of ${label.phase}/${label.script} is gone from the cache`);
    }
    const root = store.treeDirectory(layer, "root");
    if (!existsSync(root)) continue;
    tree.mark(tree.files.size === 0 ? [] : await overlayMarks(root, commands));
    for (const found of walkTree(root, label)) tree.put(found);
  }
  const environments = Object.values(record.environments);
  const environment = record.environments["finalise.d"] ?? environments.at(-1) ?? {};
  const commandLine = environment.DIB_BOOTLOADER_DEFAULT_CMDLINE;
  const name = `${record.image} of ${record.started.slice(0, 19).replace("T", " ")}`;
  return ok({ name, files: tree.files, texts: new Map(), ...(commandLine === undefined ? {} : { commandLine }) });
}

/** A root tree that layers are put on, one after the other. */
function createTree() {
  const files = new Map<string, ImageFile>();
  const times = new Map<string, number>();
  const forgetBelow = (path: string) => {
    if (files.get(path)?.type !== "directory") return;
    for (const other of [...files.keys()]) if (other.startsWith(`${path}/`)) files.delete(other);
  };
  return {
    files,
    mark(marks: readonly OverlayMark[]) {
      const before = marks.some(({ movedFrom }) => movedFrom !== undefined) ? [...files] : [];
      for (const { path, movedFrom } of marks) {
        forgetBelow(path);
        if (movedFrom === undefined) continue;
        for (const [other, file] of before) {
          if (!other.startsWith(`${movedFrom}/`)) continue;
          const place = path + other.slice(movedFrom.length);
          files.set(place, file);
          times.set(place, times.get(other) ?? 0);
        }
      }
    },
    put({ path, file, modifiedMs }: FoundFile) {
      const before = files.get(path);
      if (file?.type !== "directory") forgetBelow(path);
      if (file === undefined) {
        files.delete(path);
        return;
      }
      // Overlay copies a whole file up when only its mode or owner changes; its content is still the earlier step's.
      const same = before?.type === "file" && before.bytes === file.bytes && times.get(path) === modifiedMs;
      const writer = before?.type === file.type && (same || file.type === "directory") ? before.writer : file.writer;
      files.set(path, writer === undefined ? file : { ...file, writer });
      times.set(path, modifiedMs);
    },
  };
}
