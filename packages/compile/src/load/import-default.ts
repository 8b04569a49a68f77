import { pathToFileURL } from "node:url";
import { type Diagnostic, err, ok, type Result } from "@dibkit/model";
import { loadFailure } from "./load-failure.js";
import { loadNativeImport, registerHooks } from "./register-hooks.js";

/** Why there is no value: nothing has that name, or it cannot be run. */
export type ImportFailure = { readonly kind: "missing" } | { readonly kind: "broken"; readonly diagnostic: Diagnostic };

let generation = 0;

/**
 * The default export of a module, TypeScript too, by the name that a module at `from` would import it by: a package, or a
 * path that begins with a dot. A file is run anew by every call, a package only by the first.
 */
export async function importDefault(name: string, from: string): Promise<Result<unknown, ImportFailure>> {
  generation += 1;
  await registerHooks();
  const parent = pathToFileURL(from);
  parent.searchParams.set("dibkit", `default-${generation}`);
  const url = `dibkit-import:${encodeURIComponent(name)}?from=${encodeURIComponent(parent.href)}`;
  try {
    const namespace = (await loadNativeImport().nativeImport(url)) as { readonly default?: unknown };
    return ok(namespace.default);
  } catch (error) {
    if (isMissing(error, name, parent)) return err({ kind: "missing" });
    return err({ kind: "broken", diagnostic: loadFailure(error, from) });
  }
}

/** Whether the module itself is missing, and not one that it imports. */
function isMissing(error: unknown, name: string, parent: URL): boolean {
  const { code, message = "" } = (error ?? {}) as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "ERR_UNSUPPORTED_DIR_IMPORT") return false;
  const [, missing = ""] = /Cannot find (?:package|module) '([^']+)'/.exec(message) ?? [];
  if (!name.startsWith(".")) return missing === name || missing.startsWith(`${name}/`) || missing.endsWith(`/${name}`);
  const wanted = new URL(name, parent).pathname;
  return (
    missing === wanted ||
    missing.startsWith(`${wanted}?`) ||
    (missing.startsWith("file:") && new URL(missing).pathname === wanted) ||
    /directory/i.test(message)
  );
}
