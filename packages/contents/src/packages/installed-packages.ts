import { type CommandRunner, findProgram, type HostTool } from "@dibkit/exec";
import type { ImageContents } from "../image-contents.js";
import { apkDatabase } from "./apk-database.js";
import { dpkgDatabase } from "./dpkg-database.js";
import type { InstalledPackage, PackageDatabase } from "./package-database.js";
import { pacmanDatabase } from "./pacman-database.js";
import { rpmDatabase } from "./rpm-database.js";

const DATABASES: readonly PackageDatabase[] = [dpkgDatabase, rpmDatabase, apkDatabase, pacmanDatabase];

/** Whether a path is a part of some package manager's database. */
export function isPackageData(path: string): boolean {
  return DATABASES.some(({ isPart }) => isPart(path));
}

/** The package managers that have a database in the image. */
function databasesOf(image: ImageContents): readonly PackageDatabase[] {
  const paths = [...image.files.keys()].filter(isPackageData);
  return DATABASES.filter(({ isPart }) => paths.some(isPart));
}

/** Programs without which packages of the image stay unknown, and that this machine does not have. */
export function missingReaders(
  image: ImageContents,
  env: Readonly<Record<string, string | undefined>>,
): readonly HostTool[] {
  const readers = databasesOf(image).flatMap(({ reader }) => reader ?? []);
  return readers.filter(({ program }) => findProgram(program, env) === undefined);
}

/** What the image's package managers have installed, with the type of their URLs. */
export async function readDatabases(
  image: ImageContents,
  commands: CommandRunner,
): Promise<readonly (InstalledPackage & { readonly urlType: string })[]> {
  // A Debian image may well have rpm beside dpkg.
  const found = await Promise.all(
    databasesOf(image).map(async ({ read, urlType }) =>
      (await read(image, commands)).map((one) => ({ ...one, urlType })),
    ),
  );
  return found.flat();
}

/** Versions of the installed packages by `NAME:ARCH`; several versions of one stand beside each other. */
export async function installedPackages(
  image: ImageContents,
  commands: CommandRunner,
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string[]>();
  for (const { id, version } of await readDatabases(image, commands)) {
    versions.set(id, [...(versions.get(id) ?? []), version]);
  }
  return new Map([...versions].map(([id, all]) => [id, all.sort().join(", ")]));
}

/** Which package each path belongs to, according to the image's own databases. */
export async function packageOwners(
  image: ImageContents,
  commands: CommandRunner,
): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  for (const { name, files } of await readDatabases(image, commands)) {
    for (const file of files) {
      const path = mergedPath(image, file);
      if (image.files.has(path) && image.files.get(path)?.type !== "directory") owners.set(path, name);
    }
  }
  return owners;
}

/** With merged /usr a package may list a file under its old place: `/lib/x` for `/usr/lib/x`. */
export function mergedPath(image: ImageContents, path: string): string {
  const [, first = "", rest = ""] = /^(\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  const top = image.files.get(first);
  return top?.type === "symlink" && rest !== "" ? `/${(top.target ?? "").replace(/^\//, "")}${rest}` : path;
}
