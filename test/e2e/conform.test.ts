import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { upstreamInstallation } from "@dibkit/model";
import { afterAll, describe, expect, test } from "vitest";
import { tinyOs, UPSTREAM_PROGRAMS } from "../tiny-os.mjs";
import { upstreamVersion } from "../upstream-version.mjs";
import { dibkit, dibkitProgram, leftovers, runProgram, whyNotBuild } from "./dibkit.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-conform-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const cantBuild = whyNotBuild();
const upstream = upstreamInstallation(process.env);
const cantCompare = cantBuild ?? (upstream || process.env.CI ? undefined : "diskimage-builder is not installed");

const files: Readonly<Record<string, string>> = {
  "tiny/element-provides": "operating-system\n",
  "tiny/root.d/10-tiny": tinyOs(UPSTREAM_PROGRAMS),
  "tiny/install.d/50-mark":
    "#!/bin/bash\nset -eu\nmkdir /etc/tiny\necho $DIB_TINY > /etc/tiny/mark\nchmod 600 /etc/tiny/mark\n",
  "tiny/finalise.d/50-firmware":
    "#!/bin/bash\nset -eu\nmkdir -p /boot/EFI/boot\necho loader > /boot/EFI/boot/bootx64.efi\n",
  "tiny/environment.d/10-tiny": "export DIB_TINY=${DIB_TINY:-plain}\n",
  "random/install.d/60-random":
    "#!/bin/bash\nset -eu\nread -r id < /proc/sys/kernel/random/uuid\necho $id > /etc/random\n",
  "failing/install.d/70-fail": "#!/bin/bash\necho gone wrong\nexit 22\n",
};
const elements = join(root, "elements");
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(elements, path)), { recursive: true });
  writeFileSync(join(elements, path), text);
  if (text.startsWith("#!")) chmodSync(join(elements, path), 0o755);
}

const env = {
  ELEMENTS_PATH: elements,
  DIB_IMAGE_CACHE: join(root, "cache"),
  DIB_LOCKFILES: join(root, "locks"),
  DIBKIT_CACHE: join(root, "layers"),
  // The image is smaller than the journal that upstream gives it by default.
  DIB_JOURNAL_SIZE: "4",
  DIB_IMAGE_EXTRA_SIZE: "60",
};
/** Several partitions, so that upstream asks kpartx for devices; one is FAT, for which many kernels have no driver. */
const layout = JSON.stringify([
  { local_loop: { name: "image0" } },
  {
    partitioning: {
      base: "image0",
      label: "mbr",
      partitions: [
        { name: "root", flags: ["boot", "primary"], size: "70%" },
        { name: "firmware", size: "8MiB", type: "0x0c" },
        { name: "data", size: "100%" },
      ],
    },
  },
  { mkfs: { base: "root", name: "mkfs_root", type: "ext4", label: "tiny" } },
  { mkfs: { base: "data", name: "mkfs_data", type: "ext2", label: "data" } },
  { mkfs: { base: "firmware", name: "mkfs_firmware", type: "vfat", label: "FIRMWARE" } },
  { mount: { base: "mkfs_root", name: "mount_root", mount_point: "/" } },
  { mount: { base: "mkfs_data", name: "mount_data", mount_point: "/srv" } },
  { mount: { base: "mkfs_firmware", name: "mount_firmware", mount_point: "/boot" } },
  { fstab: { base: "mount_root", name: "fstab_root", options: "defaults", "fsck-passno": 1 } },
  { fstab: { base: "mount_data", name: "fstab_data", options: "noatime", "fsck-passno": 2 } },
]);

interface Report {
  readonly version: number;
  readonly compared: Readonly<Record<string, number>>;
  readonly differences: readonly {
    readonly aspect: string;
    readonly subject: string;
    readonly upstream: string | null;
    readonly dibkit: string | null;
    readonly reason?: string;
  }[];
}

describe.skipIf(cantCompare)("dibkit conform", () => {
  test.each(["the installed version", "3.37", "3.40"])(
    "with %s, tree, disk and what scripts see are the same, or differ for a reason",
    async (version) => {
      const chosen = /^\d/.test(version) ? { DIB_LIB: upstreamVersion(version) } : {};
      const before = await leftovers(root);
      const words = ["conform", "tiny", "-n", "--disk", "--format", "json"];
      const run = await dibkit(words, { cwd: root, env: { ...env, ...chosen, DIB_BLOCK_DEVICE_CONFIG: layout } });
      expect(run.stdout, run.stderr).not.toBe("");
      const report = JSON.parse(run.stdout) as Report;
      const open = report.differences.filter(({ reason }) => reason === undefined);
      expect(
        open.map(({ aspect, subject, upstream, dibkit }) => `${aspect} ${subject}: ${upstream} | ${dibkit}`),
      ).toEqual([]);
      expect(report.version).toBe(1);
      expect(report.compared).toMatchObject({ fstab: 2 });
      expect(report.compared.partitions).toBeGreaterThan(15);
      for (const aspect of ["tree", "partitions", "filesystems", "environment", "observed"]) {
        expect(report.compared[aspect], aspect).toBeGreaterThan(10);
      }
      expect(run.exitCode).toBe(0);
      expect(await leftovers(root)).toEqual(before);
    },
  );

  test("a difference without a reason makes it end with 1, and names what differs", async () => {
    const run = await dibkit(["conform", "tiny", "random", "-n"], { cwd: root, env });
    expect(run.stdout).toContain("1 unexplained differences\n  tree  etc/random\n");
    expect(run.exitCode).toBe(1);
  });

  test("a build that fails is not a comparison", async () => {
    const run = await dibkit(["conform", "tiny", "failing", "-n"], { cwd: root, env });
    expect(run.stderr).toContain("upstream failed with exit code 22");
    expect(run).toMatchObject({ exitCode: 3, stdout: "" });
  });
});

