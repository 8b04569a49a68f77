import { openStore, pastBuild, storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "shell",
  group: "build",
  summary: "open a shell in the image as it was at some step of a build",
  description:
    "Without a step: just before the script that failed, or after the last one. The shell is in the chroot, with the\nenvironment of that phase and the hooks at /tmp/in_target.d. What it changes is thrown away.",
  arguments: [{ name: "IMAGE", summary: "output of the build (default: the newest build)" }],
  options: {
    before: { type: "string", value: "STEP", summary: "stop just before this script, such as install.d/50-nginx" },
    after: { type: "string", value: "STEP", summary: "stop just after this script" },
    command: { type: "string", short: "c", value: "COMMAND", summary: "run this instead of an interactive shell" },
    ...storeOptions,
  },
  examples: [
    { command: "dibkit shell", does: "opens a shell just before the script that failed" },
    { command: "dibkit shell debian.qcow2 --after install.d/01-package-installs", does: "looks at what it installed" },
  ],
  namespace: "build",
  async run({ arguments: words, options }, terminal) {
    if (options.before !== undefined && options.after !== undefined) {
      return usageFailure(terminal, "--before and --after stand together", "give one of them");
    }
    const [{ missingPrivilege }, { findMoment, openShell, stateAt }] = await Promise.all([
      import("@dibkit/exec"),
      import("@dibkit/runner"),
    ]);
    const store = await openStore(terminal, options.cacheDir);
    const build = await pastBuild(terminal, store, words.IMAGE);
    if (build === undefined) return 2;
    const missing = missingPrivilege();
    if (missing !== undefined) return usageFailure(terminal, missing.message, missing.help);
    const when = options.after === undefined ? "before" : "after";
    const moment = findMoment(build, options.before ?? options.after, when);
    if (!moment.ok) return usageFailure(terminal, moment.error);
    const state = await stateAt(store, moment.value);
    if (state === undefined) return usageFailure(terminal, "its layers are gone from the cache", "build it again");
    const { label } = moment.value.step;
    const interactive = options.command === undefined;
    if (interactive) {
      terminal.stderr.write(`${moment.value.when} ${label.phase}/${label.script}; changes are thrown away\n`);
    }
    const code = await openShell(store, build, moment.value, state, {
      command: options.command === undefined ? [] : ["sh", "-c", options.command],
      interactive,
      terminalType: terminal.env.TERM ?? "dumb",
      callerEnvironment: terminal.env,
      onOutput: (line) => terminal.stdout.write(`${line}\n`),
    });
    return code === 0 || interactive ? 0 : 3;
  },
});
