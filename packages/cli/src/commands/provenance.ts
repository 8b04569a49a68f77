import { resolve as resolvePath } from "node:path";
import { openStore, storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { contentsOptions, IMAGE_WORDS } from "../open-contents.js";

export default defineCommand({
  name: "provenance",
  group: "inspect",
  summary: "say where an image comes from, as an in-toto statement with SLSA's provenance",
  description:
    "The hashes of the outputs, what was asked for, the elements with their digests, upstream's version, git repositories\nand packages, and who built it when. The build has to be known. Secrets, paths and names of this machine are left out.",
  arguments: [{ name: "IMAGE", summary: `${IMAGE_WORDS} (default: the newest build)` }],
  options: {
    output: { type: "string", short: "o", value: "FILE", summary: "write it there instead of to stdout" },
    ...contentsOptions,
    ...storeOptions,
  },
  examples: [
    { command: "dibkit provenance debian.qcow2", does: "prints the statement about the image" },
    { command: "dibkit provenance debian.qcow2 -o debian.provenance.json", does: "writes it, for a signer of yours" },
  ],
  namespace: "layers",
  async run({ arguments: words, options }, terminal) {
    const { imageStatement } = await import("../proof/image-statement.js");
    const store = await openStore(terminal, options.cacheDir);
    const statement = await imageStatement(terminal, store, words.IMAGE, options.file);
    if (statement === undefined) return 2;
    const text = `${JSON.stringify(JSON.parse(statement.text), null, 2)}\n`;
    if (options.output === undefined) {
      terminal.stdout.write(text);
      return 0;
    }
    const { writeWhole } = await import("../write-whole.js");
    const path = resolvePath(terminal.cwd, options.output);
    return (await writeWhole(terminal, path, text, { what: "provenance", option: "--output" })) ? 0 : 1;
  },
});
