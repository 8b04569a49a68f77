import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../../runner/test/tiny-image.js";
import { expectImage } from "../src/expect-image.js";
import { type BuildReference, openImage } from "../src/open-image.js";
import { cloudReady } from "../src/policies/cloud-ready.js";
import { hardened } from "../src/policies/hardened.js";
import { tracesOf } from "../src/traces.js";

const SCRIPT = `#!/bin/bash
set -eu
cd $TARGET_ROOT
mkdir -p home/al var/tmp usr/share/probe "usr/share/odd name"
chmod 1777 tmp
chmod 0777 var/tmp
echo root:x:0:0::/root:/bin/bash > etc/passwd
echo 'root:$6$salt$hash:1::::::' > etc/shadow
chmod 0640 etc/shadow
chown 0:42 etc/shadow
echo hello > usr/share/probe/text
ln usr/share/probe/text usr/share/probe/same
cp bin/cat "usr/share/odd name/cat"
chmod 4755 "usr/share/odd name/cat"
echo "built in /srv/builder/work" > etc/motd
printf '\\0\\1/srv/builder/work\\0' > usr/share/probe/binary
mkdir -p opt/closed/in etc/kernel
echo deep > opt/closed/in/file
chmod 0000 opt/closed/in/file
chmod 0555 opt/closed/in
chmod 0111 opt/closed
echo ro console=ttyS0 > etc/kernel/cmdline
`;

describe.skipIf(!mayBuild)("an image of a real build", () => {
  let project: TinyProject;
  let scratch: string;
  beforeAll(async () => {
    if (!workerIsBuilt) throw new Error('run "npm run build" first: a build runs in a worker of its own');
    project = tinyProject();
    project.element("probe", { "root.d/50-probe": SCRIPT });
    const { outcome } = await project.build({ formats: "tar,tgz,raw,qcow2", disk: "files" });
    expect(outcome).toEqual({ kind: "built", outputs: expect.anything() });
    scratch = await mkdtemp(join(tmpdir(), "dibkit-scratch-"));
    vi.stubEnv("TMPDIR", scratch);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    project.remove();
    await rm(scratch, { recursive: true });
  });

  const formats = ["tar", "tgz", "raw", "qcow2", "layers"];
  test.each(formats)("%s: the same answers, and nothing is left", async (format) => {
    const build: BuildReference = { cacheDir: join(project.directory, "store") };
    const image = await openImage(format === "layers" ? build : join(project.directory, `out/image.${format}`));
    try {
      const expected = expectImage(image);
      await expected.toHaveFile("/etc/shadow", { mode: 0o640, owner: "0:42", text: /^root:/ });
      await expected.toHaveFile("/usr/share/odd name/cat", { mode: 0o4755, owner: "0:0", type: "file" });
      await expected.toHaveFile("/tmp", { mode: 0o1777, type: "directory" });
      await expected.toHaveFile("/usr/share/probe/same", { text: "hello\n" });
      await expected.toHaveKernelArgument("console=ttyS0");
      await expected.toHaveAccount("root", { uid: 0, password: "usable" });
      await expected.toStayWithin({ total: "100MiB" });
      await expect(expected.toLockPasswords()).rejects.toThrow('"root" (usable)');
      const traces = await tracesOf(image, { hostNames: [], paths: ["/srv/builder"] });
      expect(traces.map(({ path, line }) => `${path}:${line}`).sort()).toEqual([
        "/etc/motd:1",
        "/usr/share/probe/binary:undefined",
      ]);
      const breaches = await hardened.breaches(image);
      expect(breaches.map(({ check, message }) => `${check}: ${message}`)).toEqual([
        'passwords-locked: account "root" has a password in "/etc/shadow"',
        'nothing-writable-for-all: the directory "/var/tmp" has mode 0777',
      ]);
      expect((await cloudReady.breaches(image)).map(({ check }) => check)).toEqual(["agent-there", "root-grows"]);
    } finally {
      await image.close();
    }
    expect(readdirSync(scratch)).toEqual([]);
  });

  test("an ordinary user sees a disk as root does, and leaves nothing either", async () => {
    chmodSync(project.directory, 0o755);
    const uid = 65_534;
    process.seteuid?.(uid);
    try {
      const image = await openImage(join(project.directory, "out/image.qcow2"));
      const unpacked = image.file("/etc/shadow")?.contentPath ?? "";
      expect(statSync(unpacked).uid).toBe(uid);
      await expectImage(image).toHaveFile("/etc/shadow", { mode: 0o640, owner: "0:42", text: /^root:/ });
      await expectImage(image).toHaveFile("/usr/share/odd name/cat", { mode: 0o4755, owner: "0:0" });
      await expectImage(image).toHaveFile("/opt/closed", { mode: 0o111, type: "directory" });
      await expectImage(image).toHaveFile("/opt/closed/in/file", { mode: 0, text: "deep\n" });
      await image.close();
      expect(existsSync(unpacked.replace(/(dibkit-testing-[^/]*).*/, "$1"))).toBe(false);
    } finally {
      process.seteuid?.(0);
    }
  });

  test("layers know the element of a file", async () => {
    const image = await openImage({
      cacheDir: join(project.directory, "store"),
      build: join(project.directory, "out/image"),
    });
    const sizes = (await image.sizes()).groups.element?.map(({ name }) => name);
    expect(sizes).toEqual(expect.arrayContaining(["tiny-os", "probe"]));
    await expectImage(image).toStayWithin({ element: { probe: "1MiB" } });
    await expect(expectImage(image).toStayWithin({ element: { "tiny-os": 1 } })).rejects.toThrow(
      /^element "tiny-os" of ".*" has [\d.]+ MiB of files, [\d.]+ MiB above 1\nremedy: /,
    );
  });

  test("what cannot be opened is said in a sentence, and leaves nothing", async () => {
    const text = join(project.directory, "notes.txt");
    const image = readFileSync(join(project.directory, "out/image.tar"));
    writeFileSync(text, "no image");
    writeFileSync(join(project.directory, "torn.raw"), "no image");
    await expect(openImage(join(project.directory, "gone.qcow2"))).rejects.toThrow('there is no file "');
    await expect(openImage(text)).rejects.toThrow(
      "is none of tar, tgz, raw, qcow2, vmdk, vdi, vhd and vhdx by its name",
    );
    await expect(openImage(join(project.directory, "torn.raw"))).rejects.toThrow("no ext2, ext3 or ext4 filesystem");
    const odd = (name: string, bytes: string | Buffer) => {
      writeFileSync(join(project.directory, name), bytes);
      return openImage(join(project.directory, name));
    };
    await expect(odd("none.tar", "")).rejects.toThrow('none.tar" is empty');
    await expect(odd("zero.tar", Buffer.alloc(10240))).rejects.toThrow('zero.tar" has no files');
    for (const [name, bytes] of Object.entries({ "torn.tar": "x".repeat(600), "cut.tar": image.subarray(0, 700) }))
      await expect(odd(name, bytes)).rejects.toThrow(`${name}" is not a tar archive, or it is not whole`);
    await expect(odd("torn.tgz", "no image")).rejects.toThrow('torn.tgz" is not what gzip writes, or it is not whole');
    await expect(openImage({ cacheDir: join(project.directory, "nowhere") })).rejects.toThrow("nothing was built yet");
    expect(existsSync(join(project.directory, "nowhere"))).toBe(false);
    expect(readdirSync(scratch)).toEqual([]);
  });
});
