import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dibkit, leftovers, runProgram, sharedStore, whyNotBuild } from "./dibkit.js";
import { bootMachine, logIn, report, reportScript } from "./machine.js";
import { type Distribution, distribution, newerUpstream } from "./synthetic-distribution.js";

// What Fedora's and CentOS's elements do, on content that is Debian's: see docs/synthetic-distributions.md.
const cantBuild = whyNotBuild();
const out = mkdtempSync(join(tmpdir(), "dibkit-e2e-rpm-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const SCRIPT = "/usr/local/sbin/report";
const COMMANDS = {
  state: "systemctl is-system-running --wait",
  failed: "systemctl --failed --plain --no-legend",
  system: ". /etc/os-release; echo $ID $VERSION_ID",
  packages: "rpm -q basesystem kernel-core dracut --qf '%{NAME} '",
  growroot: "systemctl is-enabled growroot; systemctl is-active growroot",
  bytes: "df --output=size -B1 / | tail -n 1",
  disk: "lsblk -bdno SIZE /dev/vda",
  repositories: "LC_ALL=C ls /etc/yum.repos.d",
  address: "ip -4 -o address show scope global | grep -c ' 10[.]0[.]2[.]'",
  cloud: "cloud-init status",
  sshd: "systemctl is-active sshd; ss -ltn | grep -c ':22 '",
};

/** Lets root log in at the console and say what the machine is. */
const PROBE = {
  "rpm-probe/post-install.d/90-rpm-probe": `#!/bin/bash
set -eu
echo root:probe | chpasswd
cat > ${SCRIPT} << 'EOF'
${reportScript(COMMANDS)}EOF
`,
};
const elements = join(out, "elements");
for (const [path, text] of Object.entries(PROBE)) {
  mkdirSync(dirname(join(elements, path)), { recursive: true });
  writeFileSync(join(elements, path), text);
  chmodSync(join(elements, path), 0o755);
}

/** The image cache is named by a flag, which no step may take for a file that it reads. */
const build = (names: readonly string[], output: string, env: Readonly<Record<string, string>>) =>
  dibkit(["build", ...names, "-o", output, "--image-cache", join(out, "cache"), ...sharedStore()], {
    env: { ELEMENTS_PATH: elements, ...env },
  });
const FEDORA = ["vm", "fedora-minimal", "growroot", "package-installs", "bootloader"];

describe.skipIf(cantBuild)(`fedora-minimal${cantBuild ? ` (${cantBuild})` : ""}`, () => {
  const directory = join(out, "fedora");
  let fedora: Distribution;
  beforeAll(async () => {
    fedora = await distribution("fedora-32", directory);
  });
  afterAll(() => fedora?.close());

  describe.each([
    ["the installed upstream", () => ({})],
    ["a newer upstream", newerUpstream],
  ])("with %s", (name, upstream) => {
    const image = join(out, `fedora-${name.length}`);
    const env = () => ({ ...fedora.environment, ...upstream(), DIB_RELEASE: "32" });

    test("is built, and nothing is run when nothing has changed", async () => {
      const first = await build([...FEDORA, "rpm-probe"], image, env());
      expect(first, first.stderr).toMatchObject({ exitCode: 0 });
      // What rpm keeps for itself in the home directory of the host is nothing to tell.
      expect(first.stderr).not.toContain("wrote to the host");
      expect(await leftovers(out)).toEqual([]);
      const again = await build([...FEDORA, "rpm-probe"], image, env());
      expect(again, again.stderr).toMatchObject({ exitCode: 0 });
      expect(again.stderr).not.toMatch(/^✔ (root|install|finalise)\.d\//m);
    });

    test("is of packages that rpm knows", async () => {
      const words = ["--by", "package", "--format", "json", ...sharedStore()];
      const size = await dibkit(["size", `${image}.qcow2`, ...words]);
      const { groups } = JSON.parse(size.stdout) as { groups: { package: { name: string; bytes: number }[] } };
      expect(groups.package.map(({ name }) => name)).toEqual(expect.arrayContaining(["kernel-core", "glibc", "dnf"]));
      const blame = await dibkit(["blame", "/usr/bin/bash", `${image}.qcow2`, ...sharedStore()]);
      expect(blame.stdout).toMatch(/^created by root\.d\/08-yum-chroot of element yum-minimal \(package bash\)$/m);
    });

    test("boots, and grows to the disk that it finds", async () => {
      const larger = join(out, "larger.qcow2");
      await runProgram(["cp", `${image}.qcow2`, larger]);
      expect(await runProgram(["qemu-img", "resize", larger, "6G"])).toMatchObject({ exitCode: 0 });
      const sends = ["=>login: ", ...logIn("root", "probe"), report(SCRIPT, "fedora")].slice(1);
      const { fedora: machine } = await bootMachine(larger, { log: join(out, "console.log"), flags: [], sends });
      expect(machine).toMatchObject({
        state: "running",
        failed: "",
        system: "fedora 32",
        packages: "basesystem kernel-core dracut",
        growroot: expect.stringMatching(/^enabled /),
        disk: String(6 * 1024 ** 3),
        address: "1",
        // The mirror that the build used is gone from the image.
        repositories: "fedora-updates.repo fedora.repo",
      });
      expect(Number(machine?.bytes)).toBeGreaterThan(5 * 1024 ** 3);
    });
  });

  test("a download that fails is the failure of its step, and no layer", async () => {
    const repositories = join(out, "closed.d");
    mkdirSync(repositories);
    const repository = (url: string) =>
      writeFileSync(
        join(repositories, "dib-mirror-closed.repo"),
        `[closed]\nname=closed\nbaseurl=${url}\nenabled=1\ngpgcheck=0\n`,
      );
    repository("http://127.0.0.1:9/");
    const env = { DIB_YUM_MINIMAL_BOOTSTRAP_REPOS: repositories, DIB_RELEASE: "32" };
    const run = () => build([...FEDORA, "rpm-probe", "-t", "tar"], join(out, "closed"), env);
    const failed = await run();
    expect(failed.exitCode).toBe(3);
    expect(failed.stderr).toContain('hook script root.d/08-yum-chroot of element "yum-minimal" failed');
    expect(failed.stderr).toContain("Failed to download initial packages");
    const again = await run();
    expect(again.stderr).not.toMatch(/08-yum-chroot.* cached/);
    expect(again.exitCode).toBe(3);
  });

  test("conforms to what upstream itself makes of the same elements", async () => {
    const run = await dibkit(["conform", ...FEDORA, "--format", "json"], {
      cwd: out,
      env: { ...fedora.environment, DIB_RELEASE: "32", DIBKIT_CACHE: join(out, "conform-layers") },
    });
    expect(run.stdout, run.stderr).not.toBe("");
    const { differences, compared } = JSON.parse(run.stdout) as {
      compared: Record<string, number>;
      differences: { aspect: string; subject: string; upstream: unknown; dibkit: unknown; reason?: string }[];
    };
    expect(differences.filter(({ reason }) => reason === undefined)).toEqual([]);
    expect(compared.packages).toBeGreaterThan(150);
    expect(compared.tree).toBeGreaterThan(5000);
    expect(run.exitCode).toBe(0);
  });
});

describe.skipIf(cantBuild)(`centos-minimal 9-stream${cantBuild ? ` (${cantBuild})` : ""}`, () => {
  const directory = join(out, "centos");
  const image = join(out, "centos.qcow2");
  let centos: Distribution;
  beforeAll(async () => {
    centos = await distribution("centos-9-stream", directory);
    mkdirSync(join(directory, "seed"));
    writeFileSync(join(directory, "seed/user-data"), "#cloud-config\nssh_genkeytypes: [ed25519]\nlocale: false\n");
    writeFileSync(join(directory, "seed/meta-data"), "instance-id: centos-1\nlocal-hostname: node-0\n");
    writeFileSync(join(directory, "seed/vendor-data"), "");
  });
  afterAll(() => centos?.close());

  test("is built with openssh-server and cloud-init, and boots", async () => {
    const names = ["vm", "centos-minimal", "growroot", "openssh-server", "cloud-init", "rpm-probe"];
    // Through dibkit's proxy, which dnf and rpm of the host and of the image find by the usual variables.
    const network = { DIBKIT_NETWORK: "recorded" };
    const env = { ...centos.environment, ...newerUpstream(), DIB_RELEASE: "9-stream", ...network };
    const built = await build(names, join(out, "centos"), env);
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const fetched = await dibkit(["fetched", image, ...sharedStore()]);
    expect(fetched.stdout).toMatch(/^\s.* http:\S+\/repodata\/repomd\.xml/m);
    expect(fetched.stdout).toMatch(/^\s.* http:\S+\/cloud-init-\S+\.rpm/m);
    const seed = ["--serial-number", `ds=nocloud-net;s=http://10.0.2.2:${centos.port}/seed/`];
    const sends = ["=>login: ", ...logIn("root", "probe"), report(SCRIPT, "centos")].slice(1);
    const flags = [...seed, "--expect", "Cloud-init .* finished", "--stall", "900"];
    const { centos: machine } = await bootMachine(image, { log: join(out, "centos.log"), flags, sends });
    expect(machine).toMatchObject({
      state: "running",
      failed: "",
      system: "centos 9",
      cloud: "status: done",
      sshd: expect.stringMatching(/^active [12]$/),
      address: "1",
    });
  });
});
