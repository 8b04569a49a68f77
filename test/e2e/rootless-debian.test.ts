import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { debianMirror } from "@dibkit/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareBuilds } from "../../packages/conform/src/compare-builds.js";
import { buildOnDebian } from "./debian-build.js";
import { example, type ProgramRun, type RunOptions, runProgram, STORE_SIZE } from "./dibkit.js";
import { bootMachine, logIn, report, reportScript } from "./machine.js";
import { type OrdinaryUser, ordinaryUser } from "./ordinary-user.js";
import { makeUserWithIds, type UserWithIds, whyNoUser } from "./user-with-ids.js";

const SCRIPT = "/usr/local/sbin/report";
const COMMANDS = {
  state: "systemctl is-system-running --wait",
  failed: "systemctl --failed --plain --no-legend",
  firmware: "[ -d /sys/firmware/efi ] && echo uefi",
  cloud: "cloud-init status",
  growroot: "systemctl is-enabled growroot",
  bytes: "df --output=size -B1 / | tail -n 1",
  disk: "lsblk -bdno SIZE /dev/vda",
  null: "stat -c '%t,%T %a %u:%g' /dev/null",
};

/** What cloud-init is told by files in the image, as on a machine without a network. */
const USER_DATA = `#cloud-config
ssh_genkeytypes: [ed25519]
chpasswd:
  expire: false
  list: ["root:probe"]
`;

const ELEMENTS: Readonly<Record<string, string>> = {
  "seed-probe/post-install.d/90-seed-probe": `#!/bin/bash
set -eu
cat > /var/lib/cloud/seed/nocloud/user-data << 'EOF'
${USER_DATA}EOF
cat > ${SCRIPT} << 'EOF'
${reportScript(COMMANDS)}EOF
`,
};

/** These two hold the command line and the caller's variables. */
const OWN = ["etc/dib-manifests/dib_arguments", "etc/dib-manifests/dib_environment"];

const MAC = "52:54:00:12:34:56";

