import { defineQemuFormat } from "./qemu-image.js";

export default defineQemuFormat({ name: "vhdx", summary: "Hyper-V's format" });
