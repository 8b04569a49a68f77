import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootableDisk } from "../../packages/boot/test/boot-sector.js";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { aptDownload, type MadePackage } from "../apt-repository.js";
import { tinyOs } from "../tiny-os.mjs";
import { type AptMirror, openAptMirror } from "./apt-mirror.js";
import { dibkit, dibkitProgram } from "./dibkit.js";

/** Installs what the mirror offers, with the dpkg of this machine on the tree of the image. */
const INSTALL = `#!/bin/bash
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
${aptDownload("MIRROR", '$(apt-cache "${options[@]}" pkgnames)')}
sudo mkdir -p $TMP_MOUNT_PATH/var/lib/dpkg/{info,updates,triggers}
sudo touch $TMP_MOUNT_PATH/var/lib/dpkg/{status,available}
sudo dpkg --root=$TMP_MOUNT_PATH --force-script-chrootless --install *.deb
printf 'ID=debian\\nVERSION_ID=12\\n' | sudo tee $TMP_MOUNT_PATH/etc/os-release > /dev/null
`;

/** What a machine runs first: one that comes up, and one that does not. */
const STARTS = sector("host login: ");
const FAILS = sector("Kernel panic - not syncing: no init\r\n");

function sector(greeting: string): string {
  return `${bootableDisk(greeting, "").subarray(0, 512).toString("base64")}\n`;
}

/** Where there is a disk it gets what is to be run first, before its filesystem begins. */
const LOADER = `#!/bin/bash
set -eu
[ -n "\${IMAGE_BLOCK_DEVICE:-}" ] || exit 0
base64 -d "$TARGET_ROOT/boot/sector" | sudo dd of="$IMAGE_BLOCK_DEVICE" conv=notrunc status=none
`;

const PROGRAMS = [
  ..."bash sh cat env ls mkdir rm tar dpkg dpkg-deb dpkg-split ldconfig start-stop-daemon diff".split(" "),
];

function made(name: string, version: string, more: Partial<MadePackage> = {}): MadePackage {
  return { name, version, files: { [`etc/${name}`]: `${version}\n` }, ...more };
}

const OLD = [
  ...["base", "left", "top", "same"].map((name) => made(name, "1")),
  made("right", "1", { files: { "etc/right": "1\n", "boot/sector": STARTS } }),
];
const NEW = [
  made("top", "2", { depends: "left, right (>= 2)" }),
  made("left", "2", { depends: "base (>= 2)", source: "halves (2.0)" }),
  made("right", "2", {
    ...{ depends: "base (>= 2)", source: "halves (2.0)" },
    files: { "etc/right": "broken\n", "boot/sector": FAILS },
  }),
  made("base", "2"),
  made("same", "1"),
];

