import type { BlameEntry, OwningPackage } from "@dibkit/contents";
import { openStore, storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { buildOf } from "../open-contents.js";

export default defineCommand({
  name: "blame",
  group: "inspect",
  summary: "say which script of which element wrote a file of an image",
  arguments: [
    { name: "PATH", summary: "path in the image, such as /etc/motd", required: true },
    { name: "IMAGE", summary: "output of the build (default: the newest build)" },
  ],
  options: {
    all: { type: "boolean", summary: "list every script that touched it, oldest first" },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...storeOptions,
  },
  examples: [
    { command: "dibkit blame /etc/hostname", does: "names the script that wrote it last" },
    { command: "dibkit blame /etc/fstab debian.qcow2 --all", does: "lists its whole history" },
  ],
  namespace: "layers",
  async run({ arguments: words, options }, terminal) {
    const { createCommandRunner } = await import("@dibkit/exec");
    const { blame, packageOwner } = await import("@dibkit/contents");
    const store = await openStore(terminal, options.cacheDir);
    const build = await buildOf(terminal, store, words.IMAGE);
    if (build === undefined) return 2;
    const path = words.PATH.startsWith("/") ? words.PATH : `/${words.PATH}`;
    const history = await blame(store, build.record, path);
    const commands = createCommandRunner({ signal: terminal.signal });
    const owner = history.length === 0 ? undefined : await packageOwner(store, build, path, commands);
    const shown = options.all ? history : history.slice(-1);
    if (options.format === "json") {
      const entries = shown.map(({ label, change }) => ({ ...label, change }));
      const ofPackage = { package: owner?.name ?? null, askedBy: owner?.askedBy ?? null };
      terminal.stdout.write(`${JSON.stringify({ version: 1, path, ...ofPackage, entries }, null, 2)}\n`);
      return 0;
    }
    if (history.length === 0) {
      terminal.stderr.write(`no script of the build touched ${path}\n`);
      return 1;
    }
    terminal.stdout.write(shown.map((entry) => `${line(entry, owner)}\n`).join(""));
    return 0;
  },
});

function line({ label, change }: BlameEntry, owner: OwningPackage | undefined): string {
  const who = label.element === undefined ? "dibkit" : `element ${label.element}`;
  return `${change} by ${label.phase}/${label.script} of ${who}${owner === undefined ? "" : ` (package ${packageText(owner)})`}`;
}

function packageText({ name, askedBy }: OwningPackage): string {
  return askedBy === undefined ? name : `${name}, which element ${askedBy} asked for`;
}
