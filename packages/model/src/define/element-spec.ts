import type { Architecture } from "../architectures.js";
import type { BlockDeviceTreeSpec } from "./block-device-spec.js";
import type { CallSite } from "./call-site.js";
import type { AnyElementReference } from "./element-reference.js";
import type { VariableDeclaration } from "./environment.js";
import type { FileContent, FileReference, FileTreeSpec } from "./file-content.js";
import type { PkgMapSpec, SvcMapSpec } from "./map-spec.js";
import type { PackagesSpec } from "./package-spec.js";
import type { ScriptDefinition } from "./script.js";
import type { SourceRepositoriesSpec } from "./source-repository-spec.js";

/** Init systems upstream's `dib-init-system` knows. */
export type InitSystem = "systemd" | "upstart" | "sysv" | "openrc";

/** What an element is made of. A `FileReference` in place of structure takes a file as it is. */
export interface ElementSpec {
  /** One line: what an image gains by the element. */
  readonly summary?: string;
  /** Paragraphs for the README, in reStructuredText. */
  readonly description?: string;
  /** Elements this one needs. */
  readonly deps?: readonly AnyElementReference[];
  /** Elements, real or virtual, that this one stands for. */
  readonly provides?: readonly string[];
  /** Environment variables the element declares. */
  readonly environment?: { readonly [name: string]: VariableDeclaration };
  /** Distribution packages; needs the element `package-installs`. */
  readonly packages?: PackagesSpec | FileReference;
  /** Names of packages by distribution; needs the element `pkg-map`. */
  readonly pkgMap?: PkgMapSpec | FileReference;
  /** Names of services by distribution; needs the element `svc-map`. */
  readonly svcMap?: SvcMapSpec | FileReference;
  /** What to fetch into the image; needs the element `source-repositories`. */
  readonly sourceRepositories?: { readonly [key: string]: SourceRepositoriesSpec[string] | FileReference };
  /** Disk layouts: `default`, or for one architecture. */
  readonly blockDevices?: { readonly [A in "default" | Architecture]?: BlockDeviceTreeSpec | FileReference };
  /** Hook scripts, in any order. */
  readonly scripts?: readonly ScriptDefinition[];
  /** Files copied into the image by their path in it; needs the element `install-static`. */
  readonly static?: FileTreeSpec;
  /** Programs for the build, by name; needs the element `install-bin`. */
  readonly bin?: FileTreeSpec;
  /** Service files by init system; needs the element `dib-init-system`. */
  readonly initScripts?: { readonly [I in InitSystem]?: FileTreeSpec };
  /** Scripts of `install.d` for one install type, such as `source` or `package`; needs the element `install-types`. */
  readonly installTypes?: { readonly [type: string]: readonly ScriptDefinition[] };
  /** Elements that test this one, by the name of the case. */
  readonly testElements?: { readonly [name: string]: TestElement };
  /** The README instead of the one made from summary, description and environment; `false` for none. */
  readonly readme?: FileContent | false;
  /** Any other file by its path in the element; none that a field above writes already. */
  readonly files?: FileTreeSpec;
  /**
   * How files that the fields above write are laid out, by their path in the element: their comments, order and blank
   * lines are kept, and what the fields say otherwise is merged into them. `dibkit import` writes it.
   */
  readonly layout?: FileTreeSpec;
}

/** An element that tests another one; it lies in `test-elements/<case>` and takes its name from there. */
export interface TestElement {
  readonly dibkit: "test-element";
  readonly spec: ElementSpec;
  readonly site: CallSite | undefined;
}
