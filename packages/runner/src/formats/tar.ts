import { defineFormat } from "./format.js";
import { runFormatTool } from "./format-failure.js";
import { tarCommand, tarTool } from "./tar-archive.js";

export default defineFormat({
  name: "tar",
  summary: "the root tree as an archive",
  extension: "tar",
  source: "tree",
  tools: [tarTool],
  write: ({ request, context, sourcePath, targetPath }) =>
    runFormatTool("tar", tarCommand(sourcePath, targetPath, request), context),
});
