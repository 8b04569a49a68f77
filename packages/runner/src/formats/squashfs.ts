import { inUserNamespace } from "@dibkit/exec";
import { type DevicePlaceholder, listPlaceholders } from "../host/device-placeholders.js";
import { defineFormat } from "./format.js";
import { runFormatTool } from "./format-failure.js";

export default defineFormat({
  name: "squashfs",
  summary: "the root tree as a read-only compressed filesystem",
  extension: "squash",
  source: "tree",
  tools: [{ program: "mksquashfs", debianPackage: "squashfs-tools", purpose: "write squashfs images" }],
  async write({ request, context, sourcePath, targetPath }) {
    const devices = inUserNamespace() ? await listPlaceholders(sourcePath, context.commands) : [];
    // What stands for a device has to be left out, or it stays in its place.
    const nodes = devices.flatMap((device) => ["-p", pseudoFile(device)]);
    const left = devices.flatMap(({ path }) => ["-e", path.replace(/[*?[\\]/g, "\\$&")]);
    const exclude = ["-wildcards", ...left, "-e", "proc/*", "-e", "sys/*"];
    const options = ["-comp", "xz", "-noappend", "-root-becomes", sourcePath, "-no-recovery", "-no-progress", "-quiet"];
    const date = request.sourceDate === undefined ? [] : ["env", `SOURCE_DATE_EPOCH=${request.sourceDate}`];
    const command = [...date, "mksquashfs", sourcePath, targetPath, ...options, ...nodes, ...exclude];
    return runFormatTool("squashfs", command, context);
  },
});

/** A device as mksquashfs takes it: `dev/null c 666 0 0 1 3`. */
function pseudoFile({ path, type, mode, uid, gid, major, minor }: DevicePlaceholder): string {
  const name = `"${path.replace(/["\\]/g, "\\$&")}"`;
  return [name, type, mode.toString(8), uid, gid, major, minor].join(" ");
}
