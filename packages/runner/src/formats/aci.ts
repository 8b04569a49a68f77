import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { ok } from "@dibkit/model";
import { defineFormat } from "./format.js";
import { notWritable, runFormatTool } from "./format-failure.js";
import { archiveTree, tarTimes, tarTool } from "./tar-archive.js";

export default defineFormat({
  name: "aci",
  summary: "an App Container image; needs ACI_MANIFEST to be usable",
  extension: "aci",
  source: "tree",
  tools: [tarTool],
  async write({ request, context, sourcePath, targetPath }) {
    const more = ["--transform", "s,^.,rootfs,S"];
    const written = await archiveTree({ format: "aci", tree: sourcePath, target: targetPath, more }, request, context);
    if (!written.ok) return written;
    if (request.aciManifest === undefined || request.aciManifest === "") {
      context.emit({
        type: "warning",
        message: "ACI_MANIFEST is not set, so the aci image has no manifest and is not usable",
      });
      return ok(undefined);
    }
    const manifest = join(context.scratchDirectory, "manifest");
    try {
      await copyFile(request.aciManifest, manifest);
    } catch (error) {
      return notWritable(request.aciManifest, error);
    }
    return runFormatTool(
      "aci",
      ["tar", "-C", context.scratchDirectory, ...tarTimes(request), "--append", "-f", targetPath, "manifest"],
      context,
    );
  },
});
