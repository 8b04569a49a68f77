/** One line of `/proc/self/mountinfo` (proc(5)), paths unescaped. */
export interface MountEntry {
  readonly id: number;
  readonly parent: number;
  /** `major:minor` of the filesystem. */
  readonly device: string;
  /** Directory of the filesystem that is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  /** Per-mount options, such as `ro` and `nosuid`. */
  readonly options: readonly string[];
  readonly type: string;
  readonly source: string;
}

function unescapeField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Parses the text of `/proc/self/mountinfo`, in mount order. */
export function parseMountInfo(text: string): MountEntry[] {
  const entries: MountEntry[] = [];
  for (const line of text.split("\n")) {
    const [before, after] = line.split(" - ");
    if (before === undefined || after === undefined) continue;
    const [id, parent, device, root, mountPoint, options] = before.split(" ");
    const [type, source] = after.split(" ");
    entries.push({
      id: Number(id),
      parent: Number(parent),
      device: device ?? "",
      root: unescapeField(root ?? "/"),
      mountPoint: unescapeField(mountPoint ?? "/"),
      options: (options ?? "").split(","),
      type: type ?? "",
      source: unescapeField(source ?? ""),
    });
  }
  return entries;
}

/** Whether `path` is `directory` or below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === "/" || path.startsWith(`${directory}/`);
}
