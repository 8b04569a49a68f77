import { defineConfig } from "@dibkit/model";
import webServer from "./web-server.image.ts";

export default defineConfig({
  elements: ["elements/*.ts"],
  images: [webServer],
});
