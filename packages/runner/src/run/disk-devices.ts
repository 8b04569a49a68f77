import { existsSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type CommandRunner, commandError } from "@dibkit/exec";

/** Where a layer, or the state before all of them, has the files that play devices. */
const DEVICES = "devices";

interface DevicesContext {
  /** By name, the files that play the devices of a disk. */
  readonly devices: Readonly<Record<string, string>>;
  readonly commands: CommandRunner;
  /** A directory of this disk alone, for the devices as they are before any script has run. */
  readonly scratch: string;
}

/**
 * What scripts write to the devices of a disk in files: boot code, labels, swap. Each file that has changed is kept whole,
 * because it holds little but holes.
 */
export interface DiskDevices {
  /** Makes the files what they are after layers, given by the directory of each, newest first. */
  bring(layers: readonly string[]): Promise<void>;
  /** Leaves the files that have changed since `bring` in a layer's directory. */
  collect(layer: string): Promise<void>;
}

export async function openDiskDevices({ devices, commands, scratch }: DevicesContext): Promise<DiskDevices> {
  /** Which archive each file is the content of, and what the kernel says of it since then. */
  const current = new Map<string, { readonly archive: string; readonly stamp: string }>();
  const names = Object.keys(devices);
  const fileOf = (name: string) => devices[name] ?? "";
  const note = async (name: string, archive: string) => {
    current.set(name, { archive, stamp: await stampOf(fileOf(name)) });
  };
  const run = async (words: readonly string[]) => {
    const done = await commands.run(words);
    if (!done.ok) throw commandError("keep or restore a device of the disk", done.error);
  };
  const write = async (name: string, directory: string) => {
    await mkdir(join(directory, DEVICES), { recursive: true });
    await run([...WRITE, "-C", dirname(fileOf(name)), "-cf", archiveIn(directory, name), "--", basename(fileOf(name))]);
  };
  for (const name of names) {
    await write(name, scratch);
    await note(name, archiveIn(scratch, name));
  }
  return {
    async bring(layers) {
      for (const name of names) {
        const archive =
          [...layers, scratch].map((layer) => archiveIn(layer, name)).find((path) => existsSync(path)) ?? "";
        const now = current.get(name);
        if (now?.archive === archive && now.stamp === (await stampOf(fileOf(name)))) continue;
        // The file is mounted as a device, so it has to stay the one that it is.
        await run(["tar", "--overwrite", "-C", dirname(fileOf(name)), "-xf", archive]);
        await note(name, archive);
      }
    },
    async collect(layer) {
      for (const name of names) {
        if (current.get(name)?.stamp !== (await stampOf(fileOf(name)))) await write(name, layer);
      }
    },
  };
}

/** Of a file only its bytes, and of those only what is no hole. */
const WRITE = [
  "tar",
  "--sparse",
  "--format=gnu",
  "--mtime=@0",
  "--owner=0",
  "--group=0",
  "--numeric-owner",
  "--mode=600",
];

function archiveIn(directory: string, name: string): string {
  return join(directory, DEVICES, `${name}.tar`);
}

/** Another one after every write: the kernel notes the time of each. */
async function stampOf(file: string): Promise<string> {
  const { mtimeNs, ctimeNs, size } = await stat(file, { bigint: true });
  return [mtimeNs, ctimeNs, size].join(" ");
}
