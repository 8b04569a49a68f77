import { buildOptions } from "../building/build-options.js";
import { lockOptions } from "../building/lock-options.js";
import { planImage } from "../building/plan-image.js";
import { defineCommand } from "../command.js";
import { MODULE } from "../project/select-image.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "build",
  group: "build",
  summary: "build an image from elements or an image definition",
  description:
    'Takes the flags of disk-image-create. Every script\'s effect is kept as a layer, so a second build runs only what\nchanged. Root builds as root, an ordinary\nuser in a user namespace, where one with subordinate ids may; "dibkit doctor" tells what is missing.',
  arguments: [
    {
      name: "ELEMENT|IMAGE",
      summary: "elements, or image definitions (IMAGE.ts); with --all a matrix, where the project has several",
      variadic: true,
    },
  ],
  options: {
    ...buildOptions,
    verbose: { type: "boolean", short: "v", summary: "show everything that scripts print" },
    jobs: {
      type: "number",
      short: "j",
      value: "N",
      integer: true,
      minimum: 1,
      default: 2,
      summary: "of several images, how many are built at the same time",
    },
    all: {
      type: "boolean",
      summary:
        "build every image of the project's matrix, what they share once; -o then names the directory they go to",
    },
    verify: {
      type: "boolean",
      summary: "build twice from nothing and say which bytes differ, and which script wrote them",
    },
    locked: {
      type: "boolean",
      summary: "build from the lock alone: what it does not have is refused, and what is installed compared with it",
    },
    ...lockOptions,
    withElements: {
      ...{ type: "string", value: "DIR", hidden: true },
      summary: "of a locked build: elements that are added to the image, which the lock does not have",
    },
    watch: {
      type: "boolean",
      summary: "lint and build again whenever a file of the project or its elements changes, until Ctrl-C",
    },
    engine: {
      type: "string",
      value: "ENGINE",
      choices: ["dibkit", "upstream"],
      default: "dibkit",
      summary: "who builds: dibkit, or the installed diskimage-builder in a sandbox",
    },
  },
  examples: [
    { command: "dibkit build vm debian-minimal -o debian", does: "writes debian.qcow2" },
    { command: "dibkit build web-server.image.ts -t qcow2,tar", does: "writes both formats of a defined image" },
    {
      command: "dibkit build web.image.ts db.image.ts",
      does: "builds both side by side; what they share is made once",
    },
    { command: "dibkit build --all -o out", does: "builds the cells of the project's matrix into out/" },
    {
      command: "dibkit build web-server.image.ts --locked",
      does: "builds from what dibkit.lock has, without a network",
    },
    { command: "dibkit build web-server.image.ts --watch", does: "builds on every save, from the step that changed" },
    { command: "dibkit build web-server.image.ts --verify", does: "ends with 1 when two builds are not the same" },
  ],
  namespace: "build",
  async run({ arguments: words, options }, terminal) {
    const images = words["ELEMENT|IMAGE"];
    if (images.length === 0 && !options.all) {
      const help = "name elements or an image definition, or give --all for the project's matrix";
      return usageFailure(terminal, '"dibkit build" needs ELEMENT|IMAGE', help);
    }
    if (options.watch) {
      if (
        options.all ||
        options.verify ||
        options.locked ||
        options.engine === "upstream" ||
        images.filter(isModule).length > 1
      )
        return usageFailure(terminal, "--watch builds one image, by dibkit itself", "name one, without other modes");
      return (await import("../building/watch-build.js")).watchBuild(terminal, images, options);
    }
    // Before anything large is loaded: whoever starts a build sees at once that it has begun.
    terminal.stderr.write(`checking and planning ${images.length === 0 ? "the matrix" : images.join(" ")}\n`);
    if (options.locked) {
      const { buildLocked } = await import("../proof/build-locked.js");
      return buildLocked(terminal, images, options);
    }
    if (options.all) {
      if (options.verify || options.engine === "upstream")
        return usageFailure(terminal, "a matrix can only be built, by dibkit itself", "name one image");
      if (images.length > 1) return usageFailure(terminal, "--all builds one matrix", "name no images beside it");
      const { buildAll } = await import("../matrix/build-all.js");
      return buildAll(terminal, images[0], options);
    }
    if (images.length > 1 && images.every(isModule)) {
      if (options.verify || options.engine === "upstream") {
        return usageFailure(terminal, "several images can only be built, by dibkit itself", "name one image");
      }
      const { buildSeveral } = await import("../building/build-several.js");
      return buildSeveral(terminal, images, options);
    }
    const planned = await planImage(terminal, images, options, options.verbose);
    if (!planned.ok) return planned.exitCode;
    if (options.engine === "upstream") {
      if (options.verify) return usageFailure(terminal, "--verify compares builds of dibkit, not of upstream");
      const { buildWithUpstream } = await import("../building/build-with-upstream.js");
      return buildWithUpstream(planned.plan, terminal);
    }
    if (options.verify) {
      const { verifyImage } = await import("../building/verify-image.js");
      return verifyImage(planned.plan, terminal, options.verbose);
    }
    return (await import("../building/build-planned.js")).buildPlanned(terminal, planned.plan, options);
  },
});

function isModule(word: string): boolean {
  return MODULE.test(word);
}
