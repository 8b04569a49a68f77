import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enterNamespace } from "../../packages/exec/src/privilege/enter-namespace.js";
import { subordinateRanges } from "../../packages/exec/src/privilege/subordinate-ids.js";
import { tinyOs, UPSTREAM_PROGRAMS } from "../tiny-os.mjs";
import { dibkit, type ProgramRun, runProgram } from "./dibkit.js";
import { openLoopbackRegistry } from "./loopback-registry.js";
import { type OrdinaryUser, ordinaryUser } from "./ordinary-user.js";
import { makeUserWithIds, type UserWithIds, whyNoUser } from "./user-with-ids.js";

const PROGRAMS = [...UPSTREAM_PROGRAMS, "chown", "ln", "mv"];

/** What each writer of devices has to quote in its own way. */
const ODD_NAME = 'odd [*? "name\\';

/**
 * Everything that is kept beside the content of a file: access control lists (acl(5)) with owners of the image, and a label
 * where the kernel lets a user namespace set one, which it does while no policy is loaded.
 */
const SET_ATTRIBUTES = `
import os, struct, sys
none = 0xFFFFFFFF
entries = ((1, 7, none), (2, 4, 33), (4, 4, none), (8, 6, 44), (16, 7, none), (32, 5, none))
acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
root = sys.argv[1]
os.setxattr(root + "/etc/listed", "system.posix_acl_access", acl)
os.setxattr(root + "/etc/listed", "system.posix_acl_default", acl)
os.setxattr(root + "/bin/env", "user.note", b"kept")
if sys.argv[2] == "label":
    os.setxattr(root + "/bin/env", "security.selinux", b"system_u:object_r:bin_t:s0\\0")
`;

/** Owners, modes, links, devices, attributes and marks of overlayfs; whatever else is on the machine does not get in. */
const ELEMENTS: Readonly<Record<string, string>> = {
  "tiny-os/element-provides": "operating-system\n",
  "tiny-os/root.d/10-tiny": tinyOs(
    PROGRAMS,
    `for device in "666 null c 1 3" "600 console c 5 1"; do
  read -r mode name numbers <<<"$device"
  sudo mknod -m "$mode" "$TARGET_ROOT/dev/$name" $numbers
done
sudo mknod "$TARGET_ROOT/root/queue" p
sudo setcap cap_net_raw,cap_net_admin+ep "$TARGET_ROOT/bin/sleep"
sudo mkdir "$TARGET_ROOT/etc/listed"
sudo mknod -m 640 "$TARGET_ROOT"/dev/'${ODD_NAME}' c 10 200
sudo chown 33:44 "$TARGET_ROOT"/dev/'${ODD_NAME}'
sudo python3 -c '${SET_ATTRIBUTES}' "$TARGET_ROOT" ${mayLabel() ? "label" : "none"}
`,
  ),
  // A registry takes no layer with a block device.
  "disk/root.d/20-disk": 'set -eu\nsudo mknod -m 660 "$TARGET_ROOT/dev/sda" b 8 0\n',
  "probe/static/file": "",
  "probe/root.d/50-null": `set -eu
echo lost > "$TARGET_ROOT/dev/null"
[ "$(sudo -u '#33' -g '#44' id -u):$(sudo -u '#33' -g '#44' id -g)" = 33:44 ]
sudo cp -a "$TMP_HOOKS_PATH/static/file" "$TARGET_ROOT/etc/copied"
`,
  "probe/install.d/50-files": `set -eu
mkdir -p /etc/kept/below /opt/theirs /opt/before/below
echo moved > /opt/before/below/file
echo one > /etc/kept/below/file
chown 33:44 /etc/kept/below/file
chmod 4750 /etc/kept/below/file
ln /etc/kept/below/file /opt/theirs/linked
chown 65534:65534 /opt/theirs
chmod 2770 /opt/theirs
`,
  "probe/install.d/60-again": "set -eu\nrm -r /etc/kept /bin/ln\nmkdir /etc/kept\necho two > /etc/kept/new\n",
  "fetches/extra-data.d/50-fetch": "set -eu\ncurl -fsS $FETCH_URL\n",
  "fetches/extra-data.d/60-past": "set -eu\nport=${FETCH_URL##*:}\n: < /dev/tcp/127.0.0.1/${port%%/*}\n",
  "probe/install.d/70-kernel": `set -eu
grep -q '[a-z]' /proc/self/status
[ -d /sys/kernel ]
echo lost > /dev/null
cat < /dev/zero > /dev/full && exit 1
exit 0
`,
  // A directory of an earlier layer: overlayfs lets root rename it, and has mv copy it in a user namespace.
  "probe/install.d/80-rename": "set -eu\nmv /opt/before /opt/after\n",
};

