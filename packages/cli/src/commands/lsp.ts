import { defineCommand } from "../command.js";

export default defineCommand({
  name: "lsp",
  group: "check",
  summary: "serve an editor: findings while typing, completion, rename, quick fixes",
  description:
    "A language server on standard input and output, started by the editor. Its settings are those of dibkit lint.",
  options: {
    stdio: { type: "boolean", hidden: true, summary: "talk on standard input and output, as always" },
  },
  examples: [{ command: "dibkit lsp", does: "waits for an editor on standard input" }],
  async run(_input, terminal) {
    const { serve } = await import("../lsp/language-server.js");
    return (await serve(terminal)) ? 0 : 2;
  },
});
