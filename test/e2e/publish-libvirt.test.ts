import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missing, start, stop } from "../../scripts/libvirt/daemon.mjs";
import { dibkit, runProgram } from "./dibkit.js";
import { ordinaryUser } from "./ordinary-user.js";
import { makePool, type Virsh, virshOf } from "./virsh.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-libvirt-"));
const disks = join(root, "disks");
const image = join(root, "hello.qcow2");
const serialLog = join(root, "serial.log");
const GREETING = "this domain runs from its disk";
// In CI nothing is skipped: the set-up then fails.
const cannot = process.env.CI ? undefined : missing();

let daemon: Awaited<ReturnType<typeof start>>;
let virsh: Virsh;

describe.skipIf(cannot)(`dibkit publish libvirt, to a real libvirtd${cannot ? ` (${cannot})` : ""}`, () => {
  beforeAll(async () => {
    writeFileSync(join(root, "hello.raw"), bootSector(GREETING));
    await runProgram(["qemu-img", "convert", "-O", "qcow2", join(root, "hello.raw"), image]);
    daemon = await start(join(root, "daemon"));
    virsh = virshOf(daemon);
    await makePool(virsh, disks);
  });
  afterAll(async () => {
    if (daemon) await stop(daemon);
    rmSync(root, { recursive: true });
  });

  const common = ["--pool", "images", "--memory", "128", "--cpus", "1", "--network", "none"];
  const publish = (...words: readonly string[]) =>
    dibkit(["publish", "libvirt", image, ...common, ...words], { env: { LIBVIRT_DEFAULT_URI: daemon.uri } });
  const domains = async () => (await virsh("list", "--all", "--name")).split("\n").filter(Boolean).sort();

  test("makes a domain that boots from its own copy of the image", async () => {
    const run = await publish("--virtualization", "qemu", "--start", "--serial-log", serialLog, "--format", "json");
    expect(run).toMatchObject({ exitCode: 0, stderr: 'created domain "hello", started in software emulation\n' });
    const disk = join(disks, "hello.qcow2");
    expect(JSON.parse(run.stdout)).toEqual({
      ...{ version: 1, name: "hello", outcome: "created", virtualization: "qemu", disk, started: true },
    });
    await expect
      .poll(() => existsSync(serialLog) && readFileSync(serialLog, "latin1"), { timeout: 600_000 })
      .toContain(GREETING);
    expect(await virsh("domstate", "hello")).toBe("running");
    expect(await virsh("vol-list", "images")).toContain(disk);
    expect(readdirSync(disks)).toEqual(["hello.qcow2"]);
    expect(await virsh("dumpxml", "hello")).toMatch(
      /<domain type='qemu'[\s\S]*machine='pc-q35-[\s\S]*<console type='pty'/,
    );
  });

  test("meets a domain of that name as it is told to", async () => {
    const uuid = await virsh("domuuid", "hello");
    expect(await publish()).toEqual({
      ...{ exitCode: 2, stdout: "" },
      stderr: `error: domain "hello" already exists as ${uuid}\n help: give another --name, or --if-exists replace or skip\n`,
    });
    expect(await publish("--if-exists", "skip")).toMatchObject({ exitCode: 0, stdout: "hello\n" });
    const replaced = await publish("--if-exists", "replace", "--memory", "96", "--virtualization", "qemu");
    expect(replaced).toMatchObject({ exitCode: 0, stderr: 'replaced domain "hello"\n' });
    expect(await virsh("domuuid", "hello")).toBe(uuid);
    expect(await virsh("domstate", "hello")).toBe("shut off");
    expect(await virsh("dumpxml", "hello")).toContain("<memory unit='KiB'>98304</memory>");
    expect(readdirSync(disks)).toEqual(["hello.qcow2"]);
  });

  test("undoes everything when the domain does not start", async () => {
    const words = ["--network", "nowhere", "--virtualization", "qemu", "--start"];
    const fresh = await publish("--name", "fresh", ...words);
    expect(fresh.stderr).toBe(
      `error: libvirt at ${daemon.uri} could not do "start fresh": Failed to start domain 'fresh': Network not found: no network with matching name 'nowhere'\n`,
    );
    expect(fresh.exitCode).toBe(3);
    await virsh("start", "hello");
    const before = await virsh("dumpxml", "--inactive", "hello");
    expect(await publish("--if-exists", "replace", ...words)).toMatchObject({ exitCode: 3 });
    expect(await virsh("dumpxml", "--inactive", "hello")).toBe(before);
    expect(await virsh("domstate", "hello")).toBe("running");
    expect(await domains()).toEqual(["hello"]);
    expect(readdirSync(disks)).toEqual(["hello.qcow2"]);
  });

  test.each<[string, readonly string[], string]>([
    [
      "a pool that is not there",
      ["--name", "x", "--pool", "nope"],
      `error: storage pool "nope" cannot be used: failed to get pool 'nope': Storage pool not found`,
    ],
    ["a name that is not one", ["--name", "../x"], 'error: domain name "../x" is not a plain file name'],
    [
      "another host",
      ["--name", "x", "--connect", "qemu+ssh://far.example/system"],
      'is on host "far.example", but the disk is copied by path',
    ],
    [
      "a libvirt that does not answer",
      ["--name", "x", "--connect", "qemu+unix:///system?socket=/nowhere"],
      "Failed to connect socket to '/nowhere'",
    ],
    [
      "an option of the other target",
      ["--visibility", "public"],
      '--visibility does not belong to "dibkit publish libvirt"',
    ],
  ])("says what is wrong: %s", async (_what, words, message) => {
    const run = await publish(...words);
    expect(run.stderr).toContain(message);
    expect(run.exitCode).toBeGreaterThan(1);
    expect(await domains()).toEqual(["hello"]);
  });

  test("makes a domain for an ordinary user who may write to the pool, and says so to one who may not", async () => {
    for (const path of [root, join(root, "daemon"), join(root, "daemon/socket")]) chmodSync(path, 0o755);
    const env = { PATH: "/usr/sbin:/usr/bin:/bin", HOME: root, LIBVIRT_DEFAULT_URI: daemon.uri };
    // The client of libvirt looks up who it is.
    const nobody = ordinaryUser(root, { id: 65_534, group: 65_534 });
    const publishAsUser = () =>
      nobody.run(["publish", "libvirt", image, ...common, "--name", "users"], { cwd: root, env });
    const refused = await publishAsUser();
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: this user may not write to ".*disks", where the disk goes\n help: name a/),
    });
    chmodSync(disks, 0o777);
    const made = await publishAsUser();
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    expect(await domains()).toEqual(["hello", "users"]);
  });

  test("does not overwrite a disk that belongs to nobody it knows", async () => {
    writeFileSync(join(disks, "found.qcow2"), "precious");
    const run = await publish("--name", "found");
    expect(run.stderr).toContain(`error: file "${join(disks, "found.qcow2")}" already exists\n`);
    expect(readFileSync(join(disks, "found.qcow2"), "utf8")).toBe("precious");
  });
});

/** A disk of 1 MiB whose boot sector writes a line to the first serial port through the BIOS, and stops. */
function bootSector(line: string): Buffer {
  const disk = Buffer.alloc(1 << 20);
  // xor ax,ax; mov ds,ax; int 14h to set 9600 8n1; then lodsb and int 14h for each byte up to the zero; hlt.
  const code = "31c08ed8b8e30031d2cd14be1e7cac84c07408b40131d2cd14ebf3f4ebfd";
  disk.write(code, 0, "hex");
  disk.write(`${line}\r\n\0`, code.length / 2, "latin1");
  disk.writeUInt16BE(0x55aa, 510);
  return disk;
}
