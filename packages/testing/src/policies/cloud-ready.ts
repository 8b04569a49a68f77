import { type Check, type Finding, policy } from "../policy.js";
import { thisBuilder } from "../traces.js";

/** Findings for the paths of an image that a pattern matches. */
const present =
  (pattern: RegExp, message: (path: string) => string, remedy: (path: string) => string): Check["find"] =>
  (image) =>
    [...image.contents.files]
      .filter(([path, { type }]) => type !== "directory" && pattern.test(path))
      .map(([path]): Finding => ({ message: message(path), remedy: remedy(path) }));

const machineIdNew: Check = {
  name: "machine-id-new",
  why: "machines with the same id get the same address from DHCP servers, and mix their journals",
  async find(image) {
    const findings: Finding[] = [];
    for (const path of ["/etc/machine-id", "/var/lib/dbus/machine-id"]) {
      const id = (await image.text(path))?.trim() ?? "";
      // A link of D-Bus leads to the first one, which has its own finding.
      if (id === "" || id === "uninitialized" || image.contents.files.get(path)?.type === "symlink") continue;
      findings.push({ message: `"${path}" has an id: "${id}"`, remedy: `empty it in finalise.d: : > ${path}` });
    }
    return findings;
  },
};

const hostKeysNew: Check = {
  name: "host-keys-new",
  why: "whoever has the image can pretend to be any machine made of it",
  find: present(
    /^\/etc\/ssh\/ssh_host_[^/]*_key$/,
    (path) => `there is an SSH host key: "${path}"`,
    () => "remove it in finalise.d: rm -f /etc/ssh/ssh_host_*; and have the machine make its own when it starts",
  ),
};

const randomSeedNew: Check = {
  name: "random-seed-new",
  why: "machines that begin with the same randomness may make the same keys",
  find: present(
    /^\/var\/lib\/(systemd\/random-seed|urandom\/random-seed)$|^\/boot\/(efi\/)?loader\/random-seed$/,
    (path) => `there is a random seed: "${path}"`,
    (path) => `remove it in finalise.d: rm -f ${path}`,
  ),
};

const networkFree: Check = {
  name: "network-free",
  why: "a network card of another machine gets another name, and no address",
  find: present(
    /^\/etc\/udev\/rules\.d\/\d+-persistent-net\.rules$/,
    (path) => `"${path}" names the network cards of one machine`,
    (path) => `remove it in finalise.d: rm -f ${path}`,
  ),
};

/** What takes keys, names and addresses from a cloud, by its programs. */
const AGENTS: Readonly<Record<string, RegExp>> = {
  "cloud-init": /^\/usr\/(local\/)?bin\/cloud-init$/,
  ignition: /^\/usr\/(lib\/dracut\/modules\.d\/\d+ignition\/|bin\/ignition)/,
  afterburn: /^\/usr\/bin\/afterburn$/,
  glean: /^\/usr\/(local\/)?s?bin\/glean/,
};

const agentThere: Check = {
  name: "agent-there",
  why: "nobody can log in to a machine that takes no key from its cloud",
  find(image) {
    const paths = [...image.contents.files.keys()];
    const agents = Object.entries(AGENTS).filter(([, program]) => paths.some((path) => program.test(path)));
    const names = Object.keys(AGENTS).join(", ");
    if (agents.length === 0)
      return [{ message: `there is none of ${names}`, remedy: "add the element cloud-init or simple-init" }];
    const disabled = "/etc/cloud/cloud-init.disabled";
    return agents.every(([name]) => name === "cloud-init") && image.file(disabled) !== undefined
      ? [{ message: `"${disabled}" keeps cloud-init from starting`, remedy: "remove it in finalise.d" }]
      : [];
  },
};

const consoleSerial: Check = {
  name: "console-serial",
  why: "the console log of a cloud, the only thing to read of a machine that does not start, stays empty",
  async find(image) {
    const known = await image.kernelArguments();
    if ([...known.values()].some((line) => /(^|\s)console=(tty(S|AMA)|hvc)\d/.test(line))) return [];
    const where = known.size === 0 ? "no file with kernel arguments is known" : [...known.keys()].join(", ");
    return [
      {
        message: `no kernel argument makes a serial line the console (${where})`,
        remedy: 'add "console=tty0 console=ttyS0,115200" to DIB_BOOTLOADER_DEFAULT_CMDLINE',
      },
    ];
  },
};

const rootGrows: Check = {
  name: "root-grows",
  why: "a machine has no more space than the image, however large its disk",
  async find(image) {
    const fstab = (await image.text("/etc/fstab")) ?? "";
    const repart = /^\/(etc|usr\/lib)\/repart\.d\/[^/]+\.conf$/;
    const grows =
      image.file("/usr/bin/growpart") !== undefined ||
      /^\s*[^#\s]+\s+\/\s.*x-systemd\.growfs/m.test(fstab) ||
      [...image.contents.files.keys()].some((path) => repart.test(path));
    return grows
      ? []
      : [{ message: "nothing grows the root filesystem when a machine starts", remedy: "add the element growroot" }];
  },
};

const builderGone: Check = {
  name: "builder-gone",
  why: "machines call themselves by the name of the one that built them, and tell everybody of it",
  async find(image) {
    const findings: Finding[] = [];
    const { hostNames } = thisBuilder(image);
    for (const path of ["/etc/hostname", "/etc/hosts", "/etc/mailname", "/etc/sysconfig/network"]) {
      const words = ((await image.text(path)) ?? "").split(/[\s=]+/);
      for (const name of hostNames.filter((one) => words.includes(one)))
        findings.push({
          message: `"${path}" has the host name of this machine: "${name}"`,
          remedy: "clear it in finalise.d; upstream's base system has none",
        });
    }
    return findings;
  },
};

/** An image of which a cloud makes any number of machines, each with an identity of its own. */
export const cloudReady = policy(
  "cloud-ready",
  ...[machineIdNew, hostKeysNew, randomSeedNew, networkFree, agentThere, consoleSerial, rootGrows, builderGone],
);
