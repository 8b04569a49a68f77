import { cp, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { decodePath, encodePath, fsPath } from "@dibkit/model";
import { BUILD_DIRECTORY, IMAGE_DIRECTORY } from "../job/build-directories.js";
import type { ImageState } from "../job/layer.js";

/** dibkit's own directories in the build's view of the host. */
const OWN = ["mnt", "hooks", "elements", "built", ".dibkit"].map((name) => `${BUILD_DIRECTORY}/${name}`);

/** What the scripts of one build write on the host, which is thrown away at the end of the build. */
export interface HostWrites {
  /** Host paths written since the last call: entries of the throw-away layer that are new or have changed. */
  takeNew(): Promise<readonly string[]>;
  /**
   * Copies what scripts have written so far into a layer, so that a later build can start from there; tells whether
   * there was anything, and undefined when it could not be copied.
   */
  keep(staging: string): Promise<boolean | undefined>;
  /** Puts the host writes of cached steps into this build's view, before the first host script that really runs. */
  bring(state: ImageState): Promise<void>;
}

/** `upper` is the throw-away layer on top of the host's root; `layers` is where the layers of cached steps are. */
export function createHostWrites(upper: string, layers: string, commands: CommandRunner): HostWrites {
  let seen: ReadonlyMap<string, string> = new Map();
  let brought: string | undefined;
  const takeNew = async () => {
    const before = seen;
    const now = await writtenBelow(upper);
    seen = now;
    return [...now]
      .filter(([path, stamp]) => before.get(path) !== stamp)
      .map(([path]) => path)
      .sort();
  };
  return {
    takeNew,
    async keep(staging) {
      for (const path of seen.keys()) {
        const to = join(staging, "host", path);
        await mkdir(fsPath(dirname(to)), { recursive: true });
        const copied = await commands.run(copyCommand(join(upper, path), to));
        if (!copied.ok) return undefined;
      }
      return seen.size > 0;
    },
    async bring({ host }) {
      if (host === undefined || brought === host) return;
      brought = host;
      const from = join(layers, host, "host");
      for (const path of (await writtenBelow(from)).keys()) {
        const status = await lstat(fsPath(join(from, path)));
        // A whiteout: the script removed the host's file.
        if (status.isCharacterDevice()) await rm(fsPath(path), { recursive: true, force: true });
        else await bringFile(join(from, path), path, commands);
      }
      await takeNew();
    },
  };
}

async function bringFile(from: string, to: string, commands: CommandRunner): Promise<void> {
  if (typeof fsPath(to) === "string") {
    await cp(from, to, { force: true, preserveTimestamps: true, verbatimSymlinks: true });
    return;
  }
  // Node's own copy takes no bytes.
  await mkdir(fsPath(dirname(to)), { recursive: true });
  await commands.run(copyCommand(from, to));
}

/** The words of a command are text; names that are not go through bash, which can write any byte. */
function copyCommand(from: string, to: string): readonly string[] {
  if (typeof fsPath(`${from}${to}`) === "string") return ["cp", "-a", from, to];
  const word = (path: string) => `$'${[...encodePath(path)].map((byte) => `\\${byte.toString(8)}`).join("")}'`;
  return ["bash", "-c", `cp -a ${word(from)} ${word(to)}`];
}

/** Files below a directory by their path in it, each with a stamp that changes when the file does. */
async function writtenBelow(directory: string): Promise<ReadonlyMap<string, string>> {
  const stamps = new Map<string, string>();
  const walk = async (path: string) => {
    const at = fsPath(join(directory, path));
    const entries = await readdir(at, { withFileTypes: true, encoding: "buffer" }).catch(() => []);
    for (const entry of entries) {
      const inside = `${path}/${decodePath(entry.name)}`;
      if (OWN.includes(inside) || inside === IMAGE_DIRECTORY || inside === "/tmp/in_target.d") continue;
      if (entry.isDirectory()) {
        await walk(inside);
        continue;
      }
      const status = await lstat(fsPath(join(directory, inside)));
      stamps.set(inside, `${status.ctimeMs} ${status.size}`);
    }
  };
  await walk("");
  return stamps;
}