function writeElements(directory: string): void {
  for (const [path, text] of Object.entries(ELEMENTS)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.startsWith("#!") || !path.includes(".d/") ? text : `#!/bin/bash\n${text}`);
    chmodSync(file, 0o755);
  }
}

describe.skipIf(whyNoUser())("an ordinary user with subordinate ids", () => {
  const scratch = mkdtempSync(join(tmpdir(), "dibkit-e2e-rootless-"));
  const ofRoot = join(scratch, "root");
  let user: UserWithIds;
  let program: OrdinaryUser;
  const build = [
    "build",
    "--elements-path",
    join(scratch, "elements"),
    "-n",
    "tiny-os",
    "probe",
    "disk",
    "--image-size",
    "0.2",
  ];
  const environment = { LC_ALL: "C.UTF-8", PATH: "/usr/bin:/bin" };

  const asUser = (...words: readonly string[]): Promise<ProgramRun> =>
    program.run(words, { cwd: user.home, env: { ...environment, HOME: user.home } });

  const asRoot = (...words: readonly string[]): Promise<ProgramRun> => {
    const variables = { ...environment, PATH: "/usr/sbin:/usr/bin", HOME: ofRoot };
    const through = ["env", "-i", ...Object.entries(variables).map((pair) => pair.join("="))];
    return dibkit(words, { cwd: ofRoot, through });
  };

  beforeAll(() => {
    chmodSync(scratch, 0o755);
    writeElements(join(scratch, "elements"));
    mkdirSync(ofRoot);
    user = makeUserWithIds(scratch);
    program = ordinaryUser(scratch, user);
  });
  afterAll(() => {
    user.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  test("gets the same ids by the helpers themselves, where unshare is too old to call them", async () => {
    const ranges = subordinateRanges({ name: user.name, id: user.id });
    const nothing = { users: [], groups: [] };
    const entry = { mapsItself: false, user: user.id, group: user.group, ranges, mapped: nothing };
    const script =
      "cat /proc/self/uid_map /proc/self/gid_map; touch x && chown 33:65535 x && stat -c %u:%g x; rm x; exit 7";
    const command = enterNamespace(["bash", "-c", script], entry);
    const drop = ["setpriv", "--reuid", String(user.id), "--regid", String(user.group), "--clear-groups", "--"];
    const run = await runProgram([...drop, ...command], { cwd: user.home });
    const { users, groups } = ranges;
    const map = (own: number, first = 0) => `0 ${own} 1\n1 ${first} 65535\n`;
    expect(run.stdout.replace(/^ +/gm, "").replace(/ +/g, " "), run.stderr).toBe(
      `${map(user.id, users?.first)}${map(user.group, groups?.first)}33:65535\n`,
    );
    expect(run.exitCode).toBe(7);
  });

  test("is refused at once where no namespace can be made", async () => {
    const env = { ...environment, HOME: user.home };
    const words = [...build, "-t", "tar", "-o", "out/none", "--privilege", "namespace"];
    const refused = await program.run(words, { cwd: user.home, env, noMoreNamespaces: true });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("neither root nor a user namespace is there to build with: user namespaces: ");
    expect(refused.stderr).toContain('allow some with "sysctl user.max_user_namespaces=10000"');
  });

  test("builds the image that root builds, to the last owner, mode and device", async () => {
    const built = await asUser(...build, "-t", "tar,squashfs,raw", "-o", "out/image");
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const root = await asRoot(...build, "-t", "tar,squashfs,raw", "--disk", "files", "-o", "out/image");
    expect(root, root.stderr).toMatchObject({ exitCode: 0 });
    const [ours, theirs] = [join(user.home, "out/image"), join(ofRoot, "out/image")];
    expect(archived(`${ours}.tar`)).toBe(archived(`${theirs}.tar`));
    expect(archived(`${ours}.tar`)).toContain("crw-rw-rw- 0/0 1,3 ./dev/null\n");
    expect(archived(`${ours}.tar`)).toContain("  x: 20 security.capability\n");
    expect(archived(`${ours}.tar`)).toMatch(/^-\S+ 0\/0 0 \.\/etc\/copied$/m);
    expect(squashed(`${ours}.squash`)).toBe(squashed(`${theirs}.squash`));
    const inSquashfs = squashedAttributes(`${ours}.squash`);
    expect(inSquashfs).toBe(squashedAttributes(`${theirs}.squash`));
    expect(inSquashfs).toMatch(/^\/bin\/sleep security\.capability 01000002/m);
    expect(inSquashfs).toMatch(/^\/bin\/env user\.note 6b657074$/m);
    expect(onDisk(`${ours}.raw`)).toBe(onDisk(`${theirs}.raw`));
    expect(onDisk(`${ours}.raw`)).toContain("console 20600 0 0");
    expect(attributes(`${ours}.raw`)).toBe(attributes(`${theirs}.raw`));
    expect(attributes(`${ours}.raw`)).toContain("system.posix_acl_default");
    if (mayLabel()) expect(attributes(`${ours}.raw`)).toContain('security.selinux (27) = "system_u:object_r:bin_t:s0');
    expect(attributes(`${ours}.raw`)).toMatch(
      /^security\.capability \(20\) = 01 00 00 02 .*\nuser\.note \(4\) = "kept"/m,
    );
    expect(readdirSync(join(user.home, "out")).map((name) => ownerOf(join(user.home, "out", name)))).toEqual(
      Array.from({ length: 3 }, () => user.id),
    );
  });

  test("has layers with the content that root's have", () => {
    expect(contents(join(user.home, ".cache/dibkit"))).toEqual(contents(join(ofRoot, ".cache/dibkit")));
  });

  test("has layers that root can use, and uses root's, through a registry", async () => {
    const registry = await openLoopbackRegistry();
    try {
      const tar = ["-t", "tar", "--disk", "files", "-o", "out/shared"];
      const [ofUs, ofThem] = ["user", "root"].map((name) => `${registry.address}/rootless/${name}`) as [string, string];
      const runs = [await asUser("cache", "push", "--remote", ofUs), await asRoot("cache", "push", "--remote", ofThem)];
      const pulled = [
        await asUser(...build, ...tar, "--cache-from", ofThem, "--cache-dir", join(user.home, "pulled")),
        await asRoot(...build, ...tar, "--cache-from", ofUs, "--cache-dir", join(ofRoot, "pulled")),
      ];
      // That step runs on each side.
      for (const { stderr } of runs) expect(stderr).toContain("root.d/20-disk is not shared");
      for (const { exitCode, stderr } of pulled) {
        expect(exitCode, stderr).toBe(0);
        expect(stderr).toMatch(/^= root\.d\/50-null .* from 127\.0\.0\.1/m);
        expect(stderr).toMatch(/^= install\.d\/50-files .* from 127\.0\.0\.1/m);
        expect(stderr).not.toMatch(/^✔ install\.d\/(?!80)/m);
      }
      const [ours, theirs] = [join(user.home, "out/shared.tar"), join(ofRoot, "out/shared.tar")];
      expect(archived(ours)).toBe(archived(theirs));
    } finally {
      await registry.remove();
    }
  });

  test("gives its tree to a registry, as an image with the owners and devices that it has", async () => {
    const registry = await openLoopbackRegistry();
    try {
      const given = `${registry.address}/rootless/given`;
      const words = build.filter((word) => word !== "disk");
      const built = await asUser(...words, "-t", "tar", "-o", "out/given", "--cache-to", `${given},mode=max`);
      expect(built, built.stderr).toMatchObject({ exitCode: 0 });
      const copy = join(scratch, "tree-image");
      const copied = await registry.skopeo(
        "copy",
        "--src-tls-verify=false",
        `docker://${given}:tree-given`,
        `dir:${copy}`,
      );
      expect(copied, `${copied.stderr}${built.stderr}`).toMatchObject({ exitCode: 0 });
      const { layers } = JSON.parse(readFileSync(join(copy, "manifest.json"), "utf8")) as {
        readonly layers: readonly { readonly digest: string }[];
      };
      const members = layers.map(({ digest }) => archived(join(copy, digest.replace("sha256:", "")))).join("");
      for (const member of ["-rwsr-x--- 33/44 4 ./etc/kept/below/file\n", "crw-rw-rw- 0/0 1,3 ./dev/null\n"])
        expect(members).toContain(member);
    } finally {
      await registry.remove();
    }
  });

  test("builds the same where a container hides parts of /proc and /sys", async () => {
    const env = { ...environment, HOME: user.home };
    const words = [...build, "-t", "tar", "-o", "out/masked", "--cache-dir", join(user.home, "masked")];
    const built = await program.run(words, { cwd: user.home, env, masked: true });
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    expect(built.stderr).toMatch(/^✔ install\.d\/70-kernel/m);
    expect(archived(join(user.home, "out/masked.tar"))).toBe(archived(join(user.home, "out/image.tar")));
  });

  test.each([
    ["mknod", "make device nodes"],
    ["sys_admin", "mount filesystems"],
  ])("is what root becomes that lacks the capability %s, with layers of its own", async (capability, lost) => {
    const bounded = ["setpriv", `--bounding-set=-${capability}`, "--"];
    const through = [...bounded, "env", "-i", "PATH=/usr/sbin:/usr/bin", `HOME=${ofRoot}`];
    const words = [...build, "-t", "tar", "-o", `out/${capability}`];
    const mixed = await dibkit(words, { cwd: ofRoot, through });
    expect(mixed.exitCode).toBe(3);
    expect(mixed.stderr).toContain('.cache/dibkit" are as root keeps them, with owners, marks and devices that');
    const built = await dibkit([...words, "--cache-dir", join(ofRoot, capability)], { cwd: ofRoot, through });
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    expect(archived(join(ofRoot, `out/${capability}.tar`))).toBe(archived(join(ofRoot, "out/image.tar")));
    const asked = await dibkit([...words, "--privilege", "root"], { cwd: ofRoot, through });
    expect(asked.stderr).toContain(`root may not ${lost} here: the capability ${capability.toUpperCase()} is missing`);
  });

  test("root builds where a container lets nobody call pivot_root, and not on the host itself", async () => {
    const forbid = 'mount --bind /bin/false "$(command -v pivot_root)" && exec "$@"';
    const through = ["unshare", "--mount", "sh", "-c", forbid, "sh", "env", "-i", "PATH=/usr/sbin:/usr/bin"];
    const words = [...build, "-t", "tar", "-o", "out/moved", "--refresh", "--cache-dir", join(ofRoot, "moved")];
    const built = await dibkit(words, { cwd: ofRoot, through });
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    expect(archived(join(ofRoot, "out/moved.tar"))).toBe(archived(join(ofRoot, "out/image.tar")));
    expect(existsSync("/tmp/dib_build.dibkit/.dibkit/bin/sudo")).toBe(false);
  });

  test("runs nothing again when nothing has changed, and only what stands on a change", async () => {
    const again = await asUser(...build, "-t", "tar", "-o", "out/image");
    expect(again.stderr).not.toMatch(/^✔ (root|install)\.d/m);
    const file = join(scratch, "elements/probe/install.d/60-again");
    writeFileSync(file, `${readFileSync(file, "utf8")}echo three > /etc/kept/newer\n`);
    const changed = await asUser(...build, "-t", "tar", "-o", "out/image");
    expect(changed.stderr).toMatch(/^= install\.d\/50-files/m);
    expect(changed.stderr).toMatch(/^✔ install\.d\/60-again/m);
  });

  test("looks into layers whose files belong to subordinate ids", async () => {
    const shell = await asUser("shell", "--after", "install.d/50-files", "-c", "ls -ln /opt/theirs");
    expect(shell, shell.stderr).toMatchObject({ exitCode: 0 });
    expect(shell.stdout).toMatch(/^-rwsr-x--- 2 33 44 /m);
    const blame = await asUser("blame", "/opt/theirs/linked");
    expect(blame.stdout, blame.stderr).toContain("install.d/50-files");
  });

  test("has what its scripts fetch recorded", async () => {
    const server = createServer((_incoming, outgoing) => outgoing.end("fetched\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
    try {
      const words = [...build, "fetches", "-t", "tar", "-o", "out/fetches"];
      const env = { ...environment, HOME: user.home, FETCH_URL: url };
      const built = await program.run(words, { cwd: user.home, env });
      expect(built, built.stderr).toMatchObject({ exitCode: 0 });
      const fetched = await asUser("fetched", "out/fetches.tar");
      expect(fetched.stdout, fetched.stderr).toMatch(
        new RegExp(`^extra-data\\.d/50-fetch of fetches\n  200 +8 B  GET ${url}  sha256:[0-9a-f]{64}\n`, "m"),
      );
      expect(fetched.stdout).toMatch(/^1 request, 8 B; what 1 of \d+ steps fetched is not known$/m);
      expect(fetched.stdout).toContain(
        "host's network: it went past the proxy (1 attempt)\n  extra-data.d/60-past of fetches\n",
      );
      const asJson = await asUser("fetched", "--format", "json");
      const { version, steps } = JSON.parse(asJson.stdout) as {
        readonly version: 1;
        readonly steps: readonly unknown[];
      };
      expect(version).toBe(1);
      expect(steps).toContainEqual({
        ...{ phase: "extra-data.d", script: "50-fetch", element: "fetches" },
        fetched: [expect.objectContaining({ method: "GET", url, status: 200, bytes: 8 })],
      });
    } finally {
      server.close();
    }
  });

  test("is told by name what it cannot have", async () => {
    const asked = await asUser(...build, "-t", "tar", "-o", "out/other", "--privilege", "root");
    expect(asked.exitCode).toBe(2);
    expect(asked.stderr).toContain(
      `root is needed to mount filesystems and to give files their owners, and this is user`,
    );
    const loop = await asUser(...build, "-t", "raw", "-o", "out/other", "--disk", "loop");
    expect(loop.exitCode).toBe(2);
    expect(loop.stderr).toContain("loop devices are root's alone, and this is a user namespace");
    const wrong = await asUser(...build, "--privilege", "wheel");
    expect(wrong.stderr).toContain('--privilege is "wheel" but must be auto, root or namespace');
  });

  test("does not mix its layers with root's", async () => {
    const store = join(user.home, ".cache/dibkit");
    const mixed = await dibkit([...build, "-t", "tar", "-o", join(ofRoot, "out/mixed"), "--cache-dir", store]);
    expect(mixed.exitCode).toBe(3);
    expect(mixed.stderr).toContain(`the files of the layer store "${store}" are as another user namespace keeps them`);
  });

  test("conforms to what upstream makes as root of the same elements", async () => {
    const kept = join(scratch, "kept");
    const words = ["conform", ...build.slice(1), "--disk", "--keep", kept, "--image-cache", join(kept, "downloads")];
    // What scripts see of their caller would differ.
    const env = { ...environment, PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: user.home, DIB_JOURNAL_SIZE: "4" };
    const conformAsUser = (...more: readonly string[]) => program.run([...words, ...more], { cwd: user.home, env });
    const alone = await asUser("conform", ...build.slice(1), "--keep", join(user.home, "kept"));
    expect(alone).toMatchObject({ exitCode: 2, stdout: "" });
    expect(alone.stderr).toContain("upstream builds on loop devices, which a user namespace has none of, and");
    const root = await dibkit(words, {
      cwd: user.home,
      through: ["env", "-i", ...Object.entries(env).map((pair) => pair.join("="))],
    });
    expect(root, `${root.stdout}${root.stderr}`).toMatchObject({ exitCode: 0 });
    execFileSync("chown", ["-R", `${user.id}:${user.group}`, kept]);
    const other = await conformAsUser("--root-label", "other");
    expect(other.stderr).toContain("was asked for with other words: --root-label, other");
    const same = await conformAsUser();
    expect(same.stderr).toContain("using what upstream built in");
    expect(same, `${same.stdout}${same.stderr}`).toMatchObject({ exitCode: 0 });
    expect(same.stdout).toContain("no unexplained differences");
  });

  test("can remove everything that builds have left", async () => {
    const cleared = await asUser("cache", "clear");
    expect(cleared, cleared.stderr).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(user.home, ".cache/dibkit/l"))).toEqual(["empty"]);
  });
});

/** Every member of an archive without its time, with names and lengths of its attributes. */
function archived(file: string): string {
  const words = ["--numeric-owner", "--xattrs", "--xattrs-include=*", "-tvvf", file];
  const listed = execFileSync("tar", words, { encoding: "utf8" });
  return listed.replace(/ \d{4}-\d\d-\d\d \d\d:\d\d /g, " ").replace(/^(\S+) +(\S+) +(\S+) +/gm, "$1 $2 $3 ");
}

function squashed(file: string): string {
  const listed = execFileSync("unsquashfs", ["-lln", file], { encoding: "utf8" });
  return listed.replace(/ \d{4}-\d\d-\d\d \d\d:\d\d /g, " ").replace(/ {2,}/g, " ");
}

/** Name, mode and owner of what is in a few directories of an ext filesystem. */
function onDisk(file: string): string {
  return ["/", "/dev", "/root", "/opt", "/opt/theirs", "/opt/after/below", "/etc", "/etc/kept"]
    .flatMap((directory) => {
      const listed = execFileSync("debugfs", ["-R", `ls -p ${directory}`, file], { encoding: "utf8", stdio: "pipe" });
      return [...listed.matchAll(/^\/\d+\/(\d+)\/(\d+)\/(\d+)\/([^/]+)\//gm)].map(
        ([, mode = "", uid = "", gid = "", name = ""]) => `${directory} ${name} ${Number(mode)} ${uid} ${gid}`,
      );
    })
    .sort()
    .join("\n");
}

/** Extended attributes of the same files in a squashfs, which has none for access control lists. */
function squashedAttributes(file: string): string {
  const unpacked = join(mkdtempSync(join(tmpdir(), "dibkit-e2e-squashfs-")), "tree");
  execFileSync("unsquashfs", ["-quiet", "-no-progress", "-dest", unpacked, file, ...ATTRIBUTED], { stdio: "pipe" });
  const list = `import os, sys
for path in sys.argv[2:]:
    for name in sorted(os.listxattr(sys.argv[1] + path)):
        print(path, name, os.getxattr(sys.argv[1] + path, name).hex())`;
  const listed = execFileSync("python3", ["-c", list, unpacked, ...ATTRIBUTED], { encoding: "utf8" });
  rmSync(dirname(unpacked), { recursive: true });
  return listed;
}

/** Whether the root of a user namespace may set labels of SELinux. */
function mayLabel(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-e2e-label-"));
  const set = 'import os, sys; os.setxattr(sys.argv[1], "security.selinux", b"x")';
  try {
    execFileSync("unshare", ["--user", "--map-root-user", "python3", "-c", set, directory], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Files with extended attributes. */
const ATTRIBUTED = ["/bin/sleep", "/bin/env", "/etc/listed"];

/** What they have in an ext filesystem, as the bytes are. */
function attributes(file: string): string {
  const listed = ATTRIBUTED.map((path) =>
    execFileSync("debugfs", ["-R", `ea_list ${path}`, file], { encoding: "utf8", stdio: "pipe" }),
  );
  return listed.join("").replace(/^(Extended attributes:)?\s*/gm, "");
}

/** Content of the layers of scripts, by step. */
function contents(store: string): Readonly<Record<string, string>> {
  const layers = readdirSync(join(store, "l")).filter((name) => name !== "empty");
  const metas = layers.map((name) => JSON.parse(readFileSync(join(store, "l", name, "meta.json"), "utf8")));
  return Object.fromEntries(
    (metas as { readonly kind: string; readonly label: { phase: string; script: string }; readonly content: string }[])
      // Who writes to a device makes overlayfs copy its node, and what stands for one is not written to.
      .filter(({ kind, label }) => kind === "step" && /^(root|install)\.d$/.test(label.phase))
      .filter(({ label }) => label.script !== "50-null" && label.script !== "80-rename")
      .map(({ label, content }) => [`${label.phase}/${label.script}`, content]),
  );
}

function ownerOf(file: string): number {
  return Number(execFileSync("stat", ["-c", "%u", file], { encoding: "utf8" }));
}
