import type { Catalog } from "./catalog.js";
import { elementsPath } from "./elements-path.js";
import { loadCatalog } from "./load-catalog.js";
import { upstreamInstallation } from "./upstream-installation.js";

/** All elements a command has in reach: those in `directories`, on `ELEMENTS_PATH`, and upstream's own. */
export function installedCatalog(
  env: Readonly<Record<string, string | undefined>>,
  directories: readonly string[],
): Catalog {
  const upstream = upstreamInstallation(env);
  const catalog = loadCatalog(elementsPath(env, directories, upstream ? [upstream.elements] : []));
  // Its elements may be on the path without the rest of it; `base` is the one that nearly every image has.
  if (upstream !== undefined || catalog.elements.has("base")) return catalog;
  return Object.assign(catalog, { lacksUpstream: true });
}
