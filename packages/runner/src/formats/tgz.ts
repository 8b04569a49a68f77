import { defineFormat } from "./format.js";
import { archiveTree, tarTool } from "./tar-archive.js";

export default defineFormat({
  name: "tgz",
  summary: "the root tree as an archive, compressed by gzip or DIB_GZIP_BIN",
  extension: "tgz",
  source: "tree",
  tools: [tarTool, { program: "gzip", debianPackage: "gzip", purpose: "compress archives" }],
  write: ({ request, context, sourcePath, targetPath }) => {
    // pigz notes the time even when it reads a pipe.
    const timeless = request.sourceDate === undefined ? [] : ["-n"];
    const compress = [...(request.gzip ?? "gzip").split(" "), "-9", ...timeless];
    return archiveTree({ format: "tgz", tree: sourcePath, target: targetPath, compress }, request, context);
  },
});
