import { statSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import type { ImageVerification } from "@dibkit/contents";
import { defineCommand } from "../command.js";
import { signatureFile, signatureFiles } from "../proof/signature-file.js";
import { usageFailure, writeTrouble } from "../terminal.js";

export default defineCommand({
  name: "verify",
  group: "ship",
  summary: "check that an image is the one that somebody has signed",
  description:
    'Looks for a signature by one of the keys in IMAGE.intoto.jsonl, as "dibkit sign" writes it, hashes the image, and\ncompares. Needs neither the build nor its layers.',
  arguments: [{ name: "IMAGE", summary: "the image file", required: true }],
  options: {
    key: {
      ...{ type: "string", value: "KEYFILE", repeatable: true },
      summary: "a public key (PEM) that may have signed; at least one",
    },
    signature: {
      ...{ type: "string", value: "FILE" },
      summary: "where the signatures are (default: IMAGE.intoto.jsonl, or that without the image's suffix)",
    },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
  },
  examples: [
    { command: "dibkit verify debian.qcow2 --key build.pub", does: "ends with 1 when it is not what was signed" },
  ],
  async run({ arguments: words, options }, terminal) {
    if (options.key.length === 0)
      return usageFailure(terminal, "verify needs a public key", "name its file with --key KEYFILE");
    const [{ parseTrustedKey }, { verifyImage }, { readKey }] = await Promise.all([
      import("@dibkit/registry"),
      import("@dibkit/contents"),
      import("../proof/read-key.js"),
    ]);
    const keys = [];
    for (const file of options.key) {
      const key = await readKey(terminal, file, parseTrustedKey);
      if (key === undefined) return 2;
      keys.push(key);
    }
    const image = resolvePath(terminal.cwd, words.IMAGE);
    const found = statSync(image, { throwIfNoEntry: false });
    if (!found?.isFile()) {
      const message = found === undefined ? `there is no image "${image}"` : `"${image}" is no image file`;
      return usageFailure(terminal, message, "name an image file");
    }
    const named = options.signature === undefined ? undefined : resolvePath(terminal.cwd, options.signature);
    const file = named ?? signatureFile(image);
    if (file === undefined)
      return usageFailure(
        terminal,
        `there is no signature "${signatureFiles(image)[0]}"`,
        "name its file with --signature",
      );
    const { readNamedFile } = await import("@dibkit/model");
    const verified = await verifyImage(image, (await readNamedFile(file)).toString(), keys);
    if (!verified.ok) {
      writeTrouble(terminal, `"${image}" is not verified: "${file}" ${verified.error}`);
      return 1;
    }
    const json = JSON.stringify({ version: 1, image, ...verified.value }, null, 2);
    terminal.stdout.write(options.format === "json" ? `${json}\n` : `${render(image, verified.value)}\n`);
    return 0;
  },
});

function render(image: string, { sha256, key, builder, build, started, elements }: ImageVerification): string {
  return [
    `verified: ${image}`,
    `  sha256 ${sha256}`,
    `  signed by ${key}`,
    `  build ${build ?? "of which nothing is said"}${started === null ? "" : `, begun ${started}`}, by ${builder ?? "an unknown builder"}`,
    ...(elements.length === 0 ? [] : [`  elements ${elements.join(" ")}`]),
  ].join("\n");
}
