import { defineQemuFormat } from "./qemu-image.js";

export default defineQemuFormat({ name: "vdi", summary: "VirtualBox's format" });
