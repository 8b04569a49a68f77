import { defineFormat } from "./format.js";
import { runFormatTool } from "./format-failure.js";

export default defineFormat({
  name: "squashfs",
  summary: "the root tree as a read-only compressed filesystem",
  extension: "squash",
  source: "tree",
  tools: [{ program: "mksquashfs", debianPackage: "squashfs-tools", purpose: "write squashfs images" }],
  write: ({ request, context, sourcePath, targetPath }) => {
    const exclude = ["-wildcards", "-e", "proc/*", "-e", "sys/*"];
    const options = ["-comp", "xz", "-noappend", "-root-becomes", sourcePath, "-no-recovery", "-no-progress", "-quiet"];
    const date = request.sourceDate === undefined ? [] : ["env", `SOURCE_DATE_EPOCH=${request.sourceDate}`];
    const command = [...date, "mksquashfs", sourcePath, targetPath, ...options, ...exclude];
    return runFormatTool("squashfs", command, context);
  },
});
