import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { PublishFailure } from "./publish-failure.js";

/** The disk formats both Glance and libvirt are given, in Glance's words (its `vhd` is QEMU's `vpc`). */
export const diskFormats = ["raw", "qcow2", "vmdk", "vdi", "vhd", "vhdx", "iso", "ami", "aki", "ari", "ploop"] as const;

export type DiskFormat = (typeof diskFormats)[number];

/** What an image on disk is. */
export interface DiskImage {
  readonly path: string;
  /** File name without its format's extension. */
  readonly name: string;
  readonly format: DiskFormat;
  /** Bytes to send. */
  readonly bytes: number;
  /** Bytes of the disk inside; the same as `bytes` for raw. */
  readonly virtualBytes: number;
  readonly modifiedMs: number;
}

const FROM_QEMU: Readonly<Record<string, DiskFormat>> = {
  ...{ raw: "raw", qcow2: "qcow2", vmdk: "vmdk", vdi: "vdi", vpc: "vhd", vhdx: "vhdx", parallels: "ploop" },
};

const FROM_EXTENSION: Readonly<Record<string, DiskFormat>> = {
  ...{ ".qcow2": "qcow2", ".vmdk": "vmdk", ".vdi": "vdi", ".vhd": "vhd", ".vpc": "vhd", ".vhdx": "vhdx" },
  ...{ ".raw": "raw", ".iso": "iso", ".aki": "aki", ".ari": "ari", ".ami": "ami" },
};

const NOT_DISKS = /\.(tar|tgz|tar\.gz|squashfs|aci|docker)$/;

const NAME_ONE = "give the path of a disk image, such as image.qcow2";

/**
 * Looks at an image with `qemu-img info`. The format is what the content says; an extension that says otherwise is a
 * failure, because services refuse or misread such an image later. `declared` overrides both for formats without a
 * recognisable content (ami, aki, ari).
 */
export async function inspectImage(
  runner: CommandRunner,
  path: string,
  env: Readonly<Record<string, string>>,
  declared?: DiskFormat,
): Promise<Result<DiskImage, PublishFailure>> {
  const bad = (reason: string, help?: string) =>
    err<PublishFailure>({ kind: "image-file", path, reason, ...(help ? { help } : {}) });
  const file = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error)
    return bad(file.code === "ENOENT" ? "there is no such file" : `it cannot be read (${file.code})`, NAME_ONE);
  if (!file.isFile()) return bad("it is not a regular file", NAME_ONE);
  if (file.size === 0) return bad("it is empty", NAME_ONE);
  if (NOT_DISKS.test(path))
    return bad("it is an archive, not a disk", "build the image with -t qcow2 (or raw) and publish that");
  const info = await runner.run(["qemu-img", "info", "--output=json", "--", path], { env });
  if (!info.ok) {
    if (info.error.kind === "exited") return bad(info.error.tail.at(-1) ?? "qemu-img cannot read it");
    return err({ kind: "command", failure: info.error });
  }
  const found = JSON.parse(info.value.stdout) as QemuInformation;
  if (found["backing-filename"])
    return bad(`it needs its backing file "${found["backing-filename"]}"`, "flatten it with qemu-img convert -O qcow2");
  const content = FROM_QEMU[found.format];
  if (!content) return bad(`its format "${found.format}" is not one of ${Object.values(FROM_QEMU).join(", ")}`);
  const format = formatOf(path, content, declared);
  if (!format.ok) return bad(format.error, "name what it is with --disk-format, or build the image again");
  const size = { bytes: file.size, virtualBytes: found["virtual-size"], modifiedMs: file.mtimeMs };
  return ok({ path, name: imageName(path), format: format.value, ...size });
}

interface QemuInformation {
  readonly format: string;
  readonly "virtual-size": number;
  readonly "backing-filename"?: string;
}

/** The format from the content, checked against what the user or the file name says. */
export function formatOf(path: string, content: DiskFormat, declared?: DiskFormat): Result<DiskFormat, string> {
  const extension = extname(path).toLowerCase();
  const said = declared ?? FROM_EXTENSION[extension];
  if (said === undefined || said === content) return ok(content);
  // To QEMU these are raw bytes: an ISO, a kernel and a ramdisk have no header that it knows.
  if (content === "raw" && ["iso", "ami", "aki", "ari"].includes(said)) return ok(said);
  return err(`${declared ? "--disk-format" : "its extension"} says "${said}", but its content is "${content}"`);
}

function imageName(path: string): string {
  const name = basename(path);
  const extension = extname(name);
  return FROM_EXTENSION[extension.toLowerCase()] || extension === ".img" ? name.slice(0, -extension.length) : name;
}
