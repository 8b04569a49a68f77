import { existsSync } from "node:fs";
import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { type DiskChange, type LayerStore, type OverlayMark, overlayMarks, type PastBuild } from "@dibkit/runner";
import type { ImageContents, ImageFile } from "./image-contents.js";
import { isPackageData } from "./packages/installed-packages.js";
import { type FoundFile, walkTree } from "./walk-tree.js";

/**
 * The root tree of a build's image, put together without mounting anything: from the layers, in which every file knows
 * the step that wrote it, and from what is remembered of scripts on the real disk (`pre-finalise.d` and later).
 */
export async function layerContents(
  store: LayerStore,
  { record, job: { askedFor } }: PastBuild,
  commands: CommandRunner,
): Promise<Result<ImageContents, string>> {
  const texts = new Map<string, Buffer>();
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
  for (const change of (await store.records.diskChanges(record.id)) ?? []) {
    tree.change(change);
    if (change.data !== undefined) texts.set(change.path, Buffer.from(change.data, "base64"));
  }
  const environments = Object.values(record.environments);
  const environment = record.environments["finalise.d"] ?? environments.at(-1) ?? {};
  const commandLine = environment.DIB_BOOTLOADER_DEFAULT_CMDLINE;
  const name = `${record.image} of ${record.started.slice(0, 19).replace("T", " ")}`;
  return ok({
    ...{ name, files: tree.files, texts, built: record.started },
    ...(askedFor === undefined ? {} : { askedFor }),
    ...(commandLine === undefined ? {} : { commandLine }),
  });
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
    change({ path, type, writer, content, mode, owner, bytes, target, hash, data }: DiskChange) {
      const before = files.get(path);
      if (type !== "directory") forgetBelow(path);
      if (type === "removed") {
        files.delete(path);
      } else if (!content && before !== undefined) {
        files.set(path, { ...before, mode, owner });
      } else {
        const more = { ...(target === undefined ? {} : { target }), ...(hash === undefined ? {} : { hash }) };
        // Readers of package databases have to have files: the tree's are nearer to the truth than none.
        const older = data === undefined && isPackageData(path) ? before?.contentPath : undefined;
        const contentPath = older === undefined ? {} : { contentPath: older };
        files.set(path, { type, mode, owner, bytes, writer, ...contentPath, ...more });
      }
    },
    mark(marks: readonly OverlayMark[]) {
      const before = marks.some(({ movedFrom }) => movedFrom !== undefined) ? [...files] : [];
      for (const { path, movedFrom } of marks) {
        forgetBelow(path);
        if (movedFrom === undefined) continue;
        for (const [other, file] of before) {
          if (!other.startsWith(`${movedFrom}/`)) continue;
          const moved = path + other.slice(movedFrom.length);
          files.set(moved, file);
          times.set(moved, times.get(other) ?? 0);
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
