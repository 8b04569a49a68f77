import { effectiveCommand, type Word } from "@dibkit/shell";
import { defineRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

export default defineRule({
  id: "script-tmp-sweep",
  summary: "scripts do not empty /tmp",
  why: "While scripts run, /tmp of the image holds the hooks directory (/tmp/in_target.d, read-only) and the files of dib-run-parts; on the host it holds the build itself.",
  upstream: "/tmp of the image is emptied by the builder at the end.",
  fix: "Remove the files you made by their names, or leave it to the builder.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/finalise.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf /tmp/*\n" },
    good: { "web/finalise.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf /tmp/web\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      for (const command of file.shell.commands) {
        const { name, args, through } = effectiveCommand(command);
        if (through.includes("chroot")) continue;
        const swept = sweptBy(name, args, file);
        if (swept === undefined) continue;
        const where =
          file.phase?.side === "host"
            ? "the build host, where the build itself lies"
            : "the image, where the hooks directory is mounted";
        yield {
          message: `"${file.source.text.slice(swept.start, swept.end)}" is /tmp of ${where}`,
          help: "remove only what the script made",
          location: file.at(swept),
        };
      }
    }
  },
});

/** The word that names all of /tmp: `/tmp/*`, `$D/*` where D is /tmp, or what `find` deletes below it. */
function sweptBy(name: string | undefined, args: readonly Word[], file: ScriptFile): Word | undefined {
  if (name === "rm") return args.find((arg) => /^\/tmp\/?(\*|\.?\[.*|\{.*)?$/.test(pathOf(arg, file)));
  if (name !== "find") return undefined;
  const [where, ...rest] = args;
  if (where === undefined || !/^\/tmp\/?\*?$/.test(pathOf(where, file))) return undefined;
  const words = rest.map(({ literal }) => literal ?? "?");
  const runs = words.some((word, index) => /^-(exec|execdir|ok)$/.test(word) && words[index + 1] === "rm");
  // What is chosen by a name or an age is not all of it.
  const chosen = words.some((word) =>
    /^-(i?name|i?path|i?regex|user|group|newer.*|[acm](time|min)|size|uid|gid|inum)$/.test(word),
  );
  return (runs || words.includes("-delete")) && !chosen ? where : undefined;
}

/** The path of a word, with the value of a variable in front that the script sets once, to a literal. */
function pathOf(word: Word, { source, shell }: ScriptFile): string {
  if (word.literal !== undefined) return word.literal;
  const [, variable, rest] =
    /^"?\$\{?(\w+)(?::\?[^}]*)?\}?"?(\/.*?)?"?$/.exec(source.text.slice(word.start, word.end)) ?? [];
  const made = shell.assignments.filter(({ name }) => name === variable);
  const value = made.length === 1 ? made[0]?.value?.literal : undefined;
  return variable === undefined || value === undefined ? "" : `${value}${rest ?? ""}`;
}
