import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DOCKER_SOCKET } from "./docker-daemon.js";
import { defineFormat } from "./format.js";
import { runFormatTool } from "./format-failure.js";
import { archiveTree, tarTool } from "./tar-archive.js";

/** A repository, perhaps with the registry's host and port before it, and a tag. */
const IMAGE_NAME = /^([\w.-]+(:\d+)?\/)?[a-z\d]+([._/-]+[a-z\d]+)*(:\w[\w.-]{0,127})?$/;

export default defineFormat({
  name: "docker",
  summary: "an image of the local docker daemon, named by --docker-target",
  extension: undefined,
  source: "tree",
  tools: [tarTool, { program: "docker", debianPackage: "docker.io", purpose: "import images into docker" }],
  check: ({ dockerTarget = "" }) =>
    IMAGE_NAME.test(dockerTarget)
      ? undefined
      : {
          kind: "format-option-missing",
          format: "docker",
          message:
            dockerTarget === ""
              ? "format docker needs a name for the image"
              : `"${dockerTarget}" is not a name that docker gives to an image`,
          help: 'give "--docker-target REPOSITORY:TAG", in lower case, or use format oci for an archive',
        },
  async write({ request, context, sourcePath }) {
    const archive = join(context.scratchDirectory, "docker-import.tar");
    const undo = context.undo.defer(`remove ${archive}`, () => rm(archive, { force: true }));
    const written = await archiveTree({ format: "docker", tree: sourcePath, target: archive }, request, context);
    const socket = join(context.scratchDirectory, DOCKER_SOCKET);
    const daemon = existsSync(socket) ? ["--host", `unix://${socket}`] : [];
    const words = ["docker", ...daemon, "import", archive, request.dockerTarget ?? ""];
    const imported = written.ok ? await runFormatTool("docker", words, context) : written;
    await undo.now();
    if (imported.ok) context.emit({ type: "note", message: `docker has it now as ${request.dockerTarget}` });
    return imported;
  },
});
