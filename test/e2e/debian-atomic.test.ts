import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boot } from "@dibkit/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { upgradeAndReturn } from "./atomic-machine.js";
import { buildOnDebian } from "./debian-build.js";
import { dibkit, example, runProgram, whyNotBuild } from "./dibkit.js";

const fedora = example("fedora-atomic");
const debian = example("debian-atomic");
const out = mkdtempSync(join(tmpdir(), "dibkit-e2e-atomic-"));
const cantBuild = whyNotBuild();
afterAll(() => rmSync(out, { recursive: true, force: true }));

const upstream = "/usr/lib/python3/dist-packages/diskimage_builder";

describe.each([
  ["fedora-atomic", fedora, "fedora-minimal"],
  ["debian-atomic", debian, "debian-minimal"],
])("the element %s", (name, cwd, base) => {
  test("lints without a finding", async () => {
    const run = await dibkit(["lint", "--format", "json"], { cwd });
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toMatchObject({ diagnostics: [] });
    expect(run.exitCode).toBe(0);
  });

  test("compiles to a layout that upstream's linter and resolver accept", async () => {
    const elements = join(out, "elements", name);
    const compiled = await dibkit(["compile", `elements/${name}.ts`, "--out", elements], { cwd });
    expect(compiled.exitCode).toBe(0);
    expect(
      readFileSync(join(elements, name, "element-deps"), "utf8")
        .trim()
        .split("\n")
        .sort(),
    ).toEqual(["bootloader", base, "growroot", "package-installs", "vm"].sort());
    const lint = await runProgram(["dib-lint"], { cwd: elements, env: { ELEMENTS_DIR: ".", LIB_DIR: "." } });
    expect(`${lint.stdout}${lint.stderr}`).toContain("PASS");
    expect(lint.exitCode).toBe(0);
    const info = await runProgram(
      ["/usr/bin/python3", `${upstream}/lib/element-info.py`, "--env", "vm", name, "block-device-mbr"],
      { env: { ELEMENTS_PATH: `${elements}:${upstream}/elements` } },
    );
    expect(info.stdout).toContain(`${name}: ${elements}/${name}`);
    expect(info.exitCode).toBe(0);
  });

  test("plans: after the boot loader, with ostree among the packages", async () => {
    const run = await dibkit(["plan", `${name}.image.ts`, "--format", "json"], { cwd });
    expect(run.exitCode).toBe(0);
    const plan = JSON.parse(run.stdout) as {
      steps: { phase: string; script: string; element: string; runs: string }[];
      packages: Record<string, { install: unknown[] }>;
      environment: Record<string, string>;
    };
    const finalise = plan.steps.filter(({ phase }) => phase === "finalise.d").map(({ script }) => script);
    expect(finalise.indexOf("80-atomic-tree")).toBeGreaterThan(finalise.indexOf("50-bootloader"));
    expect(plan.packages["install.d"]?.install).toContainEqual(expect.objectContaining({ name: "ostree" }));
    if (name === "fedora-atomic")
      expect(plan.environment).toMatchObject({
        DIB_RELEASE: "23",
        FEDORA_ATOMIC_TREE_URL: "https://dl.fedoraproject.org/pub/fedora/linux/atomic/23/",
        FEDORA_ATOMIC_TREE_REF: "954bdbeebebfa87b625d9d7bd78c81400bdd6756fcc3205987970af4b64eb678",
      });
  });
});

const COMMANDS = {
  state: "systemctl is-system-running --wait",
  cmdline: 'tr " " "\\n" < /proc/cmdline | grep ^ostree=',
  usr: "findmnt -no OPTIONS /usr | cut -d, -f1",
  write: "touch /usr/x",
  booted: 'ostree admin status | sed -n "s/^[*] debian-atomic //p"',
  others: 'ostree admin status | sed -n "s/^  debian-atomic //p"',
  fstab: "cat /etc/fstab",
  mounted: "findmnt -no LABEL /sysroot",
  cloud: "systemctl is-enabled cloud-init-local cloud-init cloud-config cloud-final",
  timer: "systemctl is-enabled podman-auto-update.timer",
  kernels: 'ls /boot | grep -cE "^(vmlinuz|initr|System.map|config-)"',
  remote: "ostree remote show-url debian-atomic",
  hello: "atomic-hello",
  setting: "cat /etc/atomic.conf",
  kept: "cat /var/kept",
};

