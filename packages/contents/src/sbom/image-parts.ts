import { createHash } from "node:crypto";
import type { CommandRunner } from "@dibkit/exec";
import { lastNameOf } from "@dibkit/model";
import type { StepLabel } from "@dibkit/runner";
import { contentHash, hashOf, type ImageContents, textOf } from "../image-contents.js";
import { mergedPath, readDatabases } from "../packages/installed-packages.js";
import type { InstalledPackage } from "../packages/package-database.js";
import { GIT_MANIFEST, OS_RELEASE, PYTHON_METADATA } from "../telling-files.js";
import { type Licence, licenceOf, licenceOfCopyright } from "./licences.js";

/** A package of an image, with what is known of where it comes from. */
export interface PackagePart {
  readonly name: string;
  readonly version: string;
  /** Package URL (purl). */
  readonly url: string;
  readonly supplier?: string;
  readonly licence?: Licence;
  /** The element that asked for it; absent for what came along with another package. */
  readonly element?: string;
  /** The script that put it there, for packages of Python. */
  readonly writer?: StepLabel;
  /** The script that its package manager ran in, for all others. */
  readonly installer?: StepLabel;
  /** The source package that it was built from, where that has another name or version. */
  readonly source?: { readonly name: string; readonly version: string };
}

/** A git repository that source-repositories put into an image. */
export interface SourcePart {
  readonly name: string;
  readonly location: string;
  readonly commit: string;
  readonly path: string;
}

/** Whether the location of a repository says the same on every machine; a directory does not. */
export function isRemote(location: string): boolean {
  return /^(https?|git|ssh):\/\//.test(location);
}

/** A file that no package owns. */
export interface FilePart {
  readonly path: string;
  readonly sha256: string;
  /** Absent when the image was read from an archive, which keeps no bytes. */
  readonly sha1?: string;
  readonly writer?: StepLabel;
}

/** The system of an image, of its `os-release`. */
export interface ImageSystem {
  readonly id: string;
  readonly version: string;
  readonly name: string;
  /** Debian's name of the release, such as `bookworm`; empty where there is none. */
  readonly codename: string;
}

/** What was installed into an image, and what was fetched for it. */
export interface ImagePackages {
  readonly system: ImageSystem;
  /** Sorted by URL, each once. */
  readonly packages: readonly PackagePart[];
  readonly sources: readonly SourcePart[];
}

/** What an image consists of. */
export interface ImageParts extends ImagePackages {
  readonly name: string;
  /** Sorted by path. */
  readonly files: readonly FilePart[];
}

export async function imageParts(image: ImageContents, commands: CommandRunner): Promise<ImageParts> {
  const { owned, ...packages } = await packagesAndPaths(image, commands);
  return {
    // Where it lay on the machine that built it is nobody's business.
    name: lastNameOf(image.name.replace(/ of \d{4}-\d\d-\d\d .*$/, "")),
    ...packages,
    files: await unownedFiles(image, owned),
  };
}

/** The parts that have names and versions; files need not be read for them. */
export async function imagePackages(image: ImageContents, commands: CommandRunner): Promise<ImagePackages> {
  const { owned: _owned, ...packages } = await packagesAndPaths(image, commands);
  return packages;
}

async function packagesAndPaths(
  image: ImageContents,
  commands: CommandRunner,
): Promise<ImagePackages & { readonly owned: ReadonlySet<string> }> {
  const system = await systemOf(image);
  const databases = await readDatabases(image, commands);
  const owned = new Set(databases.flatMap(({ files }) => files.map((path) => mergedPath(image, path))));
  const packages = await Promise.all(databases.map((one) => packagePart(image, system, one)));
  const python = await pythonPackages(image, owned);
  const byUrl = new Map([...packages, ...python].map((part) => [part.url, part]));
  return {
    ...{ system, owned },
    packages: [...byUrl.values()].sort((a, b) => (a.url < b.url ? -1 : 1)),
    sources: await sourcesOf(image),
  };
}

