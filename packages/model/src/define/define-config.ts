import type { Severity } from "../diagnostic.js";
import type { ElementDefinition } from "./define-element.js";
import type { ImageDefinition } from "./define-image.js";

/** What `dibkit.config.ts` may say. Paths are relative to its directory. */
export interface ProjectConfig {
  /** Modules that export elements and images (globs such as `elements/*.ts`), and definitions themselves. */
  readonly elements?: readonly (string | ElementDefinition)[];
  /** Directories of existing elements, in order of precedence; `$ELEMENTS_PATH` and upstream's come after them. */
  readonly elementsPath?: readonly string[];
  /** Named sets of rule severities, applied in order before `rules`. */
  readonly presets?: readonly string[];
  /** Severity per lint rule. */
  readonly rules?: { readonly [rule: string]: Severity | "off" };
  readonly images?: readonly ImageDefinition[];
}

/** A project's configuration: `export default defineConfig({…})` in `dibkit.config.ts`. */
export function defineConfig(config: ProjectConfig): ProjectConfig & { readonly dibkit: "config" } {
  return { dibkit: "config", ...config };
}
