import { expect, it } from "vitest";
import { type ExampleTree, type LintConfiguration, lint } from "../src/index.js";
import { exampleCatalog } from "../src/testing/example-elements.js";

async function findings(rule: string, tree: ExampleTree, configuration: LintConfiguration = {}) {
  const catalog = exampleCatalog(tree);
  const elements = [...catalog.elements.values()];
  const { diagnostics } = await lint({ catalog, elements, only: [rule], configuration });
  return diagnostics.map(({ severity, message, help }) => `${severity} ${message} [${help}]`);
}

const ROOT =
  "        - name: root\n          size: 100%\n          mkfs:\n            type: ext4\n            mount:\n              mount_point: /\n";
const disk = (label: string, partitions: string) =>
  `- local_loop:\n    name: image0\n    partitioning:\n      label: ${label}\n      partitions:\n${partitions}${ROOT}`;
const partition = (type: string) => `        - name: first\n          type: ${type}\n          size: 8MiB\n`;
const mode = (value: string) => ({ "disk/environment.d/10-disk": `export DIB_BLOCK_DEVICE=${value}\n` });
const layout = (label: string, partitions = "", name = "default") => ({
  [`disk/block-device-${name}.yaml`]: disk(label, partitions),
});
const ADD_ESP = "add a partition with type 'EF00', a vfat filesystem and mount point /boot/efi";
const ADD_BIOS = "add a partition of 8MiB with type 'EF02'";

it.each<[string, ExampleTree, readonly string[]]>([
  [
    "UEFI with MBR and without its partition",
    { ...mode("efi"), ...layout("mbr") },
    [`warning the MBR disk has no EFI system partition, which DIB_BLOCK_DEVICE=efi needs [${ADD_ESP}]`],
  ],
  [
    "a layout for one architecture",
    { ...mode("efi"), ...layout("gpt", partition("'EF02'"), "arm64") },
    [`warning the GPT disk has no EFI system partition, which DIB_BLOCK_DEVICE=efi needs on arm64 only [${ADD_ESP}]`],
  ],
  [
    "a layout in the environment",
    {
      "disk/environment.d/10-disk": `export DIB_BLOCK_DEVICE=efi\nexport DIB_BLOCK_DEVICE_CONFIG='\n${disk("gpt", "")}'\n`,
    },
    [`warning the GPT disk has no EFI system partition, which DIB_BLOCK_DEVICE=efi needs [${ADD_ESP}]`],
  ],
  ["MBR needs no partition", { ...mode("mbr"), ...layout("mbr") }, []],
  [
    "UEFI with a BIOS boot partition only",
    { ...mode("efi"), ...layout("gpt", partition("'EF02'")) },
    [`warning the GPT disk has no EFI system partition, which DIB_BLOCK_DEVICE=efi needs [${ADD_ESP}]`],
  ],
  ["UEFI with its partition", { ...mode("efi"), ...layout("gpt", partition("'ef00'")) }, []],
  ["UEFI with its partition, by GUID", layout("gpt", partition("C12A7328-F81F-11D2-BA4B-00A0C93EC93B")), []],
  [
    "BIOS with an EFI system partition only",
    { ...mode("gpt"), ...layout("gpt", partition("'EF00'")) },
    [`warning the GPT disk has no BIOS boot partition, which DIB_BLOCK_DEVICE=gpt needs [${ADD_BIOS}]`],
  ],
  [
    "no mode and neither partition",
    layout("gpt"),
    [
      `warning the GPT disk has no EFI system partition and no BIOS boot partition [${ADD_BIOS} for BIOS; for UEFI ${ADD_ESP}]`,
    ],
  ],
  ["a machine that boots otherwise", { ...mode("gpt"), ...layout("gpt", "", "ppc64el") }, []],
])("block-device-boot: %s", async (_, tree, expected) => {
  expect(await findings("block-device-boot", tree)).toEqual(expected);
});

it("takes the boot mode of an image from its environment", async () => {
  const tree = { ...layout("gpt", partition("'EF02'")), "debian/element-provides": "operating-system\n" };
  const image = { name: "web", elements: ["disk", "debian"], skipBase: true, environment: { DIB_BLOCK_DEVICE: "efi" } };
  expect(await findings("block-device-boot", tree, { images: [image] })).toEqual([
    `warning the GPT disk has no EFI system partition, which DIB_BLOCK_DEVICE=efi needs [${ADD_ESP}]`,
  ]);
});

