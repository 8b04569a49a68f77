import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadCatalog, resolve } from "@dibkit/model";
import { afterAll, expect, test } from "vitest";
import { planBuild } from "../../src/plan/plan-build.js";
import { type BuildFlags, buildRequest } from "../../src/plan/request-from-flags.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-check-"));
afterAll(() => rmSync(directory, { recursive: true }));

const LAYOUT = (size: string, type: string) => `- local_loop:
    name: image0
- partitioning:
    base: image0
    label: mbr
    partitions:
      - name: root
        ${size}
        mkfs:
          type: ${type}
          mount:
            mount_point: /
`;
/** package-installs counts only beside the element of that name, which has this program. */
const SQUASH = { "package-installs/bin/package-installs-squash": "#!/usr/bin/env python3\n" };
const FILES: Readonly<Record<string, string>> = {
  ...SQUASH,
  "os/element-provides": "operating-system\n",
  "os/element-deps": "package-installs\n",
  "os/install.d/50-same": "#!/bin/bash\n",
  "two/install.d/50-same": "#!/bin/bash\n",
  "os/package-installs.yaml": "nginx:\n  when: DIB_NOBODY_SETS=1\n",
  "os/block-device-default.yaml": LAYOUT("flags: [ primary ]", "ext4"),
  "reads/environment.d/10-reads": [
    "export FOUND=$PATH$HOSTNAME",
    "OWN=1",
    "export GIVEN=${MAYBE:-x} COPY=$OWN",
    'if [ -n "$ACME_REPO" ]; then export A=$ACME_INNER; fi',
    "",
  ].join("\n"),
  "reads/environment.d/20-later": "export B=$OWN$FOUND\n",
  "needs/README.rst": "needs\n=====\n\nACME_CONF\n  :Required: Yes\n  :Default: None\n  :Description: A file.\n",
  "containerfile/element-deps": "",
  "debootstrap/element-deps": "",
  "odd/element-provides": "operating-system\n",
  "odd/block-device-default.yaml": LAYOUT("size: 100%", "ext9"),
};
for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
  if (text.startsWith("#!")) chmodSync(join(directory, path), 0o755);
}

async function problems(
  elements: readonly string[],
  more: Partial<BuildFlags>,
  { variables = {}, upstreamVersion = "3.40" }: { variables?: Record<string, string>; upstreamVersion?: string } = {},
): Promise<readonly string[]> {
  const flags = {
    ...{ trace: 0, uncompressed: false, clear: false, skipBase: true, packages: [], checksum: false },
    ...{ noTmpfs: false, offline: false, refresh: false, output: join(directory, "image"), ...more },
    imageCache: join(directory, "cache"),
  };
  const env = { PATH: join(directory, "no-programs"), HOME: directory, ...variables };
  const context = { env, cwd: directory, hostArchitecture: "amd64", words: elements, upstreamVersion };
  const request = buildRequest(flags, elements, undefined, context);
  const resolution = resolve(loadCatalog([directory]), elements, { arch: "amd64", base: false });
  if (!resolution.ok) throw new Error(resolution.error.map(({ diagnostic }) => diagnostic.message).join("\n"));
  const planned = await planBuild({ request, resolution: resolution.value, elementsPath: [directory], verbose: false });
  const diagnostics = planned.ok ? planned.value.diagnostics : planned.error;
  return diagnostics.map(({ code, message, help }) => `${code}: ${message}; ${help}`);
}

test("six things that are wrong are reported together", async () => {
  const found = await problems(["os", "two"], {
    types: "qcow2,docker,tarball",
    // Nothing can be kept there: the space is 0 for root, and others may not write.
    store: "/proc/dibkit",
    maxAge: "soon",
  });
  for (const one of [
    /^duplicate-hook: elements "os" and "two" both have "install.d\/50-same"/,
    /^block-device\/missing-key: partition "root" has no "size"/,
    /^missing-host-tool: program "qemu-img" is missing/,
    /^output-format: format docker needs a name/,
    /^output-format: unknown format "tarball"/,
    /^(little-space: only 0.0 GiB are free for|not-writable:) the layer store "\/proc\/dibkit"/,
    /^when-variable-unset: the condition "DIB_NOBODY_SETS=1" is about the variable "DIB_NOBODY_SETS"/,
    /^unknown-age: "soon" is not an age/,
  ]) {
    expect(found.find((line) => one.test(line)) ?? found, String(one)).toMatch(one);
  }
});

test("a filesystem that no package makes", async () => {
  const found = await problems(["odd"], { types: "tar" });
  expect(found.filter((line) => line.includes("ext9"))).toEqual([
    'missing-host-tool: program "mkfs.ext9" is missing, which is needed to make ext9 filesystems; install it, or choose a type of filesystem that has a package: ext2, ext3, ext4, xfs, vfat, btrfs or swap',
  ]);
});