describe.skipIf(cantBuild)(`a Debian tree of ostree${cantBuild ? ` (${cantBuild})` : ""}`, () => {
  const build = join(debian, "build");
  const image = join(out, "debian-atomic.qcow2");
  let server: Server | undefined;
  let port = 0;
  let commits: { branch: string; first: string; second: string };

  beforeAll(async () => {
    // A repository that is there already and made by the same recipe is used as it is.
    const composed = await runProgram(["tree/compose.sh", "build/tree"], { cwd: debian });
    expect(composed, composed.stderr).toMatchObject({ exitCode: 0 });
    const lines = readFileSync(join(build, "tree/commits"), "utf8").matchAll(/^(\w+)=(.*)$/gm);
    commits = Object.fromEntries([...lines].map(([, key, value]) => [key, value])) as typeof commits;
    const { serveDirectory } = (await import("../../examples/debian-atomic/tree/serve.mjs")) as {
      serveDirectory: (directory: string) => Promise<Server>;
    };
    server = await serveDirectory(build);
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });

  test("is deployed by a build, at the commit that was asked for", async () => {
    await buildOnDebian(["debian-atomic.image.ts"], join(out, "debian-atomic"), {
      cwd: debian,
      env: {
        DEBIAN_ATOMIC_TREE_URL: `http://127.0.0.1:${port}/tree/repo/`,
        DEBIAN_ATOMIC_TREE_REF: commits.first,
        DEBIAN_ATOMIC_TREE_BRANCH: commits.branch,
        DEBIAN_ATOMIC_UPDATE_URL: `http://10.0.2.2:${port}/tree/repo/`,
      },
    });
  });

  test("runs from its deployment, upgrades to the next commit, and goes back", async () => {
    await using machine = await boot(image, {
      // It ends a machine that hangs, also where nothing but software emulation beside two busy programs is to be had.
      ...{ memoryMib: 1536, timeoutSeconds: 2700, stallSeconds: 900, consoleLog: join(out, "console.log") },
      userData: "#cloud-config\nssh_genkeytypes: [ed25519]\n",
    });
    // The deployment that comes of it still has cloud-init, whose way of the two is the first; the older one has not.
    const upgrade = "ostree admin upgrade && touch /etc/cloud/cloud-init.disabled";
    const { deployed, upgraded, chosen, returned, ways } = await upgradeAndReturn(machine, COMMANDS, upgrade);
    expect(ways).toEqual(["cloud-init", "cloud-init", "credentials"]);
    expect(await machine.failedUnits()).toEqual([]);
    const everywhere = {
      state: "running",
      usr: "ro",
      write: "touch: cannot touch '/usr/x': Read-only file system",
      fstab: expect.stringMatching(/^LABEL=(\S+) \/ ext4 /),
      mounted: "cloudimg-rootfs",
      cloud: "enabled enabled enabled enabled",
      timer: "disabled",
      kernels: "0",
      remote: `http://10.0.2.2:${port}/tree/repo/`,
    };
    const bootEntry = (number: number) =>
      expect.stringMatching(`^ostree=/ostree/boot\\.\\d/debian-atomic/\\w+/${number}$`);
    expect(deployed).toMatchObject({
      ...everywhere,
      cmdline: bootEntry(0),
      booted: `${commits.first}.0`,
      others: "",
      kept: expect.stringContaining("No such file"),
    });
    expect(upgraded).toMatchObject({
      ...everywhere,
      cmdline: bootEntry(0),
      booted: `${commits.second}.0`,
      others: `${commits.first}.0 (rollback)`,
      hello: "hello from the second tree",
      setting: "update = second",
      kept: "yes",
    });
    expect(chosen).toMatchObject({
      ...everywhere,
      cmdline: bootEntry(1),
      booted: `${commits.first}.0`,
      others: `${commits.second}.0 (pending)`,
      hello: expect.stringContaining("not found"),
      kept: "yes",
    });
    expect(returned).toMatchObject({ ...everywhere, booted: `${commits.first}.0`, others: "" });
  });
});
