import { defineFormat } from "./format.js";
import { archiveTree, tarTool } from "./tar-archive.js";

export default defineFormat({
  name: "tar",
  summary: "the root tree as an archive",
  extension: "tar",
  source: "tree",
  tools: [tarTool],
  write: ({ request, context, sourcePath, targetPath }) =>
    archiveTree({ format: "tar", tree: sourcePath, target: targetPath }, request, context),
});
