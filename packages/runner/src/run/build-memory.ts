import { statfs } from "node:fs/promises";
import type { CommandRunner } from "@dibkit/exec";
import type { BuildRequest } from "../job/build-request.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { LayerTrees } from "../layers/layer-trees.js";
import { canOverlay } from "../layers/open-layer-trees.js";

/** GiB, upstream's default of `DIB_MIN_TMPFS`: a tmpfs of less is of no use. */
const LEAST_GIB = 2;
const WATCH_MS = 100;
/** Nobody who writes much leaves exactly nothing free. */
const FULL_BELOW = 0.01;

/**
 * Memory for what a build does not keep, as upstream builds in a tmpfs. Scripts of the tree write there: much of what
 * package managers write is gone again when they end, and never gets to the disk; what is left is copied into the
 * store. Then come the raw files of the disk.
 */
export interface BuildMemory {
  /** The directory, empty; undefined when there is no memory to spare, or `--no-tmpfs` was asked for. */
  open(): Promise<string | undefined>;
  /** Waits for `work`, and tells whether the memory was full at any time. */
  watch<T>(work: Promise<T>): Promise<readonly [value: T, full: boolean]>;
  /** Bytes that can be written. */
  free(): Promise<number>;
}

interface MemoryContext {
  readonly trees: LayerTrees;
  readonly store: LayerStore;
  readonly commands: CommandRunner;
  readonly request: BuildRequest;
  /** Where it is mounted, for the processes of the build alone; the kernel takes it away with the last of them. */
  readonly directory: string;
}

export function buildMemory(context: MemoryContext): BuildMemory {
  const { directory } = context;
  let opened: Promise<string | undefined> | undefined;
  const isFull = async () => {
    const { bavail, blocks, ffree, files } = await statfs(directory);
    return bavail < blocks * FULL_BELOW || ffree < files * FULL_BELOW;
  };
  return {
    open: () => {
      opened ??= mountMemory(context);
      return opened;
    },
    async watch(work) {
      let full = false;
      const look = async () => {
        full ||= await isFull().catch(() => false);
      };
      const timer = setInterval(() => void look(), WATCH_MS);
      try {
        const value = await work;
        await look();
        return [value, full];
      } finally {
        clearInterval(timer);
      }
    },
    async free() {
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    },
  };
}

async function mountMemory(context: MemoryContext): Promise<string | undefined> {
  const { trees, commands, request, directory } = context;
  // Plain copies are changed in place.
  if (request.noTmpfs || trees.kind !== "overlay") return undefined;
  // Half of what is free, or of what the control group leaves.
  const bytes = Math.floor(process.availableMemory() / 2);
  if (!(bytes >= (request.minTmpfs ?? LEAST_GIB) * 1024 ** 3)) return undefined;
  const options = `mode=0755,size=${bytes}`;
  const mounted = await commands.run(["mount", "-t", "tmpfs", "-o", options, "dibkit", directory]);
  return mounted.ok && (await canOverlay(context, directory)) ? directory : undefined;
}
