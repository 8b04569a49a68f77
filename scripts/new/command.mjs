// A command of the command line, and its test.
export function files(name) {
  return {
    [`packages/cli/src/commands/${name}.ts`]: `import { defineCommand } from "../command.js";

export default defineCommand({
  name: "${name}",
  group: "build",
  summary: "say what it does, in the imperative",
  arguments: [{ name: "WORD", summary: "what to repeat", required: true }],
  examples: [{ command: "dibkit ${name} hello", does: "prints hello" }],
  run({ arguments: { WORD: word } }, terminal) {
    terminal.stdout.write(\`\${word}\\n\`);
    return 0;
  },
});
`,
    [`packages/cli/test/${name}.test.ts`]: `import { expect, test } from "vitest";
import { runCli } from "./run-cli.js";

test("${name} repeats its word", async () => {
  expect(await runCli(["${name}", "hello"])).toEqual({ exitCode: 0, stdout: "hello\\n", stderr: "" });
});
`,
  };
}
