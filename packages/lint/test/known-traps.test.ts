import { createCatalog, loadCatalog, upstreamInstallation } from "@dibkit/model";
import { expect, it } from "vitest";
import { type ExampleTree, type LintConfiguration, lint } from "../src/index.js";
import { exampleElements } from "../src/testing/example-elements.js";

// What people fall into, each as a tree that is linted with every rule, beside upstream's own elements.
const upstream = upstreamInstallation(process.env);
const theirs = upstream === undefined ? [] : [...loadCatalog([upstream.elements]).elements.values()];

const script = (line: string) => `#!/bin/bash\nset -eu\nset -o pipefail\n${line}\n`;
const hook = (phase: string, line: string): ExampleTree => ({ [`web/${phase}/50-web`]: script(line) });
const packages = (text: string): ExampleTree => ({
  "web/element-deps": "package-installs\n",
  "web/package-installs.yaml": text,
});
const deps = (text: string): ExampleTree => ({ "web/element-deps": text });
const environment = (text: string): ExampleTree => ({ "web/environment.d/10-web": text });
const repository = (line: string): ExampleTree => ({
  "web/element-deps": "source-repositories\n",
  "web/source-repository-web": line,
});
const image = (...elements: readonly string[]) => ({ images: [{ name: "site", elements }] });
const ROOT = "mkfs:\n      type: ext4\n      mount:\n        mount_point: /\n";
const disk = (text: string): ExampleTree => ({ "web/block-device-default.yaml": text });
const partitions = (label: string, text: string) =>
  `- local_loop:\n    name: image0\n    size: 2GiB\n- partitioning:\n    base: image0\n    label: ${label}\n    partitions:\n${text}`;
const root = (size: string) =>
  `      - name: root\n        size: ${size}\n        mkfs:\n          type: ext4\n          mount:\n            mount_point: /\n`;