async function systemOf(image: ImageContents): Promise<ImageSystem> {
  let text: string | undefined;
  for (const path of OS_RELEASE) text ??= await textOf(image, path);
  const value = (name: string) =>
    new RegExp(`^${name}=(.*)$`, "m").exec(text ?? "")?.[1]?.replace(/^["']|["']$/g, "") ?? "";
  const name = value("PRETTY_NAME") || "Linux";
  return { id: value("ID") || "linux", version: value("VERSION_ID"), name, codename: value("VERSION_CODENAME") };
}

async function packagePart(
  image: ImageContents,
  { id, version: release }: ImageSystem,
  installed: InstalledPackage & { readonly urlType: string },
): Promise<PackagePart> {
  const { urlType, name, version, architecture, supplier, source, licence } = installed;
  const { PackageURL } = await import("packageurl-js");
  const qualifiers = {
    ...(architecture === undefined ? {} : { arch: architecture }),
    ...(release === "" ? {} : { distro: `${id}-${release}` }),
    // Debian writes the version beside the name where it differs.
    ...(source === undefined ? {} : { upstream: source.replace(/ \((.*)\)$/, "@$1") }),
    ...(urlType === "rpm" && version.includes(":") ? { epoch: version.split(":")[0] } : {}),
  };
  const plain = urlType === "rpm" ? version.replace(/^\d+:/, "") : version.replace(/ \(.*\)$/, "");
  const known = licence === undefined ? await copyrightOf(image, name) : licenceOf(licence);
  const element = image.askedFor?.[name];
  const installer = installerOf(image, installed);
  return {
    name,
    version,
    url: new PackageURL(urlType, id, name, plain, qualifiers, undefined).toString(),
    ...(supplier === undefined ? {} : { supplier }),
    ...(known === undefined ? {} : { licence: known }),
    ...(element === undefined ? {} : { element }),
    ...(installer === undefined ? {} : { installer }),
    ...(source === undefined ? {} : { source: sourcePackage(source, version.replace(/ \(.*\)$/, "")) }),
  };
}

/**
 * The script that wrote the first of its files. What lists have as directories may be a link, of whoever merged /usr, and
 * settings in /etc are often changed later.
 */
function installerOf(image: ImageContents, { files }: InstalledPackage): StepLabel | undefined {
  const written = files.flatMap((path) => {
    const file = image.files.get(mergedPath(image, path));
    return file?.type === "file" ? [{ path, writer: file.writer }] : [];
  });
  return (written.find(({ path }) => !path.startsWith("/etc/")) ?? written[0])?.writer;
}

/** Debian writes `NAME (VERSION)`, and the version only where it is not the package's own. */
function sourcePackage(text: string, version: string): { readonly name: string; readonly version: string } {
  const [, name = text, own = version] = /^(\S+)(?: \((.*)\))?$/.exec(text) ?? [];
  return { name, version: own };
}

async function copyrightOf(image: ImageContents, name: string): Promise<Licence | undefined> {
  // The documentation of one package may be a link to that of another.
  const directory = image.files.get(`/usr/share/doc/${name}`);
  const documented = directory?.type === "symlink" ? directory.target?.split("/").at(-1) : name;
  const text = await textOf(image, `/usr/share/doc/${documented}/copyright`);
  return text === undefined ? undefined : licenceOfCopyright(text);
}

/** What pip and its like installed; packages of the distribution are known by its own package manager. */
async function pythonPackages(image: ImageContents, owned: ReadonlySet<string>): Promise<readonly PackagePart[]> {
  const { PackageURL } = await import("packageurl-js");
  const found: PackagePart[] = [];
  for (const [path, file] of image.files) {
    if (file.type !== "file" || owned.has(path) || !PYTHON_METADATA.test(path)) continue;
    const [head = ""] = ((await textOf(image, path)) ?? "").split(/\r?\n\r?\n/);
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, "mi").exec(head)?.[1]?.trim() ?? "";
    const [name, version] = [field("Name"), field("Version")];
    if (name === "" || version === "") continue;
    const words = field("License-Expression") || field("License");
    const licence = words === "" || words === "UNKNOWN" ? undefined : licenceOf(words);
    found.push({
      ...{ name, version },
      url: new PackageURL("pypi", undefined, name, version, undefined, undefined).toString(),
      ...(licence === undefined ? {} : { licence }),
      ...(file.writer === undefined ? {} : { writer: file.writer }),
      ...(file.writer?.element === undefined ? {} : { element: file.writer.element }),
    });
  }
  return found;
}

async function sourcesOf(image: ImageContents): Promise<readonly SourcePart[]> {
  const sources: SourcePart[] = [];
  for (const manifest of [...image.files.keys()].filter((path) => GIT_MANIFEST.test(path))) {
    for (const line of ((await textOf(image, manifest)) ?? "").split("\n")) {
      const [name = "", kind, path = "", location = "", commit = ""] = line.trim().split(/\s+/);
      if (kind === "git" && commit !== "") sources.push({ name, path, location: withoutPassword(location), commit });
    }
  }
  return sources.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function withoutPassword(location: string): string {
  return location.replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}

async function unownedFiles(image: ImageContents, owned: ReadonlySet<string>): Promise<readonly FilePart[]> {
  const parts: FilePart[] = [];
  for (const [path, file] of [...image.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (file.type !== "file" || owned.has(path)) continue;
    const text = image.texts.get(path);
    const sha1 =
      file.contentPath !== undefined
        ? await hashOf(file, "sha1")
        : text && createHash("sha1").update(text).digest("hex");
    const sha256 =
      file.contentPath === undefined && text !== undefined
        ? createHash("sha256").update(text).digest("hex")
        : await contentHash(file);
    parts.push({
      ...{ path, sha256 },
      ...(sha1 === undefined ? {} : { sha1 }),
      ...(file.writer === undefined ? {} : { writer: file.writer }),
    });
  }
  return parts;
}
