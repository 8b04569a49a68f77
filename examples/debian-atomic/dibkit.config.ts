import { defineConfig } from "@dibkit/model";
import debianAtomic from "./debian-atomic.image.ts";

export default defineConfig({
  elements: ["elements/*.ts"],
  images: [debianAtomic],
});