test.skipIf(cantCompare)(
  "dibkit build --engine=upstream: the real disk-image-create, and nothing is left",
  async () => {
    const before = await leftovers(root);
    const run = await dibkit(["build", "tiny", "-n", "--engine=upstream", "-t", "raw,tar", "-o", "up"], {
      cwd: root,
      env: { ...env, DIB_BLOCK_DEVICE_CONFIG: layout },
    });
    expect(run.stdout.trim().split("\n").sort(), run.stderr).toEqual([join(root, "up.raw"), join(root, "up.tar")]);
    expect(run.stderr).toContain("Build completed successfully");
    expect(run.exitCode).toBe(0);
    expect(existsSync(join(root, "up.tar"))).toBe(true);
    expect(await leftovers(root)).toEqual(before);
  },
);

describe.skipIf(cantBuild)("dibkit-image-create in the place of disk-image-create", () => {
  const bin = join(root, "bin");
  mkdirSync(bin);
  symlinkSync(join(dirname(dibkitProgram), "dibkit-image-create.js"), join(bin, "disk-image-create"));
  const create = (words: readonly string[], cwd: string, more: Readonly<Record<string, string>> = {}) => {
    mkdirSync(cwd, { recursive: true });
    return runProgram([process.execPath, join(bin, "disk-image-create"), ...words], { cwd, env: { ...env, ...more } });
  };

  test("leaves the image in the working directory and prints as upstream does", async () => {
    const cwd = join(root, "plain");
    const run = await create(["-n", "-t", "tar", "tiny", "--checksum"], cwd, { DIB_TINY: "set" });
    expect(run.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| Building elements: tiny$/m);
    expect(run.stdout).toMatch(/ \| Build completed successfully\n$/);
    expect(run.exitCode).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(["image.tar", "image.tar.md5", "image.tar.sha256"]);
    const mark = await runProgram(["tar", "-xOf", join(cwd, "image.tar"), "./etc/tiny/mark"]);
    expect(mark.stdout).toBe("set\n");
  });

  test("ends with the exit code of the script that failed, and keeps quiet with a log file", async () => {
    const cwd = join(root, "failing");
    const run = await create(["-n", "-t", "tar", "--logfile", "build.log", "tiny", "failing"], cwd);
    expect(run).toMatchObject({ exitCode: 22, stdout: "Output logs going to: build.log\n" });
    const log = await runProgram(["cat", join(cwd, "build.log")]);
    expect(log.stdout).toMatch(/\d \| gone wrong\n/);
    expect(readdirSync(cwd)).toEqual(["build.log"]);
  });

  test("dibkit images builds the images of a file one after the other, and can stop at the first failure", async () => {
    const cwd = join(root, "images");
    mkdirSync(cwd);
    const image = (name: string, elements: string) =>
      `- imagename: ${name}\n  skip-base: true\n  types: [tar]\n  elements: [${elements}]\n`;
    writeFileSync(
      join(cwd, "images.yaml"),
      image("one", "tiny") + image("two", "tiny, failing") + image("three", "tiny"),
    );
    const all = await dibkit(["images", "images.yaml"], { cwd, env });
    expect(all.stderr).toContain('1 of 3 images could not be built: "two"');
    expect(all.exitCode).toBe(3);
    expect(readdirSync(cwd).sort()).toEqual(["images.yaml", "one.tar", "three.tar"]);
    rmSync(join(cwd, "three.tar"));
    const first = await dibkit(["images", "images.yaml", "--stop-on-failure"], { cwd, env });
    expect(first.exitCode).toBe(3);
    expect(readdirSync(cwd).filter((name) => name.startsWith("three"))).toEqual([]);
  });

  test.each([
    [["--foo"], 1, "disk-image-create: unrecognized option '--foo'\n"],
    [["-n", "no-such-element"], 1, "no-such-element"],
  ])("%j ends with %d", async (words, exitCode, text) => {
    const run = await create(words, join(root, "wrong"));
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toContain(text);
  });
});
