import type { ImageEntry } from "@dibkit/model";

/** The words of `disk-image-create` that an image of an image file stands for, without the program's name. */
export function imageArguments(entry: ImageEntry): readonly string[] {
  const option = (flag: string, value: string | number | undefined) =>
    value === undefined || value === "" ? [] : [flag, String(value)];
  const list = (flag: string, values: readonly string[] = []) => option(flag, values.join(","));
  const flag = (name: string, on: boolean | undefined) => (on ? [name] : []);
  const pairs = Object.entries(entry["qemu-img-options"] ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    ...option("-o", entry.imagename),
    ...option("-a", entry.arch),
    ...list("-t", entry.types),
    ...Array.from({ length: entry["debug-trace"] ?? 0 }, () => "-x"),
    ...flag("-u", entry.uncompressed),
    ...flag("-c", entry.clear),
    ...option("--logfile", entry.logfile),
    ...flag("--checksum", entry.checksum),
    ...option("--image-size", entry["image-size"]),
    ...option("--image-extra-size", entry["image-extra-size"]),
    ...option("--image-cache", entry["image-cache"]),
    ...option("--max-online-resize", entry["max-online-resize"]),
    ...option("--min-tmpfs", entry["min-tmpfs"]),
    ...option("--mkfs-journal-size", entry["mkfs-journal-size"]),
    ...option("--mkfs-options", entry["mkfs-options"]),
    ...flag("--no-tmpfs", entry["no-tmpfs"]),
    ...flag("--offline", entry.offline),
    ...list("--qemu-img-options", pairs),
    ...option("--root-label", entry["root-label"]),
    ...option("--ramdisk-element", entry["ramdisk-element"]),
    ...option("--install-type", entry["install-type"]),
    ...option("--docker-target", entry["docker-target"]),
    ...list("-p", entry.packages),
    ...flag("-n", entry["skip-base"]),
    ...(entry.elements ?? []),
  ];
}
