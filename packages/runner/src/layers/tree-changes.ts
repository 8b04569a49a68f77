import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { OVERLAY_NOTES } from "../host/portable-member.js";
import { createTarHash } from "./tar-hash.js";

/** Whether a directory holds anything. */
export async function holdsAnything(directory: string): Promise<boolean> {
  return (await readdir(directory).catch(() => [])).length > 0;
}

export interface Measured {
  readonly content: string;
  /** What it takes on disk. */
  readonly bytes: number;
}

/**
 * Hash of the trees `names` below `directory`: paths, types, modes, owners, contents, links, devices and extended
 * attributes (so overlay's whiteouts and opaque marks too), but no times. tar writes all of that in one pass.
 */
export async function measureTrees(
  commands: CommandRunner,
  directory: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Measured | undefined> {
  const tar = [
    ...["tar", "-C", directory, "--sort=name", "--mtime=@0"],
    ...["--numeric-owner", "--format=pax"],
    ...["--pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime", "--xattrs", "--xattrs-include=*"],
    ...OVERLAY_NOTES,
    ...["--warning=no-file-ignored", "-cf", "-", ...names],
  ];
  const aborted = signal === undefined ? {} : { signal };
  const hash = createTarHash();
  const written = await commands.run(tar, { onBytes: (chunk) => hash.write(chunk), ...aborted });
  const used = written.ok ? await commands.run(["du", "-sk", "--", directory], aborted) : written;
  if (!used.ok) return undefined;
  return { content: hash.digest().slice(0, 40), bytes: Number.parseInt(used.value.stdout, 10) * 1024 };
}

/** Regular files below a directory, as paths relative to it, sorted. */
export async function regularFiles(directory: string, prefix = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(directory, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await regularFiles(directory, path)));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}
