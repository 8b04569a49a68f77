import { defineQemuFormat } from "./qemu-image.js";

export default defineQemuFormat({
  name: "qcow2",
  summary: "QEMU's format, compressed unless -u is given",
  options: ({ compress, qemuImgOptions }) => {
    // zstd is many times faster than zlib; images for QEMU older than 1.1 (compat=0.10) cannot have it.
    const old = qemuImgOptions?.includes("compat=0.10") ?? false;
    return { switches: compress ? ["-c"] : [], creation: compress && !old ? ["compression_type=zstd"] : [] };
  },
});
