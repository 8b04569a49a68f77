import type { ImageEntry } from "@dibkit/model";
import { defineCommand, type ExitCode } from "../command.js";
import type { Terminal } from "../terminal.js";
import { usageFailure, writeTrouble } from "../terminal.js";

export default defineCommand({
  name: "images",
  group: "build",
  summary: "build the images of YAML image files, as upstream's diskimage-builder command does",
  description:
    "An image file is a list of mappings whose keys are the flags of disk-image-create. Entries of one imagename are\nmerged over all files: lists are appended, mappings updated, anything else replaced.",
  arguments: [{ name: "FILE.yaml", summary: "image files", required: true, variadic: true }],
  options: {
    dryRun: { type: "boolean", summary: "print the commands that would run, and run nothing" },
    stopOnFailure: { type: "boolean", summary: "build no more images when one fails" },
  },
  examples: [
    { command: "dibkit images images.yaml", does: "builds every image in the file" },
    { command: "dibkit images base.yaml site.yaml --dry-run", does: "shows what the merged files ask for" },
  ],
  async run({ arguments: words, options }, terminal) {
    const images = await readImages(words["FILE.yaml"], terminal);
    if (typeof images === "number") return images;
    const commands = images.map((image) => commandOf(image));
    if (options.dryRun) {
      const { imageArguments } = await import("@dibkit/runner");
      const { shellCommand } = await import("@dibkit/exec");
      for (const [index, image] of images.entries()) {
        const variables = Object.entries(image.environment ?? {}).map(
          ([name, value]) => `${name}=${shellCommand(value)} `,
        );
        const words = shellCommand(commands[index] as string, ...imageArguments(image));
        terminal.stdout.write(`${variables.join("")}${words}\n`);
      }
      return 0;
    }
    const failed: string[] = [];
    for (const [index, image] of images.entries()) {
      const code = await buildOne(image, commands[index] as string, terminal);
      if (code === 130) return 130;
      if (code !== 0) failed.push(image.imagename ?? "image");
      if (code !== 0 && options.stopOnFailure) break;
    }
    if (failed.length === 0) return 0;
    const names = failed.map((name) => `"${name}"`).join(", ");
    writeTrouble(terminal, `${failed.length} of ${images.length} images could not be built: ${names}`);
    return 3;
  },
});

function commandOf(image: ImageEntry): string {
  return image.ramdisk ? "dibkit-ramdisk-image-create" : "dibkit-image-create";
}

/** All images of the files, merged; or the exit code when a file is wrong, which has been told. */
async function readImages(paths: readonly string[], terminal: Terminal): Promise<readonly ImageEntry[] | ExitCode> {
  const [{ mergeImageEntries, readImageFile }, { readNamedFile }, { resolve }, { reportFindings }] = await Promise.all([
    import("@dibkit/runner"),
    import("@dibkit/model"),
    import("node:path"),
    import("../report-failure.js"),
  ]);
  const entries: ImageEntry[] = [];
  let broken = false;
  for (const path of paths) {
    const bytes = await readNamedFile(resolve(terminal.cwd, path));
    const content = readImageFile(resolve(terminal.cwd, path), bytes);
    entries.push(...content.entries);
    if (content.diagnostics.length > 0) await reportFindings(terminal, content.diagnostics);
    broken ||= content.diagnostics.some(({ severity }) => severity === "error");
  }
  if (broken) return 2;
  if (entries.length > 0) return mergeImageEntries(entries);
  const files = paths.map((path) => `"${path}"`).join(" and ");
  const help = 'write a list of mappings with "imagename" and "elements"';
  return usageFailure(terminal, `${files} ${paths.length === 1 ? "defines" : "define"} no image`, help);
}

async function buildOne(image: ImageEntry, program: string, terminal: Terminal): Promise<number> {
  const [{ imageArguments }, { imageCreate }] = await Promise.all([
    import("@dibkit/runner"),
    import("../image-create/image-create.js"),
  ]);
  const env = { ...terminal.env, ...image.environment };
  terminal.stderr.write(`building ${image.imagename ?? "image"}\n`);
  return imageCreate(program, imageArguments(image), "", { ...terminal, env });
}
