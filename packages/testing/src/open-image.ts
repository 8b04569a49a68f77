import { resolve } from "node:path";
import { findBuild, layerContents, unpackImageFile } from "@dibkit/contents";
import { createCommandRunner } from "@dibkit/exec";
import { layerStoreAt } from "@dibkit/runner";
import { type Image, imageOf } from "./image.js";
import { openScratchDirectory } from "./scratch-directory.js";

/** A build, in the directory where its layers are. */
export interface BuildReference {
  /** Where `dibkit build` keeps layers: what `--cache-dir` says, or `~/.cache/dibkit`. */
  readonly cacheDir: string;
  /** The id of a build, an output of one, either of them with `~1` for the build before; default: the newest build. */
  readonly build?: string;
}

/**
 * Opens an image without booting it: a file (tar, tgz, or a disk with an ext filesystem as raw, qcow2, vmdk, vdi, vhd or
 * vhdx), or the layers of a build, which also know the element of every file. A file is unpacked below `TMPDIR` until the
 * image is closed; the image itself is not changed. Throws an `Error` with one sentence when it cannot be read.
 */
export async function openImage(image: string | BuildReference): Promise<Image> {
  return typeof image === "string" ? openFile(image) : openBuild(image);
}

async function openFile(path: string): Promise<Image> {
  const scratch = await openScratchDirectory();
  try {
    const contents = await unpackImageFile(resolve(path), scratch.path, createCommandRunner());
    if (contents.ok) return imageOf(contents.value, { ownersKnown: true, close: scratch.remove });
    const { message, help } = contents.error;
    throw new Error(help === undefined ? message : `${message}\nremedy: ${help}`);
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

async function openBuild({ cacheDir, build: word }: BuildReference): Promise<Image> {
  const store = layerStoreAt(resolve(cacheDir));
  const byId = await findBuild(store, word);
  const build = byId.ok || word === undefined ? byId : await findBuild(store, resolve(word));
  if (!build.ok) throw new Error(`${build.error}\nremedy: build it with "dibkit build --cache-dir ${cacheDir}"`);
  const contents = await layerContents(store, build.value, createCommandRunner());
  if (!contents.ok) throw new Error(`${contents.error}\nremedy: build it again, or open the image file`);
  return imageOf(contents.value, { ownersKnown: process.getuid?.() === 0 });
}
