import type { Element } from "@dibkit/model";
import type { BindingsReport } from "./bindings/write-bindings.js";
import type { ImportOptions, ImportReport } from "./import/import-elements.js";
import type { WatchOptions } from "./watch-project.js";

// What compiling itself does not need is loaded by those who call it, so that compiling starts sooner.

/** See `import/import-elements.ts`. */
export async function importElements(options: ImportOptions): Promise<ImportReport> {
  return (await import("./import/import-elements.js")).importElements(options);
}

/** See `bindings/write-bindings.ts`. */
export async function writeBindings(elements: ReadonlyMap<string, Element>, outDir: string): Promise<BindingsReport> {
  return (await import("./bindings/write-bindings.js")).writeBindings(elements, outDir);
}

/** See `watch-project.ts`. */
export async function watchProject(options: WatchOptions): Promise<void> {
  return (await import("./watch-project.js")).watchProject(options);
}