describe.skipIf(!mayBuild)("bisect of two locks, and of commits by booting", () => {
  let project: TinyProject;
  let mirror: AptMirror;
  const run = (words: readonly string[]) =>
    dibkit(words, { cwd: project.directory, env: { DIBKIT_CACHE: join(project.directory, "store") } });
  const words = (format: string) => ["-n", "-t", format, "--image-size", "0.2", "--elements-path", "elements"];
  const image = ["tiny-os", "probe", "loader", ...words("tar")];
  const lock = async (file: string, packages: readonly MadePackage[]) => {
    mirror.offer(packages);
    const locked = await run(["lock", ...image, "-o", "out/image", "--lock-file", file, "--refresh"]);
    expect(locked, locked.stderr).toMatchObject({ exitCode: 0 });
  };
  const bisect = (check: string, ...more: readonly string[]) =>
    run(["bisect", "tiny-os", "probe", "loader", "--build", words("tar").join(" "), "--run", check, ...more]);
  /** Boots, and counts that. */
  const boot = () =>
    `echo >> ${join(project.directory, "boots")}; ${process.execPath} ${dibkitProgram} boot "$IMAGE" --accel tcg --memory 64 --cpus 1`;
  const bisectByBooting = async (elements: readonly string[], ...more: readonly string[]) => {
    const boots = join(project.directory, "boots");
    rmSync(boots, { force: true });
    const found = await run([
      ...["bisect", ...elements, "--build", words("raw").join(" "), "--run", boot()],
      ...[...more, "--format", "json"],
    ]);
    expect(found, found.stderr).toMatchObject({ exitCode: 0 });
    return { ...JSON.parse(found.stdout), stderr: found.stderr, boots: readFileSync(boots, "utf8").length };
  };

  beforeAll(async () => {
    project = tinyProject();
    mirror = await openAptMirror(project.directory);
    project.element("tiny-os", { "root.d/10-tiny": tinyOs(PROGRAMS) });
    project.element("loader", { "cleanup.d/50-loader": LOADER });
    project.element("probe", { "extra-data.d/10-apt": INSTALL.replaceAll("MIRROR", mirror.url) });
    await lock("old.lock", OLD);
    await lock("new.lock", NEW);
    mirror.close();
  });
  afterAll(() => {
    mirror?.close();
    project?.remove();
  });

  const check = `! tar -xOf "$IMAGE" ./etc/right | grep -q broken`;

  test("a mixture that cannot be installed is told with what a lock allows", async () => {
    const broken = { "install.d/50-fails": "#!/bin/bash\nexit 1\n" };
    project.element("failing", broken, "others");
    const failed = await run([
      ...["build", "--locked", "--lock-file", "old.lock", ...image, "-o", "out/failing"],
      ...["--with-elements", "others"],
    ]);
    expect(failed).toMatchObject({ exitCode: 3 });
    expect(failed.stderr).toContain(
      "what it fetches in another way has to come with the element, where there is a lock",
    );
    expect(failed.stderr).not.toContain("--network");
  });

  test("names the source package that keeps a machine from booting, after those that it depends on, without a mirror", async () => {
    const ends = ["--good", "old.lock", "--bad", "new.lock"];
    const { updates, changes, tested, stderr, boots } = await bisectByBooting(["tiny-os", "probe", "loader"], ...ends);
    expect(updates).toMatchObject([{ source: "halves", packages: [{ name: "left" }, { name: "right", to: "2" }] }]);
    expect(changes).toBe(3);
    // What "base" alone changes is good, and what comes with "halves" is bad.
    expect(tested).toEqual(
      expect.arrayContaining([
        { updated: 0, verdict: "good" },
        { updated: 1, verdict: "good" },
        { updated: 2, verdict: "bad" },
      ]),
    );
    expect(stderr).toContain("3 source packages differ: base halves top\n");
    expect(stderr).toContain("2 of 3 is bad: up to halves left 1 → 2, right 1 → 2\n");
    // Both ends, and halves of what is between them: one build and one boot each.
    expect([tested.length, boots]).toEqual([4, 4]);
  });

  test("names the commit whose edit of an element keeps a machine from booting", async () => {
    const git = (...words: readonly string[]) => {
      const who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"];
      return execFileSync("git", [...who, ...words], { cwd: project.directory, encoding: "utf8" }).trim();
    };
    git("init", "--quiet");
    writeFileSync(join(project.directory, ".gitignore"), "/*\n!/elements\n");
    const commit = (subject: string, text: string, comment = "") => {
      const script = `#!/bin/bash\n${comment}set -eu\nmkdir -p /boot\ncat > /boot/sector <<'END'\n${text}END\n`;
      project.element("starter", { "install.d/30-starter": script });
      git("add", "-A");
      git("commit", "--quiet", "-m", subject);
      return git("rev-parse", "HEAD");
    };
    const good = commit("begin", STARTS);
    commit("add a comment", STARTS, "# It comes up.\n");
    const broken = commit("greet", FAILS);
    commit("add another comment", FAILS, "# It greets.\n");
    const found = await bisectByBooting(["tiny-os", "starter", "loader"], "--good", good);
    expect(found).toMatchObject({
      commit: { id: broken, subject: "greet" },
      files: ["M elements/starter/install.d/30-starter"],
    });
    expect([found.tested.length, found.boots]).toEqual([4, 4]);
  });

  test("says so when the packages do not tell the two apart, and when one lock or a package is missing", async () => {
    const apart = await bisect("true", "--good", "old.lock", "--bad", "new.lock");
    expect(apart).toMatchObject({ exitCode: 2 });
    const misspelt = await bisect("true", "--good", "odl.lock");
    expect(misspelt.stderr).toContain('error: --good "odl.lock" is neither a commit of this repository nor a file\n');
    expect(apart.stderr).toContain("error: the image with all packages of --bad is good, so the packages do not tell");
    const same = await bisect(check, "--good", "old.lock", "--bad", "old.lock");
    expect(same.stderr).toContain("error: the two locks have the same packages\n help: look for the commit");
    const none = await bisect(check, "--good", "old.lock", "--bad", "nothing.lock");
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no lock "') });
    rmSync(join(project.directory, "store/contents"), { recursive: true });
    const gone = await bisect(check, "--good", "old.lock", "--bad", "new.lock");
    expect(gone.stderr).toContain("error: the file of package base 2 is not in the cache\n help: write both locks");
  });
});
