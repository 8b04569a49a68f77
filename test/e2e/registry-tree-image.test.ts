import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { unpackPackages } from "../debian-packages.mjs";
import { runProgram } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";

const PODMAN = [
  ...["podman", "conmon", "crun", "golang-github-containers-common", "libgpgme11", "libassuan0"],
  ...["libdevmapper1.02.1", "libyajl2", "libseccomp2", "libsubid4"],
];
const SCRIPTS = {
  "install.d/10-one":
    "#!/bin/bash\nset -eu\nmkdir -p /srv/kept /srv/gone\necho a > /srv/gone/a\necho b > /srv/kept/b\n",
  "install.d/20-two": "#!/bin/bash\nset -eu\nrm -r /srv/gone /srv/kept/b\necho two > /srv/kept/two\n",
};
/** Overlayfs notes a renamed directory where container engines do not look. */
const RENAME = {
  "root.d/20-tools": `#!/bin/bash
set -eu
program=$(readlink -f $(type -P mv))
sudo cp $program $TARGET_ROOT/bin/mv
for library in $(ldd $program | grep -o '/[^ ]*'); do
  sudo mkdir -p $TARGET_ROOT$(dirname $library)
  sudo cp -Lu $library $TARGET_ROOT$library
done
`,
  "install.d/30-rename": "#!/bin/bash\nset -eu\nmv /srv/kept /srv/moved\n",
};

let registry: LoopbackRegistry;
let directory: string;
let root: string;
const projects: TinyProject[] = [];

function machine(more: Readonly<Record<string, string>> = {}): TinyProject {
  const project = tinyProject();
  project.element("probe", { ...SCRIPTS, ...more });
  projects.push(project);
  return project;
}

beforeAll(async () => {
  if (!mayBuild) return;
  directory = mkdtempSync(join(tmpdir(), "podman-"));
  registry = await openLoopbackRegistry();
  root = unpackPackages(directory, PODMAN);
  writeFileSync(join(directory, "policy.json"), JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
});

afterAll(async () => {
  for (const project of projects) project.remove();
  await registry?.remove();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

/** Debian's podman, which is not installed on the machine, with all it keeps in the test's directory. */
function podman(...words: readonly string[]) {
  const libraries = ["usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib/x86_64-linux-gnu"];
  // Podman takes no runroot of more than 50 characters.
  const runroot = join(directory, "run");
  const places = ["--root", join(directory, "images"), "--runroot", runroot, "--tmpdir", join(directory, "tmp")];
  const programs = ["--conmon", join(root, "usr/bin/conmon"), "--runtime", join(root, "usr/bin/crun")];
  mkdirSync(join(directory, "home"), { recursive: true });
  const env = {
    ...{ LD_LIBRARY_PATH: libraries.map((path) => join(root, path)).join(":"), HOME: join(directory, "home") },
    TMPDIR: directory,
  };
  const how = ["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "none"];
  return runProgram([join(root, "usr/bin/podman"), ...places, ...programs, ...how, ...words], { env });
}

/**
 * Paths, kinds, modes, owners and sizes in an archive of a tree, without what is not part of an image, and without what
 * the phases on the disk write or put back.
 */
function members(file: string): readonly string[] {
  const list = execFileSync("tar", ["--numeric-owner", "-tvf", file], { encoding: "utf8" });
  return list
    .split("\n")
    .map((line) => line.replace(/\s+\d{4}-\d\d-\d\d \d\d:\d\d /, " ").replace(/ \.?\/?(?=[^ ]*$)/, " "))
    .map((line) => line.replace(/\s+/g, " ").replace(/\/$/, ""))
    .filter(
      (line) =>
        line !== "" &&
        !/ (dev|proc|sys|run|tmp|lost\+found|etc\/(hosts|hostname|mtab|fstab|resolv.conf|resolv.conf.ORIG))?(\/|$)/.test(
          line,
        ),
    )
    .sort();
}

describe.skipIf(!mayBuild)("the finished tree as an image", () => {
  test.each([
    ["of the layers of its steps", "layers", {}, "kept"],
    ["of one layer, where a directory was renamed", "squashed", RENAME, "moved"],
  ] as const)("%s: podman pulls it", async (_, name, more, place) => {
    const project = machine(more);
    const target = `${registry.address}/tree/${name}`;
    const build = await project.build({ cacheTo: `${target},mode=max` });
    expect(build.outcome).toMatchObject({ kind: "built" });
    const told = build.events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
    expect(told).toEqual([]);
    const source = `${target}:tree-image`;
    const shown = await registry.skopeo("inspect", "--tls-verify=false", `docker://${source}`);
    const { Layers: layers } = JSON.parse(shown.stdout) as { Layers: readonly string[] };
    expect(layers.length > 1).toBe(name === "layers");
    const pulling = ["--tls-verify=false", "--signature-policy", join(directory, "policy.json")];
    const pulled = await podman("pull", ...pulling, source);
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    // To create a container takes no cgroups and limits, which a machine in a container may not set.
    const created = await podman("create", "--network", "none", source, "/bin/bash");
    expect(created.exitCode, created.stderr).toBe(0);
    const archive = join(directory, `${name}.tar`);
    const exported = await podman("export", "-o", archive, created.stdout.trim());
    expect(exported.exitCode, exported.stderr).toBe(0);
    const unpacked = join(directory, `${name}-tree`);
    mkdirSync(unpacked);
    execFileSync("tar", ["-C", unpacked, "-xpf", archive]);
    const ran = await runProgram([
      "chroot",
      unpacked,
      "/bin/bash",
      "-c",
      `ls /srv /srv/${place}; cat /srv/${place}/two`,
    ]);
    expect(ran.stdout, ran.stderr).toBe(`/srv:\n${place}\n\n/srv/${place}:\ntwo\ntwo\n`);
    expect(members(archive)).toEqual(members(join(project.directory, "out/image.tar")));
  });
});
