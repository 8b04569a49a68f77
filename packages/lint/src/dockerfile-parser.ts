import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Few elements have Containerfiles: their parser is loaded for those only. Browsers get `dockerfile-parser-browser`. */
export function dockerfileParser(): typeof import("dockerfile-utils") {
  return require("dockerfile-utils") as typeof import("dockerfile-utils");
}
