import type { Element, ElementFile } from "../element.js";
import type { BlockDeviceConfig } from "./block-devices.js";
import type { EnvironmentFile } from "./environment-files.js";
import type { HookScript, PhaseFile, UnknownPhaseDirectory } from "./hook-scripts.js";
import type { InitScript } from "./init-scripts.js";
import type { InstallType } from "./install-types.js";
import type { LegacyPackageInstall } from "./legacy-package-installs.js";
import type { NameEntry } from "./name-list.js";
import type { PackageInstall } from "./package-installs.js";
import type { PkgMap } from "./pkg-map.js";
import type { Readme } from "./readme.js";
import type { SourceRepository } from "./source-repositories.js";
import type { BinFile, StaticFile } from "./static-files.js";
import type { SvcMap } from "./svc-map.js";
import type { View } from "./view.js";

/** Every typed view on an element's files. Each is parsed on first access and kept. */
export interface ElementViews {
  /** `element-deps`. */
  readonly deps: View<readonly NameEntry[]>;
  /** `element-provides`. */
  readonly provides: View<readonly NameEntry[]>;
  /** Files directly in phase directories, in phase order, then in the order dib-run-parts would run them. */
  readonly scripts: View<readonly HookScript[]>;
  /** What else lies in phase directories: files in sub-directories, dangling links. */
  readonly phaseFiles: View<readonly PhaseFile[]>;
  /** Top-level `*.d` directories that are neither a phase nor `environment.d`. */
  readonly unknownPhases: View<readonly UnknownPhaseDirectory[]>;
  /** `environment.d`, in the order dib-run-parts would source it. */
  readonly environment: View<readonly EnvironmentFile[]>;
  /** `package-installs.json` and `package-installs.yaml`, in that order, as upstream reads them. */
  readonly packageInstalls: View<readonly PackageInstall[]>;
  /** `package-installs-*` in phase directories. */
  readonly legacyPackageInstalls: View<readonly LegacyPackageInstall[]>;
  readonly pkgMap: View<PkgMap | undefined>;
  readonly svcMap: View<SvcMap | undefined>;
  /** Lines of all `source-repository-*` files. */
  readonly sourceRepositories: View<readonly SourceRepository[]>;
  /** `block-device-*.yaml`. */
  readonly blockDevices: View<readonly BlockDeviceConfig[]>;
  /** `install.d/<prefix>-<type>-install/`. */
  readonly installTypes: View<readonly InstallType[]>;
  /** `init-scripts/<init>/`. */
  readonly initScripts: View<readonly InitScript[]>;
  /** `static/`, copied into the image by upstream's `install-static`. */
  readonly static: View<readonly StaticFile[]>;
  /** `bin/`, installed by upstream's `install-bin` and on the PATH of host phases. */
  readonly bin: View<readonly BinFile[]>;
  /** `test-elements/<case>/`, each an element of its own. */
  readonly testElements: View<readonly Element[]>;
  readonly readme: View<Readme | undefined>;
  /** What no other view explains, sorted by path. */
  readonly otherFiles: View<readonly ElementFile[]>;
}
