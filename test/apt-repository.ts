import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package that is made up: `files` are texts by their path in the image. */
export interface MadePackage {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  readonly depends?: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Files of a flat repository of apt by their names, `deb [trusted=yes] URL ./`. The directory is for making packages. */
export function aptRepository(
  directory: string,
  packages: readonly MadePackage[],
  validUntil?: string,
): Readonly<Record<string, string | Buffer>> {
  const made = packages.map((one) => makePackage(directory, one));
  const index = made
    .map(
      ({ file, control, bytes }) =>
        `${control}Filename: ./${file}\nSize: ${bytes.length}\nSHA256: ${sha256Of(bytes)}\n`,
    )
    .join("\n");
  const until = validUntil === undefined ? "" : `Valid-Until: ${validUntil}\n`;
  const sums = `SHA256:\n ${sha256Of(index)} ${Buffer.byteLength(index)} Packages\n`;
  return {
    ...Object.fromEntries(made.map(({ file, bytes }) => [file, bytes])),
    Packages: index,
    Release: `Origin: probe\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n${until}${sums}`,
  };
}

/**
 * Lines of bash that download packages of a repository into the working directory, with an apt that has nothing but that
 * repository; its options are in `options` from then on. `packages`: words, such as `$(apt-cache "${options[@]}" pkgnames)`.
 */
export function aptDownload(url: string, packages: string): string {
  return `echo "deb [trusted=yes] ${url} ./" > sources.list
mkdir -p state/lists/partial cache/archives/partial
touch status
options=(-o "Dir::State=$PWD/state" -o "Dir::State::status=$PWD/status" -o "Dir::Cache=$PWD/cache"
  -o "Dir::Etc::sourcelist=$PWD/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::parts=- -o APT::Sandbox::User=root)
apt-get "\${options[@]}" -q update
apt-get "\${options[@]}" -q download ${packages}`;
}

export function sha256Of(bytes: string | Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function makePackage(directory: string, { name, version, source, depends, files }: MadePackage) {
  const fields = {
    ...{ Package: name, Version: version, Architecture: "all", Maintainer: "x <x@example.org>" },
    ...(source === undefined ? {} : { Source: source }),
    ...(depends === undefined ? {} : { Depends: depends }),
    Description: "made for a test",
  };
  const control = Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join("");
  const root = join(directory, "packages", `${name}-${version}`);
  for (const [path, text] of Object.entries({ ...files, "DEBIAN/control": control })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const file = `${name}_${version}_all.deb`;
  execFileSync("dpkg-deb", ["--build", "--root-owner-group", root, join(directory, "packages", file)]);
  return { file, control, bytes: readFileSync(join(directory, "packages", file)) };
}
