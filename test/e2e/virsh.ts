import { mkdirSync } from "node:fs";
import { expect } from "vitest";
import type { Daemon } from "../../scripts/libvirt/daemon.mjs";
import { runProgram } from "./dibkit.js";

/** Runs `virsh` against a test's own libvirtd and gives what it printed, without the last line's end. */
export type Virsh = (...words: readonly string[]) => Promise<string>;

export function virshOf(daemon: Daemon): Virsh {
  return async (...words) => {
    const run = await runProgram(["virsh", "--quiet", "--connect", daemon.uri, ...words]);
    expect(run).toMatchObject({ exitCode: 0 });
    return run.stdout.trim();
  };
}

/** A storage pool called `images` whose volumes are files of a new directory. */
export async function makePool(virsh: Virsh, directory: string): Promise<void> {
  mkdirSync(directory);
  await virsh("pool-define-as", "images", "dir", "--target", directory);
  await virsh("pool-start", "images");
}
