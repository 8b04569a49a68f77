import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonOf } from "@dibkit/model";
import type { ContainerImage } from "../job/fetched.js";

/**
 * Where podman, buildah and their like keep images. They stack layers with overlayfs, which the kernel refuses on an overlay
 * such as the view that a build has of the host, so each build has an empty directory there.
 */
const CONTAINER_STORAGE = "/var/lib/containers";

/** Configuration of all engines that keep images there. */
const CONFIGURATION = "/etc/containers";

/** An image as containers' storage lists it. */
interface StoredImage {
  readonly names?: readonly string[];
  readonly digest?: string;
}

/** Of the drivers that an engine may have chosen. */
const LISTS = ["overlay", "vfs", "btrfs", "zfs"].map((driver) => `storage/${driver}-images/images.json`);

/** Whether this machine has such an engine. */
export function hasContainers(): boolean {
  return existsSync(CONFIGURATION);
}

/** Directories of a build's own, and where its view has them. */
export function containerDirectories(scratch: string): readonly { readonly from: string; readonly at: string }[] {
  return [
    { from: join(scratch, "containers"), at: CONTAINER_STORAGE },
    { from: join(scratch, "running-containers"), at: "/run/containers" },
    { from: join(scratch, "podman"), at: "/run/libpod" },
  ];
}

/** What container engines keep in a build, seen from inside of its view. */
export interface ContainerStorage {
  /** The images that engines have fetched since this was last asked. */
  takeNew(): readonly ContainerImage[];
  /** Gives images back that a run fetched of which nothing is kept: they are there for the next one. */
  putBack(images: readonly ContainerImage[]): void;
}

export function openContainerStorage(): ContainerStorage {
  const seen = new Set<string>();
  const isShown = hasContainers();
  return {
    takeNew() {
      const all = isShown ? LISTS.flatMap((list) => imagesOf(join(CONTAINER_STORAGE, list))) : [];
      const fresh = all.filter(({ name, digest }) => !seen.has(`${name} ${digest}`));
      for (const { name, digest } of fresh) seen.add(`${name} ${digest}`);
      return fresh;
    },
    putBack(images) {
      for (const { name, digest } of images) seen.delete(`${name} ${digest}`);
    },
  };
}

/**
 * Those that an engine made itself have no registry in their names. Scripts can write there, so what is no list of images
 * counts as none.
 */
function imagesOf(path: string): readonly ContainerImage[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const images = jsonOf(text);
  if (!Array.isArray(images)) return [];
  return images.flatMap((image: StoredImage | null) => {
    const { names = [], digest } = image ?? {};
    if (digest === undefined) return [];
    return names.filter((name) => !name.startsWith("localhost/")).map((name) => ({ name, digest }));
  });
}
