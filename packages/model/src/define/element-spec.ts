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
export type InitSystem = keyof InitScriptsSpec;

interface InitScriptsSpec {
  /** Units, by file name, for `/usr/lib/systemd/system`. `{ "acme.service": fromFile("./acme.service") }` */
  readonly systemd?: FileTreeSpec;
  /** Jobs, by file name, for `/etc/init`. `{ "acme.conf": fromFile("./acme.conf") }` */
  readonly upstart?: FileTreeSpec;
  /** Scripts, by file name, for `/etc/init.d`. `{ acme: fromFile("./acme.init") }` */
  readonly sysv?: FileTreeSpec;
  /** Scripts, by file name, for `/etc/init.d`. `{ acme: fromFile("./acme.openrc") }` */
  readonly openrc?: FileTreeSpec;
}

type LayoutsByArchitecture = { readonly [A in Architecture]?: BlockDeviceTreeSpec | FileReference };

interface BlockDevicesSpec extends LayoutsByArchitecture {
  /** The layout on architectures that have none of their own. `[{ local_loop: { name: "image0" } }]` */
  readonly default?: BlockDeviceTreeSpec | FileReference;
}

/** What an element is made of. A `FileReference` in place of structure takes a file as it is. */
export interface ElementSpec {
  /** One line: what an image gains by the element. It opens `README.rst`: `"serves pages with nginx"`. */
  readonly summary?: string;
  /** Paragraphs for `README.rst` below the summary, in reStructuredText; indentation that all lines share is taken away. */
  readonly description?: string;
  /** Elements this one needs: definitions, bindings, or names. `[base, elementRef("package-installs")]` */
  readonly deps?: readonly AnyElementReference[];
  /** Elements, real or virtual, that this one stands for: `["operating-system"]`. */
  readonly provides?: readonly string[];
  /** Environment variables the element declares, by name: `{ ACME_PORT: envDefault(80, "the port to listen on") }`. */
  readonly environment?: { readonly [name: string]: VariableDeclaration };
  /**
   * Distribution packages by name, installed in `install.d` unless stated; needs the element `package-installs`.
   * `{ nginx: {}, tcpdump: { when: "ACME_DEBUG=1" } }`
   */
  readonly packages?: PackagesSpec | FileReference;
  /**
   * Names of packages by release, distribution and family; needs the element `pkg-map`.
   * `{ family: { redhat: { nginx: "nginx-core" } } }`
   */
  readonly pkgMap?: PkgMapSpec | FileReference;
  /** Names of services by distribution; needs the element `svc-map`. `{ ssh: { redhat: "sshd", default: "ssh" } }` */
  readonly svcMap?: SvcMapSpec | FileReference;
  /**
   * What to fetch into the image, by the key that ends `source-repository-<key>`; needs the element
   * `source-repositories`. `{ acme: { type: "git", destination: "/opt/acme", location: "https://example.org/acme.git" } }`
   */
  readonly sourceRepositories?: { readonly [key: string]: SourceRepositoriesSpec[string] | FileReference };
  /** Disk layouts in tree notation: `default`, or for one architecture. `{ default: [{ local_loop: { name: "image0" } }] }` */
  readonly blockDevices?: BlockDevicesSpec;
  /** Hook scripts, in any order, each made by the function of its phase: `[install(50, "nginx", bash`…`)]`. */
  readonly scripts?: readonly ScriptDefinition[];
  /** Files copied into the image, by their path in it; needs the element `install-static`. `fromDirectory("./static")` */
  readonly static?: FileTreeSpec;
  /** Programs for the image, by name, mode `0o755` unless stated; needs the element `install-bin`. `{ "acme-version": fromFile("./version.sh") }` */
  readonly bin?: FileTreeSpec;
  /** Service files by init system; needs the element `dib-init-system`. `{ systemd: { "acme.service": fromFile("./acme.service") } }` */
  readonly initScripts?: InitScriptsSpec;
  /** Scripts of `install.d` for one install type; needs the element `install-types`. `{ source: [install(60, "acme", bash`make install`)] }` */
  readonly installTypes?: { readonly [type: string]: readonly ScriptDefinition[] };
  /** Elements that test this one, by the name of the case: `{ builds: testElement({ deps: [elementRef("debian-minimal")] }) }`. */
  readonly testElements?: { readonly [name: string]: TestElement };
  /** `README.rst` instead of the one made from summary, description and environment; `false` for none. `fromFile("./README.rst")` */
  readonly readme?: FileContent | false;
  /** Any other file by its path in the element; none that a field above writes already. `{ "data/motd": "hello\n" }` */
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