it.skipIf(upstream === undefined).each<[string, string, ExampleTree, LintConfiguration?]>([
  // Packages.
  ["blanks in a list of architectures", "packages-arch-spaces", packages("nginx:\n  arch: ppc64, ppc64le\n")],
  ["uninstall: false", "packages-flag-false", packages("nginx:\n  uninstall: false\n")],
  ["build-only: false", "packages-flag-false", packages("nginx:\n  build-only: false\n")],
  ["a phase without .d", "packages-schema", packages("nginx:\n  phase: install\n")],
  ["an unknown key", "packages-schema", packages("nginx:\n  archs: amd64\n")],
  ["arch and not-arch", "packages-schema", packages("nginx:\n  arch: amd64\n  not-arch: arm64\n")],
  ["== in a condition", "packages-when", packages("nginx:\n  when: ARCH == amd64\n")],
  ["a blank at the end of a condition", "packages-when", packages('nginx:\n  when: "ARCH = amd64 "\n')],
  ["two conditions in one", "packages-when", packages("nginx:\n  when: ARCH = amd64 and DISTRO_NAME = debian\n")],
  ["a condition that is none", "packages-schema", packages("nginx:\n  when: ARCH\n")],
  ["a condition on what nothing sets", "packages-when-set", packages("nginx:\n  when: DIB_WEB = 1\n")],
  [
    "a package that another element takes away",
    "packages-conflict",
    {
      ...packages("git:\n"),
      "web/element-deps": "package-installs\nbuild\n",
      "build/element-deps": "package-installs\n",
      "build/package-installs.yaml": "git:\n  phase: post-install.d\n  build-only: true\n",
    },
  ],
  // Dependencies and the graph.
  ["a comment in element-deps", "deps-no-comments", deps("# why\nbase\n")],
  ["a name that is nearly an element's", "deps-known", deps("cloud-intit\n")],
  ["an element that upstream renamed", "deps-known", deps("serial-console\n")],
  ["a circle", "deps-acyclic", { ...deps("proxy\n"), "proxy/element-deps": "web\n" }],
  ["itself", "deps-not-self", deps("web\n")],
  ["twice", "deps-unique", deps("base\nbase\n")],
  ["not in order", "deps-sorted", deps("vm\nbase\n")],
  ["elements-deps", "control-file-name", { "web/elements-deps": "base\n" }],
  ["package-install.yaml", "control-file-name", { "web/package-install.yaml": "nginx:\n" }],
  ["packages without package-installs", "control-file-handled", { "web/static/etc/web": "x\n" }],
  ["an element in place of upstream's", "element-shadowed", { "vm/README.rst": "x\n" }],
  ["no operating system", "image-operating-system", { "web/README.rst": "x\n" }, image("web")],
  ["two operating systems", "provides-once", { "web/README.rst": "x\n" }, image("debian-minimal", "ubuntu-minimal")],
  [
    "requested and provided",
    "provides-not-requested",
    { "web/element-provides": "vm\n" },
    image("debian-minimal", "vm", "web"),
  ],
  [
    "one hook file of two elements",
    "hook-once",
    { ...deps("proxy\n"), ...hook("install.d", "ls"), "proxy/install.d/50-web": script("ls") },
  ],
  [
    "one file of two elements",
    "hook-once",
    { ...deps("proxy\n"), "web/static/etc/web": "a\n", "proxy/static/etc/web": "b\n" },
  ],
  [
    "two layouts of the disk",
    "block-device-once",
    { ...disk(`- local_loop:\n    name: image0\n    ${ROOT}`), "web/element-deps": "block-device-mbr\n" },
  ],
  // Scripts.
  ["not executable", "script-executable", { "web/install.d/50-web": { content: script("ls"), mode: 0o644 } }],
  ["a suffix", "script-name", { "web/install.d/50-web.sh": script("ls") }],
  ["no number", "script-priority", { "web/install.d/web": script("ls") }],
  ["a number for upstream only", "script-priority-range", { "web/install.d/05-web": script("ls") }],
  ["finalize.d", "phase-known", { "web/finalize.d/50-web": script("ls") }],
  ["a path of the host", "script-host-write", hook("cleanup.d", "rm -rf /etc/web")],
  ["a variable of the host", "script-host-variable", hook("install.d", "ls $TARGET_ROOT")],
  ["packages on the host", "script-host-packages", hook("extra-data.d", "sudo apt-get install -y nginx")],
  ["a program of the image on the host", "script-target-tool", hook("extra-data.d", "install-packages nginx")],
  ["all of /tmp", "script-tmp-sweep", hook("install.d", "rm -rf /tmp/*")],
  ["policy-rc.d", "script-policy-rc-d", hook("install.d", "rm -f /usr/sbin/policy-rc.d")],
  [
    "lists cleared too early",
    "script-lists-cleared",
    {
      ...hook("install.d", "rm -rf /var/lib/apt/lists/*"),
      "web/post-install.d/50-more": script("install-packages nginx"),
    },
  ],
  ["a service started", "script-service-start", hook("install.d", "systemctl start nginx")],
  ["sudo in the image", "script-sudo-in-target", hook("install.d", "sudo ls")],
  ["sudo in front of a redirection", "script-sudo", hook("extra-data.d", "sudo echo x > /etc/web")],
  ["which", "script-which", hook("install.d", "which ls")],
  ["export with a command", "script-export-substitution", hook("install.d", "export WEB=$(ls)")],
  ["no set -e", "script-errexit", { "web/install.d/50-web": "#!/bin/bash\nset -u\nset -o pipefail\n" }],
  ["another shell", "script-shebang", { "web/install.d/50-web": "#!/usr/bin/bash\nset -eu\nset -o pipefail\n" }],
  ["a syntax error", "script-syntax", hook("install.d", "if true; then")],
  // The environment.
  ["set -x", "env-options", environment("set -x\nexport WEB=1\n")],
  ["exit", "env-exit", environment("exit 0\n")],
  [
    "an executable file",
    "env-not-executable",
    { "web/environment.d/10-web": { content: "export WEB=1\n", mode: 0o755 } },
  ],
  ["a secret", "env-secret", environment("export DIB_WEB_PASSWORD=hunter2\n")],
  ["a variable that nothing sets", "env-set", hook("install.d", "echo $DIB_WEB_ROOT")],
  [
    "a variable that the README requires",
    "env-required",
    { "web/README.rst": "web\n===\n\nDIB_WEB_SITE\n  :Required: Yes\n" },
    image("debian-minimal", "web"),
  ],
  [
    "two defaults",
    "env-defaults-agree",
    { ...deps("proxy\n"), ...environment("export P=${P:-1}\n"), "proxy/environment.d/20-p": "export P=${P:-2}\n" },
  ],
  [
    "a variable of a later file",
    "env-order",
    { ...deps("proxy\n"), ...environment("export W=$P\n"), "proxy/environment.d/20-p": "export P=${P:-2}\n" },
  ],
  // Maps and sources.
  ["pkg-map that is no JSON", "pkg-map-schema", { "web/pkg-map": "{,}\n" }],
  ["a section that does not exist", "pkg-map-schema", { "web/pkg-map": '{ "distros": {} }\n' }],
  ["a family that does not exist", "pkg-map-known", { "web/pkg-map": '{ "family": { "ubuntu": { "a": "b" } } }\n' }],
  [
    "a release that goes by another name",
    "pkg-map-known",
    { "web/pkg-map": '{ "release": { "centos": { "8-stream": { "a": "b" } } } }\n' },
  ],
  ["a mapping nobody asks for", "pkg-map-used", { "web/pkg-map": '{ "default": { "wobbly-server": "nginx" } }\n' }],
  [
    "one service twice",
    "svc-map-once",
    { ...deps("proxy\nsvc-map\n"), "web/svc-map": "a:\n  default: a\n", "proxy/svc-map": "a:\n  default: b\n" },
  ],
  [
    "a family that svc-map does not know",
    "svc-map-family",
    { ...deps("svc-map\n"), "web/svc-map": "a:\n  redhat: b\n" },
    { targets: [{ distro: "rocky", arch: "amd64" }] },
  ],
  ["a source of an unknown type", "source-repository-schema", repository("web svn /opt/web https://example.com/web\n")],
  [
    "two sources in one place",
    "source-repository-destination",
    {
      ...repository("web tar /opt/web https://example.com/web.tgz .\n"),
      "web/source-repository-two": "two file /opt/web https://example.com/two\n",
    },
  ],
  ["an address with &", "source-repository-command", repository("web tar /opt/web https://example.com/?a=1&b=2 .\n")],
  ["no reference", "source-repository-reference", repository("web git /opt/web https://example.com/web.git\n")],
  ["http", "source-repository-url", repository("web git /opt/web http://example.com/web.git v1\n")],
  ["no last newline", "source-repository-newline", repository("web git /opt/web https://example.com/web.git v1")],
  // The disk.
  ["no size of a partition", "block-device-valid", disk(partitions("mbr", root("").replace("        size: \n", "")))],
  [
    "a base that does not exist",
    "block-device-valid",
    disk(
      `- local_loop:\n    name: image0\n- mkfs:\n    base: imag0\n    type: ext4\n    mount:\n      mount_point: /\n`,
    ),
  ],
  [
    "one label twice",
    "block-device-valid",
    disk(
      partitions(
        "gpt",
        "      - name: a\n        size: 1GiB\n        mkfs:\n          type: ext4\n          label: cloudimg-rootfs\n          mount:\n            mount_point: /srv\n" +
          root("100%"),
      ),
    ),
  ],
  [
    "a type that is a number",
    "block-device-valid",
    disk(partitions("mbr", root("100%").replace("        size", "        type: 83\n        size"))),
  ],
  [
    "an unknown flag",
    "block-device-valid",
    disk(partitions("mbr", root("100%").replace("        size", "        flags: [bootable]\n        size"))),
  ],
  [
    "nothing mounted at /",
    "block-device-valid",
    disk("- local_loop:\n    name: image0\n    mkfs:\n      type: ext4\n      mount:\n        mount_point: /srv\n"),
  ],
  ["a misspelt key", "block-device-valid", disk(`- local_loop:\n    name: image0\n    szie: 2GiB\n    ${ROOT}`)],
  [
    "a label that is too long",
    "block-device-valid",
    disk(
      `- local_loop:\n    name: image0\n    mkfs:\n      type: ext4\n      label: seventeen-letters\n      mount:\n        mount_point: /\n`,
    ),
  ],
  ["partitions larger than the disk", "block-device-valid", disk(partitions("mbr", root("3GiB")))],
  [
    "MBR on large sectors",
    "block-device-valid",
    disk(partitions("mbr", root("100%")).replace("size: 2GiB", "size: 2GiB\n    block_size: 4096")),
  ],
  ["GPT without a place for the boot loader", "block-device-boot", disk(partitions("gpt", root("100%")))],
  [
    "a layout in a variable",
    "block-device-variable",
    environment("export DIB_BLOCK_DEVICE_CONFIG='- local_loop: {}'\n"),
  ],
])("finds %s (%s)", async (_, rule, tree, configuration = {}) => {
  const elements = exampleElements(tree);
  const catalog = createCatalog([
    { path: "/elements", elements },
    { path: "/upstream", elements: theirs },
  ]);
  const { diagnostics } = await lint({ catalog, elements, configuration: { preset: "all", ...configuration } });
  expect(diagnostics.map(({ code }) => code)).toContain(rule);
});