describe.skipIf(whyNoUser())("Debian, built by an ordinary user", () => {
  const scratch = mkdtempSync(join(tmpdir(), "dibkit-e2e-rootless-debian-"));
  const release = "bookworm";
  let user: UserWithIds;
  let program: OrdinaryUser;

  const asUser = (words: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<ProgramRun> => {
    const env = {
      ...{ PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", NO_COLOR: "1", HOME: user.home },
      DIBKIT_CACHE_SIZE: STORE_SIZE,
    };
    return program.run(words, { cwd: user.home, env: { ...env, ...variables } });
  };
  const file = (name: string) => join(user.home, name);
  /** Compares outputs of the user's with those that root makes on loop devices; those are what upstream makes of it. */
  async function sameAsRoots(
    words: readonly string[],
    name: string,
    formats: readonly ("raw" | "tar")[],
    options: RunOptions,
  ): Promise<Readonly<Record<string, number>>> {
    // Names of manifests have that of the image.
    const root = join(scratch, "root", name);
    mkdirSync(dirname(root), { recursive: true });
    await buildOnDebian([...words, "-t", formats.join(",")], root, options);
    const raw = (path: string) => (formats.includes("raw") ? { raw: `${path}.raw` } : {});
    const outputs = (path: string) => ({ tar: `${path}.tar`, ...raw(path) });
    const commands = createCommandRunner();
    const { differences, compared } = await compareBuilds(outputs(root), outputs(file(name)), commands);
    for (const path of [root, file(name)].flatMap((one) => Object.values(outputs(one)))) rmSync(path);
    expect(differences.filter(({ reason, subject }) => reason === undefined && !OWN.includes(subject))).toEqual([]);
    return compared;
  }

  beforeAll(() => {
    chmodSync(scratch, 0o755);
    for (const [path, text] of Object.entries(ELEMENTS)) {
      const to = join(scratch, "elements", path);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, text);
      chmodSync(to, 0o755);
    }
    user = makeUserWithIds(scratch);
    program = ordinaryUser(scratch, user);
  });
  afterAll(async () => {
    // Only the namespace can remove what belongs to subordinate ids.
    if (user !== undefined) await asUser(["cache", "clear"]);
    user?.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  test("the web server of the example: builds, and is what root builds on loop devices", async () => {
    const image = join(program.repository, "examples/web-server/web-server.image.ts");
    const built = await asUser(["build", image, "-t", "qcow2,raw,tar", "-o", "web-server"]);
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const compared = await sameAsRoots(["web-server.image.ts"], "web-server", ["raw", "tar"], {
      cwd: example("web-server"),
    });
    expect(compared.tree).toBeGreaterThan(15_000);
    expect(compared.packages).toBeGreaterThan(100);
  });

  test("the web server answers from a machine that the user boots", async () => {
    const words = ["--http", "80/=Hello from dibkit", "--timeout", "2700", "--log", file("web.log")];
    const run = await asUser(["boot", "web-server.qcow2", ...words]);
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
  });

  test("what is in it, and who wrote it, can be asked", async () => {
    const blame = await asUser(["blame", "/srv/acme-web/index.html", "web-server.qcow2"]);
    expect(blame.stdout, blame.stderr).toContain("post-install.d/60-acme-web of element acme-web");
    const size = await asUser(["size", "web-server.qcow2", "--by", "package", "--format", "json"]);
    expect(size, size.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"name": "nginx') });
    const bill = await asUser(["sbom", "web-server.qcow2", "--format", "cyclonedx-json", "-o", "web.cdx.json"]);
    expect(bill, bill.stderr).toMatchObject({ exitCode: 0 });
    const shell = await asUser(["shell", "web-server.qcow2", "-c", "stat -c %U:%G /srv/acme-web && nginx -v"]);
    expect(shell, shell.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("acme-web:acme-web") });
  });

  test("a UEFI image with cloud-init and growroot is what root builds, boots, and grows to the disk that it finds", async () => {
    const elements = ["vm", "block-device-efi", "debian-minimal", "cloud-init-nocloud", "cloud-init", "growroot"];
    const words = [...elements, "seed-probe", "--elements-path", join(scratch, "elements")];
    const variables = { DIB_RELEASE: release, ...debianMirror(release) };
    const built = await asUser(["build", ...words, "-t", "qcow2,raw,tar", "-o", "uefi"], variables);
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const compared = await sameAsRoots(words, "uefi", ["raw", "tar"], { env: variables });
    expect(compared.tree).toBeGreaterThan(15_000);
    expect(compared.partitions).toBeGreaterThan(2);
    expect(await runProgram(["qemu-img", "resize", file("uefi.qcow2"), "6G"])).toMatchObject({ exitCode: 0 });
    const flags = ["--firmware", "uefi", "--expect", "Cloud-init .* finished"];
    const sends = ["=>login: ", ...logIn("root", "probe"), report(SCRIPT, "uefi")];
    const { uefi } = await bootMachine(file("uefi.qcow2"), { log: file("uefi.log"), flags, sends }, {}, (argv) =>
      asUser(argv),
    );
    expect(uefi).toMatchObject({
      ...{ state: "running", failed: "", firmware: "uefi", cloud: "status: done", growroot: "enabled" },
      ...{ disk: String(6 * 1024 ** 3), null: "1,3 666 0:0" },
    });
    expect(Number(uefi?.bytes)).toBeGreaterThan(4.5 * 1024 ** 3);
  });

  test("a ramdisk is what root builds, boots, finds its address, and ends as it should", async () => {
    const words = ["debian-minimal", "ramdisk", "no-final-image", "--ramdisk-element", "ramdisk"];
    const variables = { DIB_RELEASE: release, ...debianMirror(release) };
    const built = await asUser(["build", ...words, "-t", "tar", "-o", "ramdisk"], variables);
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const compared = await sameAsRoots(words, "ramdisk", ["tar"], { env: variables });
    expect(compared.tree).toBeGreaterThan(10_000);
    const machine = await runProgram([
      ...["qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "2", "-m", "1536"],
      ...["-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"],
      ...["-kernel", file("ramdisk.kernel"), "-initrd", file("ramdisk.initramfs")],
      ...["-append", `console=ttyS0 BOOTIF=01-${MAC.replaceAll(":", "-")}`],
      ...["-netdev", "user,id=network", "-device", `virtio-net-pci,netdev=network,mac=${MAC}`],
    ]);
    expect(machine.exitCode, machine.stderr).toBe(0);
    expect(machine.stdout).toContain("obtained the following from dhcp");
    expect(machine.stdout).toMatch(/rebooting\r?\n/);
  });
});