const MAP = { "web/pkg-map": '{ "default": { "web-server": "nginx" } }\n' };
const script = (line: string) => `#!/bin/bash\nset -eu\nset -o pipefail\n${line}\n`;

it.each<[string, ExampleTree, number]>([
  ["nobody asks", MAP, 1],
  ["a script of the element", { ...MAP, "web/install.d/50-web": script("install-packages -m web web-server") }, 0],
  ["a script with a variable", { ...MAP, "web/install.d/50-web": script('install-packages -m web "$WANTED"') }, 0],
  ["an old list", { ...MAP, "web/install.d/package-installs-web": "web-server\n" }, 0],
  ["another element", { ...MAP, "proxy/install.d/50-web": script("install-packages -m web web-server") }, 0],
  ["another element by its own map", { ...MAP, "proxy/package-installs.yaml": "web-server:\n" }, 1],
])("pkg-map-used: %s", async (_, tree, count) => {
  expect(await findings("pkg-map-used", tree)).toHaveLength(count);
});

it.each<[string, string, readonly string[]]>([
  [
    "another name by default",
    "web:\n  redhat: httpd\n",
    ['warning service "web" is "web" on rocky, which svc-map does not count to family "redhat" [add "rocky: httpd"]'],
  ],
  ["the same name by default", "web:\n  redhat: httpd\n  default: httpd\n", []],
  ["no family", "web:\n  debian: apache2\n", []],
])("svc-map-family: %s", async (_, map, expected) => {
  const targets = [{ distro: "rocky", arch: "amd64" }];
  expect(await findings("svc-map-family", { "web/svc-map": map }, { targets })).toEqual(expected);
  expect(
    await findings("svc-map-family", { "web/svc-map": map }, { targets: [{ distro: "fedora", arch: "amd64" }] }),
  ).toEqual([]);
});

it("names the script that sets a variable only for itself", async () => {
  const tree = {
    "web/install.d/10-first": script("export DIB_WEB_ROOT=/srv"),
    "web/install.d/20-second": script("echo $DIB_WEB_ROOT"),
  };
  expect(await findings("env-set", tree)).toEqual([
    'warning install.d/20-second reads "DIB_WEB_ROOT", which nothing in the build sets [export it in environment.d: scripts do not see what install.d/10-first of element "web" sets]',
  ]);
});

it("says what became of a removed element", async () => {
  const tree = { "web/element-deps": "serial-console\n", "enable-serial-console/README.rst": "x\n" };
  expect(await findings("deps-known", tree)).toEqual([
    'error element "web" depends on "serial-console", which is in no directory of ELEMENTS_PATH [depend on "enable-serial-console"]',
  ]);
});

it("says once what it cannot know without diskimage-builder, and checks the rest", async () => {
  const tree = {
    "web/element-deps": "debian-minimal\nvm\nown\nserial-console\n",
    "web/README.rst": "web\n===\n",
    "web/package-installs.yaml": "nginx:\n  when: DIB_WEB=1\n",
    "web/install.d/50-web": { content: "#!/bin/bash\nset -eu\nset -o pipefail\necho $DIB_RELEASE\n", mode: 0o644 },
    "own/element-deps": "base\n",
    "own/README.rst": "own\n===\n",
  };
  const found = async (only: readonly string[], lacksUpstream: boolean) => {
    const catalog = { ...exampleCatalog(tree), lacksUpstream };
    const images = [{ name: "site", elements: ["web"] }];
    const { diagnostics } = await lint({
      catalog,
      elements: [...catalog.elements.values()],
      only,
      configuration: { images },
    });
    return diagnostics.map(({ code, severity, message }) => `${severity} ${code}: ${message}`);
  };
  expect(await found([], true)).toEqual([
    'warning upstream-missing: diskimage-builder was not found, so nothing is known of "base", "debian-minimal", "vm", and what depends on them was not checked',
    'error deps-known: element "web" depends on "serial-console", which is in no directory of ELEMENTS_PATH',
    "error script-executable: hook script install.d/50-web is not executable, so it is never run",
  ]);
  expect(await found(["script-executable"], true)).toHaveLength(1);
  const complete = await found([], false);
  expect(complete.filter((line) => line.includes("deps-known"))).toHaveLength(8);
  expect(complete.some((line) => line.includes("packages-when-set"))).toBe(true);
});

