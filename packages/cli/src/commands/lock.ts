import { buildOptions, imageArguments } from "../building/build-options.js";
import { lockOptions } from "../building/lock-options.js";
import { defineCommand } from "../command.js";

export default defineCommand({
  name: "lock",
  group: "build",
  summary: "write down what an image is built from, for builds from the same",
  description:
    'Builds the image as "dibkit build --network recorded" does, keeps what its scripts fetch in the cache, and writes\ndibkit.lock: packages, git commits, elements, and each answer that scripts got. "dibkit build --locked" then builds\nfrom that alone.',
  arguments: imageArguments,
  options: {
    ...buildOptions,
    ...lockOptions,
    update: { type: "boolean", summary: "fetch anew, show what differs from the lock, and write it" },
    only: {
      type: "string",
      value: "KINDS",
      summary: "of an update: what is fetched anew (apt, rpm, git, python, file; or elements), all else from the lock",
    },
    check: { type: "boolean", summary: "of an update: write nothing, and end with 1 when something differs" },
    verbose: { type: "boolean", short: "v", summary: "show everything that scripts print" },
  },
  examples: [
    { command: "dibkit lock web-server.image.ts", does: "builds the image and writes dibkit.lock" },
    {
      command: "dibkit lock web-server.image.ts --update --only apt",
      does: "takes today's packages, and all else as the lock has it",
    },
    {
      command: "dibkit lock web-server.image.ts --cache-to registry.example.org/team/cache",
      does: "also uploads all bytes that the lock names, for builds on other machines",
    },
  ],
  namespace: "build",
  async run({ arguments: words, options }, terminal) {
    const { writeLock } = await import("../proof/write-lock.js");
    return writeLock(terminal, words["ELEMENT|IMAGE"], options);
  },
});
