import { expect, it } from "vitest";
import { type ExampleTree, type LintConfiguration, lint, type Target } from "../src/index.js";
import { onTargetsOnly } from "../src/targets.js";
import { exampleCatalog } from "../src/testing/example-elements.js";

const target = (distro: string, release: string, arch: string): Target => ({ distro, release, arch });
const MATRIX = ["debian trixie", "debian bookworm", "fedora 43"].flatMap((system) =>
  ["amd64", "arm64"].map((arch) => target(...(system.split(" ") as [string, string]), arch)),
);

it.each<[string, (one: Target) => boolean, string]>([
  ["all", () => true, ""],
  ["one architecture", ({ arch }) => arch === "arm64", " on arm64 only"],
  ["one distribution", ({ distro }) => distro === "fedora", " on fedora only"],
  ["one release", ({ release }) => release === "trixie", " on debian trixie only"],
  ["all but one", ({ release, arch }) => !(release === "43" && arch === "arm64"), " except on fedora arm64"],
  ["one combination", ({ release, arch }) => release === "trixie" && arch === "arm64", " on debian trixie arm64 only"],
])("names the targets: %s", (_, chosen, words) => {
  expect(onTargetsOnly(MATRIX.filter(chosen), MATRIX)).toBe(words);
});

async function findings(rule: string, tree: ExampleTree, configuration: LintConfiguration = {}) {
  const catalog = exampleCatalog(tree);
  const elements = [...catalog.elements.values()];
  const { diagnostics } = await lint({ catalog, elements, only: [rule], configuration });
  return diagnostics.map(({ severity, message }) => `${severity} ${message}`);
}

const packages = (text: string) => ({ "web/package-installs.yaml": text });
const build = (text: string) => ({ "web/element-deps": "build\n", "build/package-installs.yaml": text });
const system = (name: string, distro: string, more: ExampleTree = {}): ExampleTree => ({
  [`${name}/element-provides`]: "operating-system\n",
  [`${name}/environment.d/10-distro`]: `export DISTRO_NAME=${distro}\n`,
  ...more,
});
const SYSTEMS = {
  ...system("debian", "debian", { "debian/environment.d/20-apt": "export DIB_APT=${DIB_APT:-1}\n" }),
  ...system("fedora", "fedora"),
};
const ABORTS = (variable: string) =>
  `the condition of "nginx" reads "${variable}", which nothing in the build sets: upstream then aborts`;
const TAKES =
  '"git" is build-only in element "build", which takes it from element "web" that installs it in install.d (in post-install.d)';
const FLAG = '"uninstall" of "nginx" is false, but its presence alone makes upstream remove the package';

it.each<[string, string, ExampleTree, readonly string[]]>([
  // What upstream evaluates for one architecture only.
  ["packages-when-set", "everywhere", packages("nginx:\n  when: DIB_WEB = 1\n"), [`error ${ABORTS("DIB_WEB")}`]],
  [
    "packages-when-set",
    "one architecture",
    packages("nginx:\n  arch: arm64\n  when: DIB_WEB = 1\n"),
    [`error ${ABORTS("DIB_WEB")} on arm64 only`],
  ],
  [
    "packages-when-set",
    "all but one architecture",
    packages("nginx:\n  not-arch: arm64\n  when: DIB_WEB = 1\n"),
    [`error ${ABORTS("DIB_WEB")} except on arm64`],
  ],
  [
    "packages-when-set",
    "systems that do not set it",
    { ...SYSTEMS, ...packages("nginx:\n  when: DIB_APT = 1\n") },
    [`warning ${ABORTS("DIB_APT")} on "fedora" only`],
  ],
  [
    "packages-when-set",
    "what its README says users set",
    { ...packages("nginx:\n  when: DIB_WEB = 1\n"), "web/README.rst": "web\n===\n\nDIB_WEB\n  :Required: Yes\n" },
    [
      'warning conditions read "DIB_WEB" (see README.rst), which no element sets: upstream aborts where nothing else does',
    ],
  ],
  [
    "packages-conflict",
    "architectures that overlap",
    {
      ...packages("git:\n  arch: amd64,arm64\n"),
      ...build("git:\n  phase: post-install.d\n  build-only: true\n  arch: arm64,s390x\n"),
    },
    [`warning ${TAKES} on arm64 only`],
  ],
  [
    "packages-conflict",
    "architectures that do not",
    {
      ...packages("git:\n  arch: amd64\n"),
      ...build("git:\n  phase: post-install.d\n  build-only: true\n  arch: arm64\n"),
    },
    [],
  ],
  [
    "packages-conflict",
    "conditions on the distribution",
    {
      ...SYSTEMS,
      ...packages("git:\n"),
      ...build("git:\n  phase: post-install.d\n  build-only: true\n  when: DISTRO_NAME = debian\n"),
    },
    [`warning ${TAKES} on debian only`],
  ],
  [
    "packages-flag-false",
    "one architecture",
    packages("nginx:\n  uninstall: false\n  arch: arm64\n"),
    [`error ${FLAG} on arm64 only`],
  ],
  [
    "packages-when",
    "a misspelt distribution",
    packages("nginx:\n  when: DISTRO_NAME = fedroa\n"),
    [
      'warning "DISTRO_NAME" is compared with "fedroa", which no distribution in reach is called, so "nginx" is never installed by this condition',
    ],
  ],
  [
    "pkg-map-complete",
    "a name that only another family maps",
    {
      ...SYSTEMS,
      "web/package-installs.yaml": "web_server:\nweb_cache:\n",
      "web/pkg-map": '{"distro": {"debian": {"web_server": "nginx"}}, "family": {"redhat": {"web_cache": "squid"}}}',
    },
    ['error "web_cache" is not mapped, and no package of Debian\'s can be called that on debian only'],
  ],
  ["packages-when", "a distribution of one's own", packages("nginx:\n  when: DISTRO_NAME = slackware\n"), []],
  [
    "packages-arch-known",
    "a name nobody has",
    packages("nginx:\n  arch: amd46\n"),
    ['warning arch of "nginx" names "amd46", which builds do not have: there the package is not installed'],
  ],
  [
    "hook-once",
    "an operating system that has the same script",
    { ...SYSTEMS, "fedora/install.d/50-web": "#!/bin/bash\n", "web/install.d/50-web": "#!/bin/bash\n" },
    ['warning elements "fedora" and "web" both have install.d/50-web: the build refuses that on "fedora" only'],
  ],
])("%s: %s", async (rule, _, tree, expected) => {
  expect(await findings(rule, tree)).toEqual(expected);
});

it("looks at no target but those of the configuration", async () => {
  const tree = { ...SYSTEMS, ...packages("nginx:\n  arch: arm64\n  when: DIB_APT = 1\n") };
  const on = (...targets: readonly Target[]) => findings("packages-when-set", tree, { targets });
  expect(await on(target("debian", "trixie", "arm64"))).toEqual([]);
  expect(await on(target("fedora", "43", "amd64"))).toEqual([]);
  expect(await on(target("fedora", "43", "arm64"))).toEqual([`error ${ABORTS("DIB_APT")}`]);
});
