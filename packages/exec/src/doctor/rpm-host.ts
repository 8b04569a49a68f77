import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { upstreamInstallation } from "@dibkit/model";
import { findProgram } from "../find-program.js";
import type { ProbeContext, ProbeOutcome } from "./host-probe.js";

/** Something that makes every build of an RPM distribution fail on this host. */
export interface RpmHostTrouble {
  readonly message: string;
  readonly help: string;
}

/** Where a host has what is looked at; `/` but in tests. */
export interface RpmHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly root?: string;
}

/** The script of upstream that makes the root of fedora-minimal, centos-minimal and their relatives, in an element. */
export const YUM_CHROOT = "root.d/08-yum-chroot";

/**
 * What that script needs of the host and does not find. Its text says which programs it calls: earlier versions of
 * upstream call yum and its downloader and nothing else, later ones are content with dnf.
 */
export function rpmHostTroubles(script: string, { env, root = "/" }: RpmHost): readonly RpmHostTrouble[] {
  const lacks = (program: string) => findProgram(program, env) === undefined;
  const missing = (program: string, purpose: string, help: string) =>
    lacks(program) ? [{ message: `program "${program}" is missing, which is needed to ${purpose}`, help }] : [];
  const package_ = (name: string) => `install the package ${name}, for instance with "apt-get install ${name}"`;
  const takesDnf = /\bdnf download\b/.test(script);
  const usesYum = !takesDnf || !lacks("yumdownloader");
  const programs = [
    ...missing("rpm", "make the root of an RPM distribution", package_("rpm")),
    ...(usesYum
      ? [
          ...missing("yumdownloader", "fetch the first packages of an RPM distribution", OLD_PROGRAM("yumdownloader")),
          ...missing("yum", "make the root of an RPM distribution", OLD_PROGRAM("yum")),
        ]
      : missing("dnf", "make the root of an RPM distribution", package_("dnf"))),
  ];
  const downloads = usesYum || lacks("dnf") || hasPlugin(root, "download");
  return [...programs, ...(downloads ? [] : [NO_DOWNLOAD]), ...(localPluginIsOn(root) ? [LOCAL_PLUGIN] : [])];
}

/** What Debian has under another name; `sudo` has a PATH of its own, so the link has to be in a directory of it. */
const PROGRAMS_OF_DEBIAN: Readonly<Record<string, string>> = {
  yum: "dnf",
  yumdownloader: "dnf-plugins-core",
};
const LINKS: Readonly<Record<string, string>> = { yum: "/usr/bin/dnf-3", yumdownloader: "/usr/libexec/dnf-utils-3" };
const OLD_PROGRAM = (name: string) =>
  `install the package ${PROGRAMS_OF_DEBIAN[name]} and link its program there: "ln -s ${LINKS[name]} /usr/local/bin/${name}"; newer versions of diskimage-builder take dnf itself`;

const NO_DOWNLOAD: RpmHostTrouble = {
  message: 'dnf has no command "download", which fetches the first packages of an RPM distribution',
  help: 'install the package dnf-plugins-core, for instance with "apt-get install dnf-plugins-core"',
};

const LOCAL_CONFIGURATION = "etc/dnf/plugins/local.conf";
const LOCAL_PLUGIN: RpmHostTrouble = {
  message: `dnf's plugin "local" is on, with which dnf cannot install into another root`,
  help: `write "enabled = false" into the [main] section of /${LOCAL_CONFIGURATION}`,
};

const PLUGIN_DIRECTORIES = ["usr/lib/python3/dist-packages/dnf-plugins", "usr/lib/python3/site-packages/dnf-plugins"];

function hasPlugin(root: string, name: string): boolean {
  // Other distributions have it below the version of Python, in a package that dnf depends on.
  const [debian, other] = PLUGIN_DIRECTORIES.map((directory) => existsSync(join(root, directory)));
  if (!debian && !other) return !existsSync(join(root, "etc/debian_version"));
  return PLUGIN_DIRECTORIES.some((directory) => existsSync(join(root, directory, `${name}.py`)));
}

function localPluginIsOn(root: string): boolean {
  const configuration = join(root, LOCAL_CONFIGURATION);
  if (!hasPlugin(root, "local") || !existsSync(configuration)) return false;
  const main = /^\[main\]([^[]*)/m.exec(readFileSync(configuration, "utf8"))?.[1] ?? "";
  return !/^\s*enabled\s*[=:]\s*(0|no|false|off)\s*$/im.test(main);
}

/** For `dibkit doctor`: by the version of upstream that builds here would use. */
export async function probeRpmHost({ env }: ProbeContext): Promise<ProbeOutcome> {
  const upstream = upstreamInstallation(env);
  const path = upstream && join(upstream.elements, "yum-minimal", YUM_CHROOT);
  const script = path && existsSync(path) ? readFileSync(path, "utf8") : "";
  const [first] = rpmHostTroubles(script, { env });
  if (first === undefined) return { status: "ok", found: "rpm and dnf" };
  return { status: "limited", found: first.message, help: first.help };
}