test.each<[Partial<BuildFlags>, string]>([
  [
    { network: "vpn" },
    '--network (or DIBKIT_NETWORK) is "vpn" but must be "auto", "host", "none" or "recorded", for a phase',
  ],
  [{ disk: "device" }, '--disk is "device" but must be auto, loop or files'],
  [{ imageSize: "abc" }, '--image-size (or DIB_IMAGE_SIZE) is "abc" but must be a number of gigabytes'],
  [{ maxOnlineResize: "x" }, '--max-online-resize (or MAX_ONLINE_RESIZE) is "x" but must be a whole number'],
  [{ qemuImgOptions: "compat" }, '--qemu-img-options (or QEMU_IMG_OPTIONS) is "compat" but must be key=value'],
  [{ output: "build/" }, '--output (or IMAGE_NAME) is "build/" but must end with a file name'],
  [{ minTmpfs: "much" }, "--min-tmpfs (or DIB_MIN_TMPFS) is"],
])("the value %j is refused before anything runs", async (flags, message) => {
  const found = await problems(["os", "two"], flags);
  expect(found.filter((one) => one.startsWith(`build-option: ${message}`))).toHaveLength(1);
});

test("an environment file that reads what nothing sets is told with its place", async () => {
  const unset = (found: readonly string[]) => found.filter((one) => one.startsWith("environment-variable-unset"));
  expect(unset(await problems(["os", "reads"], { types: "tar" }))).toEqual([
    'environment-variable-unset: environment.d/10-reads of element "reads" reads "ACME_REPO", which nothing sets before it: the build ends there; set ACME_REPO for this build, or write ${ACME_REPO:-…} in the file',
  ]);
  const given = { variables: { ACME_REPO: "" } };
  expect(unset(await problems(["os", "reads"], { types: "tar" }, given))).toEqual([]);
});

test.each([
  ["2", []],
  ["0.5", ['partition "root" of 1GiB does not fit on disk "image0" of 512MiB']],
])("with a size of %s GB it is known before the build whether partitions fit", async (imageSize, expected) => {
  const layout = LAYOUT("size: 1GiB\n        flags: [ primary ]", "ext4");
  const variables = { DIB_BLOCK_DEVICE_CONFIG: layout };
  const found = await problems(["odd", "containerfile"], { types: "raw", imageSize }, { variables });
  const fits = found.filter((one) => one.startsWith("block-device/does-not-fit"));
  expect(fits.map((one) => one.replace(/^\S+ |;.*$/g, ""))).toEqual(expected);
});

test.each([
  ["3.40", "", "podman"],
  ["3.40", "docker", "docker"],
  ["3.13", "docker", "podman"],
])("diskimage-builder %s with the container runtime %j needs %s", async (upstreamVersion, runtime, program) => {
  const context = { upstreamVersion, variables: { DIB_CONTAINERFILE_RUNTIME: runtime } };
  const found = await problems(["odd", "containerfile"], { types: "tar" }, context);
  expect(found.filter((one) => one.includes("a container image")).map((one) => one.split(",")[0])).toEqual([
    `missing-host-tool: program "${program}" is missing`,
  ]);
});

test("a variable that an element's README requires and nothing sets is told", async () => {
  const required = (found: readonly string[]) => found.filter((one) => one.startsWith("variable-required"));
  expect(required(await problems(["odd", "needs"], { types: "tar" }))).toEqual([
    'variable-required: element "needs" requires "ACME_CONF", which nothing sets; set ACME_CONF in the environment of the build',
  ]);
  const given = { variables: { ACME_CONF: "/etc/acme" } };
  expect(required(await problems(["odd", "needs"], { types: "tar" }, given))).toEqual([]);
});

test("keys for a registry that cannot be used are told with their files", async () => {
  const [secret, nonsense] = [join(directory, "secret.pem"), join(directory, "nonsense.pem")];
  writeFileSync(secret, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(nonsense, "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n");
  const keys = { cacheSign: "gone.key", cacheTrust: [secret, nonsense, directory] };
  const found = (await problems(["os"], keys)).filter((text) => text.startsWith("cache-key"));
  expect(found).toEqual([
    `cache-key: --cache-sign is "${directory}/gone.key" but that is not there; name a key file in PEM, as openssl writes it`,
    `cache-key: --cache-trust is "${secret}" but that is a private key, where a public one belongs; write its public half with "openssl pkey -in KEYFILE -pubout -out KEYFILE.pub"`,
    `cache-key: --cache-trust is "${nonsense}" but that is not a public key in PEM; write its public half with "openssl pkey -in KEYFILE -pubout -out KEYFILE.pub"`,
    `cache-key: --cache-trust is "${directory}" but that is a directory; name a key file in PEM, as openssl writes it`,
  ]);
});
