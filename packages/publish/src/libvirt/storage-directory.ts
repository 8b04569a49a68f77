import { access, constants, link, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { PublishFailure } from "../publish-failure.js";
import type { Virsh } from "./virsh.js";
import { firstText } from "./xml-element.js";

/** Where disks go: a directory, or the directory of a storage pool. */
export type Storage = { readonly directory: string } | { readonly pool: string };

/** Absolute path of the storage directory. Pools that are not directories, or not for this user to write to, are refused. */
export async function storageDirectory(virsh: Virsh, storage: Storage): Promise<Result<string, PublishFailure>> {
  const directory = "directory" in storage ? ok(storage.directory) : await directoryOfPool(virsh, storage);
  if (!directory.ok) return directory;
  const refused = await access(directory.value, constants.W_OK).catch((error: NodeJS.ErrnoException) => error.code);
  if (refused !== "EACCES") return directory;
  const message = `this user may not write to "${directory.value}", where the disk goes`;
  const help =
    "name a directory of your own with --directory, from which libvirt may start machines, or run it as root";
  return err({ kind: "configuration", message, help });
}

async function directoryOfPool(
  virsh: Virsh,
  storage: Extract<Storage, { readonly pool: string }>,
): Promise<Result<string, PublishFailure>> {
  const dumped = await virsh.run("pool-dumpxml", storage.pool);
  if (!dumped.ok) {
    if (dumped.error.kind !== "exited") return err({ kind: "command", failure: dumped.error });
    const reason = dumped.error.tail.map((line) => line.replace(/^error: /, "")).join(": ");
    const help = "name a directory with --directory, or make the pool: virsh pool-define-as NAME dir --target DIR";
    return err({ kind: "configuration", message: `storage pool "${storage.pool}" cannot be used: ${reason}`, help });
  }
  const type = /<pool type=['"]([^'"]+)['"]/.exec(dumped.value)?.[1];
  const path = firstText(dumped.value, "path");
  if (path && (type === "dir" || type === "fs" || type === "netfs")) return ok(path);
  return err({
    kind: "configuration",
    message: `storage pool "${storage.pool}" is of type "${type}", not one of dir, fs, netfs`,
    help: "name a directory with --directory",
  });
}

/** Copies an image, holes stay holes, to a hidden name beside its target and to the disk itself. */
export async function copyImage(
  runner: CommandRunner,
  from: string,
  to: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Result<void, PublishFailure>> {
  const copied = await runner.run(["cp", "--reflink=auto", "--sparse=always", "--", from, to], {
    env,
    ...(signal ? { signal } : {}),
  });
  if (!copied.ok) return err({ kind: "command", failure: copied.error });
  return attempt(`store the disk "${to}"`, async () => {
    const file = await open(to, "r+");
    try {
      await file.chmod(0o644);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Gives a copied disk its second name, all at once; fails when that name is taken. The first one stays. */
export async function placeDisk(copy: string, target: string): Promise<Result<void, PublishFailure>> {
  // rename() would silently replace a disk that appeared meanwhile, link() does not.
  const taken = await link(copy, target).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
  if (!taken) return ok(undefined);
  if (taken.code === "EEXIST") return err({ kind: "exists", target: "file", name: target });
  return err({ kind: "filesystem", action: `give the disk its name "${target}"`, reason: taken.message });
}

/** A hidden name in the same directory. */
export function besides(target: string, suffix: string): string {
  return join(dirname(target), `.${target.slice(dirname(target).length + 1)}.${suffix}`);
}

/** Runs a file operation and turns its error into a failure. */
export async function attempt(action: string, work: () => Promise<unknown>): Promise<Result<void, PublishFailure>> {
  try {
    await work();
    return ok(undefined);
  } catch (error) {
    return err({ kind: "filesystem", action, reason: (error as Error).message });
  }
}
