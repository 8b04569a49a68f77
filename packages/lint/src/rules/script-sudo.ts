import { PHASES } from "@dibkit/model";
import { type Command, effectiveCommand } from "@dibkit/shell";
import type { ElementContext } from "../element-context.js";
import { changedOnHost, packagesOnHost } from "../host-changes.js";
import { variablesBehind } from "../image-paths.js";
import { defineRule, type Finding } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

/** dib-lint looks at these directories; `finalise.d` is among them although it runs in the target. */
const CHECKED: readonly string[] = [
  ...PHASES.filter((phase) => phase.side === "host").map((phase): string => phase.name),
  "finalise.d",
];
const SAFE = /^\s*#|install-packages|TARGET_ROOT|IMAGE_BLOCK_DEVICE|TMP_MOUNT_PATH|TMP_IMAGE_PATH/;

export default defineRule({
  id: "script-sudo",
  summary: "sudo in host phases works on the image",
  why: "These scripts run on the build host: a command with sudo that does not name the image may change the host.",
  upstream:
    "dib-lint reports lines with `sudo ` that have none of TARGET_ROOT, TMP_MOUNT_PATH, TMP_IMAGE_PATH, IMAGE_BLOCK_DEVICE or install-packages.",
  fix: "Name the image in the command; where the command is safe, end the line with `# dib-lint: safe_sudo` or `# dibkit: disable=script-sudo -- reason`.",
  severity: "warning",
  since: "0.1.0",
  dibLint: ["safe_sudo"],
  examples: {
    bad: { "web/cleanup.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo systemctl restart nginx\n" },
    good: { "web/cleanup.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo rm -f $TARGET_ROOT/etc/web\n" },
  },
  *check(context) {
    const hooks = new Map(context.hookScripts.map((file) => [file.path, file]));
    for (const file of context.textFiles) {
      if (!CHECKED.includes(file.path.split("/")[0] as string) || !file.path.includes("/")) continue;
      const hook = file.phase?.side === "host" ? hooks.get(file.path) : undefined;
      const found = hook === undefined ? [] : hostCommands(context, hook);
      yield* found;
      // Where the first of them is reported, dib-lint's own search for words would only say it again.
      if (found.length === 0) yield* asDibLint(file);
    }
  },
});

/** Commands that change the host for certain: none of their words may turn out to be a path of the image. */
function hostCommands(context: ElementContext, file: ScriptFile): readonly Finding[] {
  const [first, ...more] = file.shell.commands.filter((command) => worksOnHost(context, file, command));
  if (first?.name === undefined) return [];
  const { name } = effectiveCommand(first);
  const times = more.length === 0 ? "" : `, nor do ${more.length} more in this file`;
  return [
    {
      message: `\`sudo ${name}\` works on the build host: ${file.phase?.name} runs there, and the command does not name the image${times}`,
      help: "name the image ($TARGET_ROOT, $TMP_MOUNT_PATH), or say that it is safe: # dib-lint: safe_sudo",
      location: file.at(first.name),
    },
  ];
}

/** Programs that look, or work on what they are told by a pipe or a device. */
const HARMLESS =
  /^(\[|blkid|cat|command|cmp|diff|df|du|echo|env|false|file|find|findmnt|getent|grep|head|id|install-packages|kill|losetup|ls|lsblk|mktemp|mount|mountpoint|partprobe|readlink|sed|sha256sum|sleep|sort|stat|sync|tail|test|true|udevadm|umount|wc|which|whoami)$/;

/** Programs whose words are paths: what is no absolute one lies where the script is. */
const OF_FILES = /^(chgrp|chmod|chown|cp|ln|mkdir|mv|rm|rmdir|rsync|tar|tee|touch|truncate)$/;

function worksOnHost(context: ElementContext, file: ScriptFile, command: Command): boolean {
  const effective = effectiveCommand(command);
  const { name, through, args } = effective;
  if (isSafe(file, command)) return false;
  if (!through.includes("sudo") || name === undefined || through.includes("chroot") || HARMLESS.test(name))
    return false;
  // What these say is an error, and a line needs but one finding.
  if (changedOnHost(command).length > 0 || packagesOnHost(effective) !== undefined) return false;
  // A path that is relative lies in the build directory, where scripts begin, unless they went elsewhere.
  const isName = (word: string) => !OF_FILES.test(name) && /^[a-z][\w.@-]*$/.test(word);
  if (!args.some((arg) => arg.prefix.startsWith("/") || isName(arg.prefix))) return false;
  const { image, unknown } = variablesBehind(context, file, command);
  return !image && !unknown;
}

/** Whether the line says by dib-lint's comment that it is safe. */
export function isSafe({ source }: ScriptFile, { start, end }: Command): boolean {
  const newline = source.text.indexOf("\n", end);
  return source.text.slice(start, newline === -1 ? undefined : newline).includes("dib-lint: safe_sudo");
}

/** Lines with `sudo ` and none of the words that dib-lint takes for the image. */
function* asDibLint(file: ScriptFile): Generator<Finding> {
  for (const { text, start } of joinedLines(file.source.text)) {
    const found = text.indexOf("sudo ");
    if (found === -1 || SAFE.test(text)) continue;
    yield {
      style: true,
      message: "`sudo` is used on the build host, and the command does not name the image",
      help: "name the image ($TARGET_ROOT, $TMP_MOUNT_PATH), or say that it is safe: # dib-lint: safe_sudo",
      location: file.at({ start: start + found, end: start + found + "sudo".length }),
    };
  }
}

/** Lines as dib-lint reads them: one that ends with a backslash goes on with the next. */
function joinedLines(text: string): readonly { readonly text: string; readonly start: number }[] {
  return [...text.matchAll(/(?:[^\\\n]|\\[\s\S])+/g)].map((match) => ({ text: match[0], start: match.index }));
}
