import type { StepLabel } from "@dibkit/runner";
import type { ImageContents, ImageFile } from "./image-contents.js";

/** What bytes can be added up by. */
export const SIZE_GROUPS = ["element", "script", "package", "directory"] as const;
export type SizeGroup = (typeof SIZE_GROUPS)[number];

export interface SizeEntry {
  readonly name: string;
  readonly bytes: number;
  /** Number of files. */
  readonly files: number;
}

export interface ImageSizes {
  /** Bytes of file contents: not of directories, not rounded up to blocks. */
  readonly bytes: number;
  readonly files: number;
  /** The largest first. Without layers, `element` and `script` are missing. */
  readonly groups: Readonly<Partial<Record<SizeGroup, readonly SizeEntry[]>>>;
}

export function elementName(writer: StepLabel | undefined): string {
  return writer?.element ?? "(dibkit)";
}

/** The element whose scripts install what package-installs.yaml files of all elements list. */
const INSTALLER = "package-installs";

/**
 * The element that a file is there for: that of the script which wrote it, and of a package that package-installs has
 * installed the one that asked for the package. What came along with such a package stays with package-installs.
 */
export function creditedElement(
  { askedFor }: Pick<ImageContents, "askedFor">,
  owner: string | undefined,
  writer: StepLabel | undefined,
): string {
  const asker = owner === undefined || writer?.element !== INSTALLER ? undefined : askedFor?.[owner];
  return asker ?? elementName(writer);
}

export function scriptName(writer: StepLabel | undefined): string {
  return writer === undefined ? "(unknown)" : `${writer.phase}/${writer.script}`;
}

/** The first `depth` directories of a path: `/usr/lib` of `/usr/lib/os-release`. */
export function directoryName(path: string, depth: number): string {
  const parts = path.split("/").slice(1, -1);
  return `/${parts.slice(0, depth).join("/")}`;
}

/** Adds up the bytes of an image by element, script, package and directory. */
export function measureSizes(image: ImageContents, owners: ReadonlyMap<string, string>, depth: number): ImageSizes {
  const regular = [...image.files].filter(([, file]) => file.type === "file");
  const by = (nameOf: (path: string, file: ImageFile) => string): readonly SizeEntry[] => {
    const sums = new Map<string, { bytes: number; files: number }>();
    for (const [path, file] of regular) {
      const name = nameOf(path, file);
      const sum = sums.get(name) ?? { bytes: 0, files: 0 };
      sums.set(name, { bytes: sum.bytes + file.bytes, files: sum.files + 1 });
    }
    const entries = [...sums].map(([name, sum]) => ({ name, ...sum }));
    return entries.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  };
  const layered = regular.some(([, { writer }]) => writer !== undefined);
  return {
    bytes: regular.reduce((sum, [, { bytes }]) => sum + bytes, 0),
    files: regular.length,
    groups: {
      ...(layered
        ? {
            element: by((path, { writer }) => creditedElement(image, owners.get(path), writer)),
            script: by((_path, { writer }) => `${scriptName(writer)} of ${elementName(writer)}`),
          }
        : {}),
      package: by((path) => owners.get(path) ?? "(no package)"),
      directory: by((path) => directoryName(path, depth)),
    },
  };
}
