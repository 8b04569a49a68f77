import { effectiveCommand, type Word } from "@dibkit/shell";
import { defineRule } from "../rule.js";

const WRITERS = new Set(["cp", "mv", "install", "tee", "rsync", "sed", "rm", "truncate"]);

export default defineRule({
  id: "script-resolv-conf",
  summary: "scripts of target phases leave /etc/resolv.conf to the builder",
  why: "While scripts run in the image the file is a copy of the host's, and it is put back at the end: what a script writes is lost, and the build cannot look up names after it.",
  upstream:
    "disk-image-create keeps the image's own file as /etc/resolv.conf.ORIG and puts that back, unless a symbolic link has taken the place of the copy.",
  fix: "Write to /etc/resolv.conf.ORIG, which becomes /etc/resolv.conf of the image.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\necho nameserver 10.0.0.1 > /etc/resolv.conf\n",
    },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\necho nameserver 10.0.0.1 > /etc/resolv.conf.ORIG\n",
    },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "target" || !file.source.text.includes("/etc/resolv.conf")) continue;
      // `chattr +i` and a link keep what is written.
      if (/\bchattr\b|\bln\b[^\n]*\/etc\/resolv\.conf(?!\.)/.test(file.source.text)) continue;
      const { commands, redirects } = file.shell;
      const written = [
        ...redirects.filter(({ operator }) => /^&?>/.test(operator)).map(({ target }) => target),
        ...commands.flatMap((command) => changed(effectiveCommand(command))),
      ];
      // A script that writes what is put back knows of it, and wants both.
      if (written.some(({ literal }) => literal === "/etc/resolv.conf.ORIG")) continue;
      for (const word of written) {
        if (word.literal !== "/etc/resolv.conf") continue;
        yield {
          message: "/etc/resolv.conf is a copy of the host's during the build, and put back at its end",
          help: "write to /etc/resolv.conf.ORIG",
          location: file.at(word),
        };
      }
    }
  },
});

function changed({
  name,
  args,
}: {
  readonly name: string | undefined;
  readonly args: readonly Word[];
}): readonly Word[] {
  if (name === undefined || !WRITERS.has(name)) return [];
  const operands = args.filter((arg) => !arg.prefix.startsWith("-"));
  if (name === "sed") return args.some((arg) => /^(-[a-zA-Z]*i|--in-place)/.test(arg.prefix)) ? operands : [];
  return name === "tee" || name === "rm" || name === "truncate" ? operands : operands.slice(-1);
}
