import { defineQemuFormat } from "./qemu-image.js";

export default defineQemuFormat({
  name: "vhd",
  driver: "vpc",
  summary: "Virtual PC's format, for Xen and Azure",
  // Without it the size is rounded to the geometry of an ancient disk.
  options: () => ({ switches: [], creation: ["force_size=on"] }),
});
