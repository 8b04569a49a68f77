import { rename, rm } from "node:fs/promises";
import { ok } from "@dibkit/model";
import { defineFormat } from "./format.js";
import { notWritable, runFormatTool } from "./format-failure.js";

export default defineFormat({
  name: "raw",
  summary: "the bytes of the disk, in a sparse file",
  extension: "raw",
  source: "image",
  consumesSource: true,
  tools: [],
  async write({ context, sourcePath, targetPath }) {
    try {
      await rename(sourcePath, targetPath);
      return ok(undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EXDEV") return notWritable(targetPath, error);
    }
    const copied = await runFormatTool("raw", ["cp", "--sparse=always", "--", sourcePath, targetPath], context);
    if (copied.ok) await rm(sourcePath, { force: true });
    return copied;
  },
});
