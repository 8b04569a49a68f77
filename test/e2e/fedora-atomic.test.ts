import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boot } from "@dibkit/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as libvirt from "../../scripts/libvirt/daemon.mjs";
import * as openstack from "../../scripts/openstack/services.mjs";
import { upgradeAndReturn } from "./atomic-machine.js";
import { dibkit, example, leftovers, runProgram, sharedStore, whyNotBuild } from "./dibkit.js";
import { createOpenStackClient } from "./openstack-client.js";
import { type Distribution, distribution, treeCommits } from "./synthetic-distribution.js";
import { makePool, virshOf } from "./virsh.js";

const cwd = example("fedora-atomic");
const cantBuild = whyNotBuild();
const out = mkdtempSync(join(tmpdir(), "dibkit-e2e-fedora-atomic-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** What the nine steps of the story leave, in the system that runs and in the root that carried the build. */
const COMMANDS = {
  state: "systemctl is-system-running --wait",
  system: ". /etc/os-release; echo $ID $VERSION_ID",
  // 1: deployed at the commit, from a remote that upgrades find
  cmdline: 'tr " " "\\n" < /proc/cmdline | grep ^ostree=',
  booted: 'ostree admin status | sed -n "s/^[*] fedora-atomic //p"',
  others: 'ostree admin status | sed -n "s/^  fedora-atomic //p"',
  origin: 'ostree admin status | sed -n "s/.*origin refspec: //p" | head -n 1',
  remote: "ostree remote show-url fedora-atomic",
  usr: "findmnt -no OPTIONS /usr | cut -d, -f1",
  write: "touch /usr/x",
  // 2: the mounts of the image
  fstab: "cat /etc/fstab",
  mounted: "findmnt -no LABEL /sysroot",
  // 3 and 4: kernel and initramfs of the deployment, in the menu that GRUB shows
  kernels: 'ls /boot/ostree/*/ | grep -cE "^(vmlinuz|initramfs)"',
  menu: "grep -c syslinux_entries /sysroot/boot/grub/grub.cfg",
  arguments: 'tr " " "\\n" < /proc/cmdline | grep -E "^(root|selinux|console)="',
  // 5: cloud-init, which the tree leaves off
  cloud: "systemctl is-enabled cloud-init-local cloud-init cloud-config cloud-final",
  // 6 and 7: Docker's storage, and not by the unit that would decide it
  storage: "cat /etc/sysconfig/docker-storage",
  setup: "systemctl is-enabled docker-storage-setup",
  // 8: no entry of the system that carried the build
  grub: 'ls /sysroot/etc/grub.d | grep -cE "^(10_linux|20_linux_xen)"',
  // 9: nor its kernels and packages
  old: 'ls /boot | grep -cE "^(vmlinuz|initr|System.map|config-)"',
  removed:
    "rpm --root /sysroot --dbpath /var/lib/rpm -q dracut kernel grubby man-pages selinux-policy | grep -c 'not installed'",
  service: "systemctl show --property Description --value sshd",
  kept: "cat /var/kept",
};

describe.skipIf(cantBuild)(`examples/fedora-atomic, as the story has it${cantBuild ? ` (${cantBuild})` : ""}`, () => {
  const directory = join(out, "fedora");
  const image = join(out, "fedora-atomic");
  let fedora: Distribution;
  let commits: { first: string; second: string };

  beforeAll(async () => {
    fedora = await distribution("fedora-23", directory, ["--tree"]);
    commits = treeCommits(directory);
    mkdirSync(join(directory, "seed"));
    // It is carried out before anyone can log in.
    writeFileSync(join(directory, "seed/user-data"), "#cloud-boothook\n#!/bin/sh\necho root:atomic | chpasswd\n");
    writeFileSync(join(directory, "seed/meta-data"), "instance-id: atomic-1\nlocal-hostname: node-0\n");
    writeFileSync(join(directory, "seed/vendor-data"), "#cloud-config\nssh_genkeytypes: [ed25519]\n");
  });
  afterAll(() => fedora?.close());

  const build = (more: Readonly<Record<string, string>>) =>
    dibkit(["build", "fedora-atomic.image.ts", "-o", image, ...sharedStore()], {
      cwd,
      env: { ...fedora.environment, FEDORA_ATOMIC_TREE_URL: `${fedora.url}tree/repo/`, ...more },
    });

  test("is built of Fedora 23 and one commit of its tree, into a qcow2 of 2.2 GiB", async () => {
    const env = { FEDORA_ATOMIC_TREE_REF: commits.first, FEDORA_ATOMIC_UPDATE_URL: fedora.url };
    const run = await build(env);
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    expect(await leftovers(out)).toEqual([]);
    const info = await runProgram(["qemu-img", "info", "--output", "json", `${image}.qcow2`]);
    // Upstream reads the size as GiB, and rounds it up to 64 KiB.
    const bytes = Math.ceil((2.2 * 1024 ** 3) / 65_536) * 65_536;
    expect(JSON.parse(info.stdout)).toMatchObject({ format: "qcow2", "virtual-size": bytes });
  });

  test("costs the last step alone when only the tree has changed", async () => {
    const url = `http://10.0.2.2:${fedora.port}/tree/repo/`;
    const run = await build({ FEDORA_ATOMIC_TREE_REF: commits.first, FEDORA_ATOMIC_UPDATE_URL: url });
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    expect(run.stderr).not.toMatch(/^✔ (root|extra-data|pre-install|install|post-install)\.d\//m);
    expect(run.stderr).toMatch(/^✔ finalise\.d\/80-atomic-tree/m);
  });

  test.skipIf(!process.env.CI && openstack.missing())("goes to Glance with the property Magnum looks for", async () => {
    const site = await openstack.start(join(out, "site"), { quotaMiB: 4096 });
    try {
      const words = [`${image}.qcow2`, "--name", "fedora-atomic", "--property", "os_distro=fedora-atomic"];
      const env = { OS_CLOUD: "dibkit-test", HOME: out };
      const run = await dibkit(["publish", "glance", ...words], { cwd: site.directory, env });
      expect(run, run.stderr).toMatchObject({ exitCode: 0 });
      const records = await createOpenStackClient(site).imagesNamed("fedora-atomic");
      const record = { id: run.stdout.trim(), status: "active", disk_format: "qcow2", os_distro: "fedora-atomic" };
      expect(records).toMatchObject([record]);
      const kept = join(site.directory, "images", run.stdout.trim());
      expect((await runProgram(["cmp", kept, `${image}.qcow2`])).exitCode).toBe(0);
    } finally {
      await openstack.stop(site);
    }
  });

  test.skipIf(!process.env.CI && libvirt.missing())("boots its deployment as a domain of libvirt", async () => {
    const daemon = await libvirt.start(join(out, "libvirt"));
    try {
      const virsh = virshOf(daemon);
      await makePool(virsh, join(out, "disks"));
      const serialLog = join(out, "serial.log");
      const machine = [
        "--pool",
        "images",
        "--memory",
        "1024",
        "--cpus",
        "1",
        "--network",
        "none",
        "--serial-log",
        serialLog,
      ];
      const words = ["publish", "libvirt", `${image}.qcow2`, ...machine, "--virtualization", "qemu", "--start"];
      const run = await dibkit(words, { env: { LIBVIRT_DEFAULT_URI: daemon.uri } });
      expect(run, run.stderr).toMatchObject({ exitCode: 0 });
      // The kernel says its command line first, and the initramfs that it is about to go into the deployment.
      await expect
        .poll(() => existsSync(serialLog) && readFileSync(serialLog, "latin1"), { timeout: 600_000, interval: 1000 })
        .toMatch(/Command line: \S+ [^\n]*ostree=\/ostree\/boot\.\d\/fedora-atomic\//);
      expect(await virsh("domstate", "fedora-atomic")).toBe("running");
      await virsh("destroy", "fedora-atomic");
    } finally {
      await libvirt.stop(daemon);
    }
  });

  test("runs from its deployment, upgrades to the next commit, and goes back", async () => {
    await using machine = await boot(`${image}.qcow2`, {
      // It ends a machine that hangs, also where nothing but software emulation beside two busy programs is to be had.
      ...{ timeoutSeconds: 2700, stallSeconds: 900, consoleLog: join(out, "console.log") },
      access: { user: "root", password: "atomic" },
      serialNumber: `ds=nocloud-net;s=http://10.0.2.2:${fedora.port}/seed/`,
    });
    // A change below /etc goes along into the next deployment; this one saves the other boots some time.
    const upgrade = "touch /etc/cloud/cloud-init.disabled; ostree admin upgrade";
    const { deployed, upgraded, returned, ways } = await upgradeAndReturn(machine, COMMANDS, upgrade);
    expect(ways).toEqual(["login", "login", "login"]);
    const everywhere = {
      state: "running",
      system: "fedora 23",
      cmdline: expect.stringMatching(/^ostree=\/ostree\/boot\.\d\/fedora-atomic\/\w+\/0$/),
      origin: "fedora-atomic:fedora-atomic/f23/x86_64/docker-host",
      remote: `http://10.0.2.2:${fedora.port}/tree/repo/`,
      usr: "ro",
      write: "touch: cannot touch '/usr/x': Read-only file system",
      fstab: expect.stringMatching(/^LABEL=(\S+) \/ /),
      mounted: "cloudimg-rootfs",
      menu: "1",
      arguments: "root=LABEL=cloudimg-rootfs selinux=0 console=tty0 console=ttyS0,115200",
      cloud: "enabled enabled enabled enabled",
      storage: 'DOCKER_STORAGE_OPTIONS="--storage-opt dm.thinpooldev=/dev/mapper/docker-docker--pool"',
      setup: "disabled",
      grub: "0",
      old: "0",
      removed: "5",
    };
    expect(deployed).toMatchObject({
      ...everywhere,
      booted: `${commits.first}.0`,
      others: "",
      kernels: "2",
      service: "OpenBSD Secure Shell server",
      kept: expect.stringContaining("No such file"),
    });
    expect(upgraded).toMatchObject({
      ...everywhere,
      booted: `${commits.second}.0`,
      others: `${commits.first}.0 (rollback)`,
      service: "OpenBSD Secure Shell server (state 2)",
      kept: "yes",
    });
    expect(returned).toMatchObject({
      ...everywhere,
      cmdline: expect.stringMatching(/^ostree=\/ostree\/boot\.\d\/fedora-atomic\/\w+\/1$/),
      booted: `${commits.first}.0`,
      others: "",
      service: "OpenBSD Secure Shell server",
      kept: "yes",
    });
  });
});
