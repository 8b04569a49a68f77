import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { DiskFormat, DiskImage } from "../inspect-image.js";

export const visibilities = ["private", "shared", "community", "public"] as const;
export const containerFormats = ["bare", "ovf", "ova", "ami", "aki", "ari", "docker", "compressed"] as const;

/** What the image will be called and say about itself in Glance. */
export interface ImageSettings {
  /** Default: the file name without its extension. */
  readonly name?: string;
  readonly diskFormat?: DiskFormat;
  readonly containerFormat?: (typeof containerFormats)[number];
  readonly visibility?: (typeof visibilities)[number];
  /** GiB. */
  readonly minDisk?: number;
  /** MiB. */
  readonly minRam?: number;
  /** Such as `os_distro`, which Magnum reads. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
}

/** Names that Glance keeps for itself or that have an option of their own. */
const OWN_FIELDS: Readonly<Record<string, string>> = {
  name: "--name",
  disk_format: "--disk-format",
  container_format: "--container-format",
  visibility: "--visibility",
  min_disk: "--min-disk",
  min_ram: "--min-ram",
  protected: "--protected",
  tags: "--tag",
};
const RESERVED = new Set(
  "id status size virtual_size checksum owner created_at updated_at locations direct_url self file schema".split(" "),
);

/** Parses `KEY=VALUE` words; the value may be empty and may hold `=`. */
export function parseProperties(words: readonly string[]): Result<Readonly<Record<string, string>>, string> {
  const properties: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf("=");
    const key = word.slice(0, Math.max(at, 0));
    if (at < 1) return err(`property "${word}" is not KEY=VALUE`);
    if (OWN_FIELDS[key]) return err(`property "${key}" has an option of its own: ${OWN_FIELDS[key]}`);
    if (RESERVED.has(key) || key.startsWith("os_hash_")) return err(`property "${key}" is set by Glance itself`);
    if (Object.hasOwn(properties, key)) return err(`property "${key}" is given twice`);
    properties[key] = word.slice(at + 1);
  }
  return ok(properties);
}

/** The body of `POST /v2/images`. `id` is ours, so that an image whose answer got lost can still be deleted. */
export function imageRecordBody(
  settings: ImageSettings,
  file: DiskImage,
  id: string,
  mark: string,
): Readonly<Record<string, unknown>> {
  return {
    ...settings.properties,
    id,
    name: settings.name ?? file.name,
    disk_format: file.format,
    container_format: settings.containerFormat ?? "bare",
    ...(settings.visibility ? { visibility: settings.visibility } : {}),
    ...(settings.minDisk ? { min_disk: settings.minDisk } : {}),
    ...(settings.minRam ? { min_ram: settings.minRam } : {}),
    tags: [...new Set([...(settings.tags ?? []), mark])],
  };
}
