import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { archiveContents } from "../src/archive-contents.js";
import type { ImageContents, ImageFile } from "../src/image-contents.js";
import { installedPackages, missingReaders, packageOwners } from "../src/packages/installed-packages.js";
import { walkTree } from "../src/walk-tree.js";

const noRpm = !process.env.CI && (process.getuid?.() !== 0 || !existsSync("/usr/bin/rpmbuild"));

describe.skipIf(noRpm)("the packages of an image that rpm made", () => {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-rpm-test-"));
  const root = join(directory, "root");
  const commands = createCommandRunner();
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  beforeAll(() => {
    const build = join(directory, "build");
    mkdirSync(join(build, "usr/bin"), { recursive: true });
    writeFileSync(join(build, "usr/bin/hello"), "hello");
    const spec = (epoch: string, version: string) =>
      `Name: hello\n${epoch}Version: ${version}\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\nAutoReqProv: no\n` +
      "%description\nx\n%files\n/usr/bin/hello\n";
    for (const [epoch, version] of [
      ["", "1.0"],
      ["Epoch: 2\n", "0.9"],
    ] as const) {
      writeFileSync(join(directory, "hello.spec"), spec(epoch, version));
      const defines = [`_topdir ${directory}`, "__os_install_post %{nil}"].flatMap((one) => ["--define", one]);
      const words = ["-bb", "--quiet", "--noclean", "--buildroot", build, ...defines, join(directory, "hello.spec")];
      execFileSync("rpmbuild", words);
    }
    mkdirSync(join(root, "usr/lib/sysimage/rpm"), { recursive: true });
    mkdirSync(join(root, "var/lib"), { recursive: true });
    const rpms = ["1.0", "0.9"].map((version) => join(directory, `RPMS/noarch/hello-${version}-1.noarch.rpm`));
    const place = ["--root", root, "--dbpath", "/usr/lib/sysimage/rpm"];
    // Two versions of one package, as of kernels.
    execFileSync("rpm", [...place, "--nodeps", "--oldpackage", "--force", "-i", ...rpms]);
  });

  const check = async (image: ImageContents) => {
    expect(Object.fromEntries(await installedPackages(image, commands))).toEqual({ "hello:noarch": "1.0-1, 2:0.9-1" });
    expect(Object.fromEntries(await packageOwners(image, commands))).toEqual({ "/usr/bin/hello": "hello" });
  };

  test("are read from a tree, which stays as it is", async () => {
    const files = new Map<string, ImageFile>();
    for (const { path, file } of walkTree(root)) if (file !== undefined) files.set(path, file);
    const before = execFileSync("sh", ["-c", "find . -type f -printf '%p %T@ %C@\\n' | sort"], { cwd: root });
    await check({ name: "tree", files, texts: new Map() });
    expect(execFileSync("sh", ["-c", "find . -type f -printf '%p %T@ %C@\\n' | sort"], { cwd: root })).toEqual(before);
  });

  test("are said to be unknown where there is no rpm", () => {
    const files = new Map<string, ImageFile>();
    for (const { path, file } of walkTree(root)) if (file !== undefined) files.set(path, file);
    const image = { name: "tree", files, texts: new Map() };
    expect(missingReaders(image, process.env)).toEqual([]);
    const programs = join(directory, "programs");
    mkdirSync(programs);
    expect(missingReaders(image, { PATH: programs }).map(({ program }) => program)).toEqual(["rpm"]);
    expect(missingReaders({ ...image, files: new Map() }, { PATH: programs })).toEqual([]);
  });

  test("are read from an archive", async () => {
    const archive = join(directory, "image.tar");
    execFileSync("tar", ["-cf", archive, "-C", root, "."]);
    await check(await archiveContents("archive", archive));
  });
});
