// A lint rule. Its examples are its test: packages/lint/test/rules.test.ts runs those of every rule.
export function files(name, { version }) {
  return {
    [`packages/lint/src/rules/${name}.ts`]: `import { textOf } from "@dibkit/model";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "${name}",
  summary: "README.rst does not say TODO",
  why: "What goes wrong otherwise, in a sentence.",
  upstream: "What upstream's own programs do with it.",
  fix: "How to repair it by hand.",
  severity: "warning",
  since: "${version}",
  examples: {
    bad: { "web/README.rst": "TODO\\n" },
    good: { "web/README.rst": "web\\n" },
  },
  *check({ element }) {
    const file = element.files.get("README.rst");
    if (file?.kind !== "file") return;
    const source = textOf(element, file);
    const start = source.text.indexOf("TODO");
    if (start === -1) return;
    yield {
      message: 'README.rst says "TODO"',
      help: "finish it",
      location: { source, start, end: start + 4 },
    };
  },
});
`,
  };
}
