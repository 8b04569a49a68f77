import { type Element, fileSize } from "@dibkit/model";
import type { Span } from "@dibkit/shell";
import type { ElementContext } from "../element-context.js";
import { defineRule, type Finding } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

export default defineRule({
  id: "file-tabs",
  summary: "scripts and README.rst are indented by spaces",
  why: "Tabs look different in every editor; upstream's tree has none.",
  upstream: "dib-lint reports tabs in the indentation of executable files and of .rst files.",
  fix: "Replace each tab by four spaces.",
  severity: "warning",
  since: "0.1.0",
  style: true,
  dibLint: ["tabindent"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif true; then\n\tuptime\nfi\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif true; then\n    uptime\nfi\n" },
  },
  *check({ element, textFiles, locationOf }) {
    yield* tabsInData(element, textFiles, locationOf);
    for (const file of textFiles) {
      // Makefiles are made of tabs.
      if (!file.executable && (/^(GNUm|M|m)akefile|\.mk$|\.(c|h|go|dts)$/.test(file.name) || !isIndented(file)))
        continue;
      const tab = /^ *\t/m.exec(file.source.text);
      if (tab === null) continue;
      const edits = [...file.source.text.matchAll(/^[ \t]*\t[ \t]*/gm)].map((match) => ({
        kind: "replace" as const,
        path: file.source.path,
        start: match.index,
        end: match.index + match[0].length,
        text: match[0].replaceAll("\t", "    "),
      }));
      const safe = edits.every(({ start, end }) => isIndentation(file, start, end));
      const at = tab.index + tab[0].length - 1;
      yield {
        message: `${file.path} is indented by tabs`,
        help: "replace each tab by four spaces",
        location: file.at({ start: at, end: at + 1 }),
        fix: { title: `replace tabs by four spaces${safe ? "" : ", also within texts"}`, safe, edits },
      };
    }
  },
});

/** Scripts, and what people write by hand for upstream's own programs. */
function isIndented({ name, path, language }: ScriptFile): boolean {
  return language !== undefined || /\.(rst|ya?ml|json)$/.test(name) || !path.includes("/");
}

/** Whether blanks mean nothing to the program that reads the file: not part of a text, nor of a here-document. */
function isIndentation({ language, name, shell }: ScriptFile, start: number, end: number): boolean {
  if (name.endsWith(".rst")) return true;
  if ((language !== "bash" && language !== "sh") || shell.problems.length > 0) return false;
  const touches = (span: Span) => span.start < end && start < span.end;
  const words = [
    ...shell.commands.flatMap((command) => command.args),
    ...shell.assignments,
    ...shell.redirects.map(({ target }) => target),
  ];
  return !words.some(touches) && !shell.heredocs.some(touches);
}

const LARGEST = 1_000_000;

/** Of data only dib-lint expects it, which asks all files of a library directory. */
function* tabsInData(
  element: Element,
  texts: readonly ScriptFile[],
  locationOf: ElementContext["locationOf"],
): Generator<Finding> {
  const known = new Set(texts.map(({ path }) => path));
  for (const file of element.files.values()) {
    if (file.kind !== "file" || known.has(file.path) || file.path.startsWith("test-elements/")) continue;
    if (fileSize(file) > LARGEST || !/^ *\t/m.test(new TextDecoder("latin1").decode(file.bytes))) continue;
    const message = `${file.path} has lines that begin with a tab`;
    yield { severity: "info", message, help: "leave data as it is", location: locationOf(file.path) };
  }
}
