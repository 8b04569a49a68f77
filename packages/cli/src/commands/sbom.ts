import { resolve as resolvePath } from "node:path";
import { openStore, storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { dibkitVersion } from "../dibkit-version.js";
import { contentsOptions, IMAGE_WORDS, withContents } from "../open-contents.js";

export default defineCommand({
  name: "sbom",
  group: "inspect",
  summary: "list the parts of an image as a bill of materials, in SPDX or CycloneDX",
  description:
    "Packages of dpkg, rpm, apk, pacman and pip with their licences, git repositories that\nsource-repositories fetched, and files that no package owns; each with the element and\nthe script that brought it, as far as the build is known.",
  arguments: [{ name: "IMAGE", summary: `${IMAGE_WORDS} (default: the newest build)` }],
  options: {
    format: {
      type: "string",
      value: "FORMAT",
      choices: ["spdx-json", "cyclonedx-json"],
      default: "spdx-json",
      summary: "SPDX 2.3 or CycloneDX 1.6, as JSON",
    },
    output: { type: "string", short: "o", value: "FILE", summary: "write it there instead of to stdout" },
    ...contentsOptions,
    ...storeOptions,
  },
  examples: [
    { command: "dibkit sbom debian.qcow2 -o debian.spdx.json", does: "writes what the image consists of as SPDX" },
    { command: "dibkit sbom --format cyclonedx-json", does: "prints the parts of the newest build as CycloneDX" },
    { command: "dibkit sbom debian.tar --file", does: "reads the finished image, without knowing who wrote what" },
  ],
  namespace: "layers",
  async run({ arguments: words, options }, terminal) {
    const store = await openStore(terminal, options.cacheDir);
    const code = await withContents(terminal, store, words.IMAGE, options.file, async (image) => {
      const { createCommandRunner } = await import("@dibkit/exec");
      const { cyclonedxDocument, imageParts, spdxDocument } = await import("@dibkit/contents");
      const parts = await imageParts(image, createCommandRunner({ signal: terminal.signal }));
      const version = dibkitVersion();
      const created = image.built === undefined ? new Date() : new Date(image.built);
      const request = { parts, created, version };
      const text =
        options.format === "spdx-json"
          ? JSON.stringify(spdxDocument(request), null, 2)
          : await cyclonedxDocument(request);
      if (options.output !== undefined) {
        const { writeWhole } = await import("../write-whole.js");
        const path = resolvePath(terminal.cwd, options.output);
        return (await writeWhole(terminal, path, `${text}\n`, { what: "bill of materials", option: "--output" }))
          ? 0
          : 1;
      }
      terminal.stdout.write(`${text}\n`);
      return 0;
    });
    return code ?? 2;
  },
});
