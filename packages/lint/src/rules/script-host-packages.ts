import { effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";

/** Package managers and the words with which they change the system. */
const MANAGERS: Readonly<Record<string, RegExp>> = {
  "apt-get": /^(install|remove|purge|upgrade|dist-upgrade|autoremove)$/,
  apt: /^(install|remove|purge|upgrade|full-upgrade|autoremove)$/,
  dpkg: /^(-i|--install|-r|--remove|-P|--purge)$/,
  yum: /^(install|remove|erase|update|upgrade)$/,
  dnf: /^(install|remove|erase|update|upgrade)$/,
  zypper: /^(install|in|remove|rm|update|up)$/,
  pip: /^(install|uninstall)$/,
  pip3: /^(install|uninstall)$/,
};
const INTO_IMAGE = /^(--root|--installroot|--instdir|--target|--prefix|-R$|--user)/;

export default defineRule({
  id: "script-host-packages",
  summary: "scripts of host phases install nothing on the build host",
  why: "In root.d, extra-data.d, pre-finalise.d and cleanup.d a package manager works on the build host unless it is told another root.",
  upstream: "The phases run on the host; install-packages is meant for target phases.",
  fix: "Install in a target phase through package-installs.yaml, or give the package manager the image's root.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/extra-data.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo apt-get install -y nginx\n" },
    good: {
      "web/extra-data.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nsudo chroot $TMP_MOUNT_PATH apt-get install -y nginx\n",
    },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "host") continue;
      for (const command of file.shell.commands) {
        const { name, args, through, word } = effectiveCommand(command);
        const verbs = name !== undefined && Object.hasOwn(MANAGERS, name) ? MANAGERS[name] : undefined;
        if (verbs === undefined || word === undefined || through.includes("chroot")) continue;
        const verb = args.find((arg) => verbs.test(arg.literal ?? ""));
        // Options that come from a variable may name a root.
        const elsewhere = args.some(
          (arg) => INTO_IMAGE.test(arg.prefix) || (arg.prefix === "" && arg.variables.length > 0),
        );
        if (verb === undefined || elsewhere) continue;
        yield {
          message: `\`${name} ${verb.literal}\` in ${file.phase.name} works on the build host`,
          help: "install in a target phase, or into the image's root",
          location: file.at(word),
        };
      }
    }
  },
});
