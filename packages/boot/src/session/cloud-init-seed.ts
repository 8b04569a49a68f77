import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner, HostTool } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { BootFailure } from "../boot-failure.js";

export const SEED_TOOL: HostTool = { program: "mcopy", debianPackage: "mtools", purpose: "tell cloud-init things" };

/** Makes a disk for cloud-init's data source NoCloud, which needs no network to find it, and gives its path. */
export async function makeSeedDisk(
  directory: string,
  { userData, vendorData }: { readonly userData: string; readonly vendorData: string },
  commands: CommandRunner,
): Promise<Result<string, BootFailure>> {
  const disk = join(directory, "seed.img");
  const files = {
    "meta-data": `instance-id: dibkit-${randomUUID()}\n`,
    "user-data": userData,
    "vendor-data": vendorData,
  };
  const folder = join(directory, "seed");
  await mkdir(folder);
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const steps = [
    ["mformat", "-C", "-f", "2880", "-v", "cidata", "-i", disk, "::"],
    ["mcopy", "-i", disk, ...paths, "::"],
  ];
  for (const step of steps) {
    const made = await commands.run(step);
    if (made.ok) continue;
    const { error } = made;
    if (error.kind === "aborted") return err({ kind: "aborted", message: "the boot was interrupted" });
    const { program, debianPackage } = SEED_TOOL;
    const missing = error.kind === "not-found";
    const reason = missing ? `program "${program}" was not found` : (error.tail.at(-1) ?? `"${program}" failed`);
    const message = `the disk for cloud-init cannot be made: ${reason}`;
    const help = missing
      ? `install the package ${debianPackage}`
      : "give shorter user data, and look for room in TMPDIR";
    return err({ kind: "cannot-boot", message, help });
  }
  return ok(disk);
}
