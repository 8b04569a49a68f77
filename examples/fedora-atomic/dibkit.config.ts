import { defineConfig } from "@dibkit/model";
import fedoraAtomic from "./fedora-atomic.image.ts";

export default defineConfig({
  elements: ["elements/*.ts"],
  images: [fedoraAtomic],
});