const WRONG =
  "- local_loop:\n    name: image0\n    szie: 1GiB\n    mkfs:\n      type: ext4\n      mount:\n        mount_point: /\n";
const UNKNOWN = /"szie"/;

it("checks the layout that an image or an element gives in a variable", async () => {
  const check = async (tree: ExampleTree, environment?: Readonly<Record<string, string>>) => {
    const catalog = exampleCatalog({ ...tree, "debian/element-provides": "operating-system\n" });
    const image = { name: "web", elements: ["disk", "debian"], skipBase: true, ...(environment && { environment }) };
    const readText = (path: string) => (path === "/etc/disk.yaml" ? WRONG : undefined);
    const { diagnostics } = await lint({
      catalog,
      elements: [...catalog.elements.values()],
      only: ["block-device-variable"],
      configuration: { images: [image] },
      tools: { readText },
    });
    return diagnostics.map(({ message, location }) => ({
      message,
      path: location?.source.path,
      text: location?.source.text.slice(location.start, location.end),
    }));
  };
  const plain = { "disk/README.rst": "x\n" };
  const exported = (value: string) => ({ "disk/environment.d/10-disk": `export DIB_BLOCK_DEVICE_CONFIG=${value}\n` });
  // A text without escapes is shown where it is written.
  expect(await check(exported(`'${WRONG}'`))).toEqual([
    { message: expect.stringMatching(UNKNOWN), path: "/elements/disk/environment.d/10-disk", text: "szie" },
  ]);
  expect(await check(exported('"${DIB_BLOCK_DEVICE_CONFIG:-file:///etc/disk.yaml}"'))).toEqual([
    { message: expect.stringMatching(UNKNOWN), path: "/etc/disk.yaml", text: "szie" },
  ]);
  expect(await check(exported("file:///etc/none.yaml"))).toEqual([
    {
      message: 'the file "/etc/none.yaml" that DIB_BLOCK_DEVICE_CONFIG names cannot be read here',
      path: "/elements/disk/environment.d/10-disk",
      text: "DIB_BLOCK_DEVICE_CONFIG=file:///etc/none.yaml",
    },
  ]);
  expect(await check(plain, { DIB_BLOCK_DEVICE_CONFIG: WRONG })).toEqual([
    { message: expect.stringMatching(/^line 3 of DIB_BLOCK_DEVICE_CONFIG of image "web": .*"szie"/) },
  ]);
});

const when = (condition: string) => ({ "web/package-installs.yaml": `nginx:\n  when: ${condition}\n` });

it.each<[string, readonly string[]]>([
  [
    "DIB_RELEASE = jamy",
    [
      'warning "DIB_RELEASE" is compared with "jamy", which no release is called, so "nginx" is never installed by this condition [write "DIB_RELEASE = jammy"]',
    ],
  ],
  [
    "DIB_RELEASE != ubuntu",
    [
      'warning "DIB_RELEASE" is compared with "ubuntu", a distribution, not a release, so "nginx" is always installed by this condition [compare DISTRO_NAME]',
    ],
  ],
  [
    "DISTRO_NAME = fedroa",
    [
      'warning "DISTRO_NAME" is compared with "fedroa", which no distribution in reach is called, so "nginx" is never installed by this condition [write "DISTRO_NAME = fedora"]',
    ],
  ],
  [
    "DISTRO_NAME = redhat",
    [
      'warning "DISTRO_NAME" is compared with "redhat", which no distribution is called, so "nginx" is never installed by this condition [write "DISTRO_NAME = rhel"]',
    ],
  ],
  ["DIB_RELEASE = 9-stream", []],
  ["DIB_RELEASE = acme", []],
  ["DISTRO_NAME = acme-linux", []],
])("packages-when: %s", async (condition, expected) => {
  expect(await findings("packages-when", when(condition))).toEqual(expected);
});
