import { rm } from "node:fs/promises";
import { join } from "node:path";
import { defineFormat } from "./format.js";
import { runFormatTool } from "./format-failure.js";
import { tarCommand, tarTool } from "./tar-archive.js";

export default defineFormat({
  name: "docker",
  summary: "an image of the local docker daemon, named by --docker-target",
  extension: undefined,
  source: "tree",
  tools: [tarTool, { program: "docker", debianPackage: "docker.io", purpose: "import images into docker" }],
  check: ({ dockerTarget }) =>
    dockerTarget !== undefined && dockerTarget !== ""
      ? undefined
      : {
          kind: "format-option-missing",
          format: "docker",
          message: "format docker needs a name for the image",
          help: 'give "--docker-target REPOSITORY:TAG", or use format oci for an archive',
        },
  async write({ request, context, sourcePath }) {
    const archive = join(context.scratchDirectory, "docker-import.tar");
    const undo = context.undo.defer(`remove ${archive}`, () => rm(archive, { force: true }));
    const written = await runFormatTool("docker", tarCommand(sourcePath, archive, request), context);
    const imported = written.ok
      ? await runFormatTool("docker", ["docker", "import", archive, request.dockerTarget ?? ""], context)
      : written;
    await undo.now();
    return imported;
  },
});
