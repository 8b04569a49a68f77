import { defineConfig } from "@dibkit/model";
import webMatrix from "./web.matrix.ts";
import webServer from "./web-server.image.ts";

export default defineConfig({
  elements: ["elements/*.ts"],
  images: [webServer],
  matrices: [webMatrix],
});
