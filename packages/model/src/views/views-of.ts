import type { Element } from "../element.js";
import { parseBlockDevices } from "./block-devices.js";
import type { ElementViews } from "./element-views.js";
import { parseEnvironmentFiles } from "./environment-files.js";
import { parseHookScripts, parsePhaseFiles, parseUnknownPhases } from "./hook-scripts.js";
import { parseInitScripts } from "./init-scripts.js";
import { parseInstallTypes } from "./install-types.js";
import { parseLegacyPackageInstalls } from "./legacy-package-installs.js";
import { nameList } from "./name-list.js";
import { parseOtherFiles } from "./other-files.js";
import { parsePackageInstalls } from "./package-installs.js";
import { parsePkgMap } from "./pkg-map.js";
import { parseReadme } from "./readme.js";
import { parseSourceRepositories } from "./source-repositories.js";
import { parseBinFiles, parseStaticFiles } from "./static-files.js";
import { parseSvcMap } from "./svc-map.js";
import { parseTestElements } from "./test-elements.js";

const PARSERS: { readonly [K in keyof ElementViews]: (element: Element) => ElementViews[K] } = {
  deps: (element) => nameList(element, "element-deps"),
  provides: (element) => nameList(element, "element-provides"),
  scripts: parseHookScripts,
  phaseFiles: parsePhaseFiles,
  unknownPhases: parseUnknownPhases,
  environment: parseEnvironmentFiles,
  packageInstalls: parsePackageInstalls,
  legacyPackageInstalls: parseLegacyPackageInstalls,
  pkgMap: parsePkgMap,
  svcMap: parseSvcMap,
  sourceRepositories: parseSourceRepositories,
  blockDevices: parseBlockDevices,
  installTypes: parseInstallTypes,
  initScripts: parseInitScripts,
  static: parseStaticFiles,
  bin: parseBinFiles,
  testElements: parseTestElements,
  readme: parseReadme,
  otherFiles: parseOtherFiles,
};

/** Names of all views, for whoever wants to go through them. */
export const VIEW_NAMES = Object.keys(PARSERS) as readonly (keyof ElementViews)[];

const viewsByElement = new WeakMap<Element, ElementViews>();

/** The typed views on an element. Each is parsed when first asked for, and the same object is given each time. */
export function viewsOf(element: Element): ElementViews {
  const known = viewsByElement.get(element);
  if (known) return known;
  const views = {} as ElementViews;
  for (const name of VIEW_NAMES) {
    Object.defineProperty(views, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = PARSERS[name](element);
        Object.defineProperty(views, name, { value, enumerable: true });
        return value;
      },
    });
  }
  viewsByElement.set(element, views);
  return views;
}
