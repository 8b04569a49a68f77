import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { fromSource, ownPackages } from "./own-packages.js";

const hooks = new URL("./module-hooks.mjs", import.meta.url);

let registered: Promise<void> | undefined;

/** Teaches this process to import TypeScript modules. Costs nothing the second time. */
export function registerHooks(): Promise<void> {
  registered ??= register();
  return registered;
}

async function register(): Promise<void> {
  const data = { packages: ownPackages(), preferOwn: fromSource };
  // Hooks on the importing thread (Node 22.15 and later) start faster than those on one of their own.
  const inThread = (nodeModule as { registerHooks?: (hooks: object) => void }).registerHooks;
  if (inThread) {
    const { nativeImport } = loadNativeImport();
    const { initialize, resolve, load } = (await nativeImport(
      hooks.href,
    )) as unknown as typeof import("./module-hooks.mjs");
    initialize(data);
    inThread({ resolve, load });
  } else nodeModule.register(hooks, { data });
}

/** Node's own dynamic import. */
export function loadNativeImport(): typeof import("./native-import.cjs") {
  return nodeModule.createRequire(fileURLToPath(import.meta.url))("./native-import.cjs");
}
