import { effectiveCommand, type Word } from "@dibkit/shell";
import { defineRule } from "../rule.js";

/** What each command must be asked to do to change the running system; undefined for anything. */
const CHANGES: Readonly<Record<string, RegExp | undefined>> = {
  modprobe: undefined,
  insmod: undefined,
  rmmod: undefined,
  sysctl: /^(-w|--write|-p.*|--load.*|--system|[a-z0-9_]+(\.[a-zA-Z0-9_*-]+)+=.*)$/,
  hostnamectl: /^(set-.*|hostname)$/,
  timedatectl: /^set-/,
  localectl: /^set-/,
  netplan: /^(apply|try)$/,
  nmcli: /^(con|connection|device|dev|networking|radio)$/,
  swapon: undefined,
  swapoff: undefined,
  setenforce: undefined,
  iptables: /^(-[AIDFPXN]|--append|--insert|--flush|--policy)$/,
  ip6tables: /^(-[AIDFPXN]|--append|--insert|--flush|--policy)$/,
  "firewall-cmd": /^--reload$/,
  ifup: undefined,
  ifdown: undefined,
  reboot: undefined,
  shutdown: undefined,
  poweroff: undefined,
  loginctl: undefined,
  udevadm: /^(trigger|settle|control)$/,
};
/** Options with which a command only looks, or works on files. */
const HARMLESS =
  /^(-n|--dry-run|--show-depends|-D|-c|--showconfig|--version|-V|-R|--resolve-alias|--help|--offline|--root.*|-a)$/;

const AT_BOOT: Readonly<Record<string, string>> = {
  modprobe: "list the module in /etc/modules-load.d",
  sysctl: "write the setting into /etc/sysctl.d",
  hostnamectl: "write the name into /etc/hostname",
  netplan: "leave it to the first boot, which applies the configuration",
};

export default defineRule({
  id: "script-kernel-state",
  summary: "scripts of target phases leave the running kernel alone",
  why: "Inside the image the kernel, its modules, settings and network are those of the build host: the command fails, or changes the host, and nothing of it is in the image.",
  upstream: "Target phases run in a chroot with /proc, /sys and /dev of the host.",
  fix: "Write what is to be done at boot into the image: /etc/modules-load.d, /etc/sysctl.d, /etc/hostname.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nmodprobe br_netfilter\n" },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\necho br_netfilter > /etc/modules-load.d/web.conf\n",
    },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "target") continue;
      for (const command of file.shell.commands) {
        const { name: path, args, word } = effectiveCommand(command);
        const name = path?.replace(/^\/(usr\/)?s?bin\//, "");
        if (name === undefined || word === undefined || !Object.hasOwn(CHANGES, name)) continue;
        const change = CHANGES[name];
        const asked = changing(args, change);
        if (command.context.tested || !asked || args.some(({ literal }) => HARMLESS.test(literal ?? ""))) continue;
        yield {
          message: `\`${name}\` in ${file.phase.name} works on the kernel of the build host, not on the image`,
          help: AT_BOOT[name] ?? "leave it to the boot of the image",
          location: file.at(word),
        };
      }
    }
  },
});

function changing(args: readonly Word[], change: RegExp | undefined): boolean {
  return change === undefined ? true : args.some(({ literal, prefix }) => change.test(literal ?? prefix));
}
