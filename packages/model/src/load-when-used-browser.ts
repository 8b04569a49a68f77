import * as jsonc from "jsonc-parser";
import * as yaml from "yaml";

/** The parsers as a bundle for browsers holds them; package.json names this file in the place of `load-when-used`. */
export const loadWhenUsed = {
  jsonc: (): typeof import("jsonc-parser") => jsonc,
  yaml: (): typeof import("yaml") => yaml,
};
