import { MOUNTED_DIRECTORIES, STANDARD_DIRECTORIES } from "./standard-directories.mjs";

/**
 * @typedef {object} RpmPackage
 * @property {string} name
 * @property {string} version as Debian writes it: EPOCH:UPSTREAM-REVISION, or a number
 * @property {string} summary
 * @property {readonly string[]} requires
 * @property {readonly string[]} provides
 * @property {Readonly<Record<string, string>>} scriptlets body by kind: `post`, `posttrans`, `preun`, `post -p PROGRAM`
 * @property {ReadonlySet<string>} configuration paths that an upgrade does not overwrite
 */

/** Every time in a package: neither the build nor a changed file is to be told from another. */
export const PACKAGE_TIME = 1_700_000_000;

/** @param {RpmPackage} rpm @param {readonly { path: string, isDirectory: boolean }[]} entries */
export function renderSpec(rpm, entries) {
  const { epoch, version, release } = rpmVersion(rpm.version);
  const scriptlets = Object.entries(rpm.scriptlets);
  const requires = [...rpm.requires, ...(scriptlets.length > 0 ? ["/bin/sh", "coreutils"] : [])];
  const unique = (names) => [...new Set(names)].filter((name) => name !== rpm.name);
  return [
    "%global __os_install_post %{nil}",
    "%global debug_package %{nil}",
    "%global _build_id_links none",
    // Quick to write; nobody keeps these packages.
    "%define _binary_payload w1.gzdio",
    "%define _unpackaged_files_terminate_build 0",
    "%define _buildhost synthetic",
    "%define use_source_date_epoch_as_buildtime 1",
    "%define clamp_mtime_to_source_date_epoch 1",
    `Name: ${rpm.name}`,
    ...(epoch === "0" ? [] : [`Epoch: ${epoch}`]),
    `Version: ${version}`,
    `Release: ${release}`,
    `Summary: ${escapeMacros(rpm.summary).slice(0, 70)}`,
    "License: various",
    "AutoReqProv: no",
    ...unique(requires).map((name) => `Requires: ${name}`),
    ...unique(rpm.provides).map((name) => `Provides: ${name}`),
    "%description",
    escapeMacros(rpm.summary),
    ...scriptlets.flatMap(([kind, body]) => [`%${kind}`, body]),
    "%files",
    ...entries.flatMap((entry) => fileLine(rpm, entry)),
    "",
  ].join("\n");
}

/** Parts of an RPM version that sorts as Debian's does. @param {string} debianVersion */
export function rpmVersion(debianVersion) {
  const [, epoch = "0", upstream = "", revision = "1"] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(debianVersion) ?? [];
  return { epoch, version: upstream.replaceAll("-", "."), release: revision };
}

const escapeMacros = (text) => text.replaceAll("%", "%%");
/** `%files` takes patterns; what has a meaning in one is met by the pattern for any character. */
const pattern = (path) => path.replace(/[\\[\]\s*{}?%"'()]/g, "?");
const standard = new Set(STANDARD_DIRECTORIES);

function fileLine(rpm, { path, isDirectory }) {
  if (!isDirectory) return [`${rpm.configuration.has(path) ? "%config(noreplace) " : ""}${pattern(path)}`];
  if (rpm.name === "filesystem") return [`${MOUNTED_DIRECTORIES.has(path) ? "%ghost " : ""}%dir ${pattern(path)}`];
  return standard.has(path) ? [] : [`%dir ${pattern(path)}`];
}
