import { defineQemuFormat } from "./qemu-image.js";

export default defineQemuFormat({ name: "vmdk", summary: "VMware's format" });
