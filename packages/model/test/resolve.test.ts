import { createCatalog, type Resolution, type ResolveFailure, type ResolveOptions, resolve } from "@dibkit/model";
import { describe, expect, it } from "vitest";
import { memoryElement } from "./memory-element.js";
import { rendered } from "./views/rendered.js";

/** `name: deps | provides`, one line each. */
function catalogOf(text: string) {
  const elements = text
    .trim()
    .split("\n")
    .map((line) => {
      const [, name = "", deps = "", provides = ""] = /^\s*([^:]+):([^|]*)\|?(.*)$/.exec(line) ?? [];
      const lines = (words: string) => words.trim().replaceAll(", ", "\n");
      return memoryElement(name, { "element-deps": lines(deps), "element-provides": lines(provides) });
    });
  return createCatalog([{ path: "/elements", elements }]);
}

const CATALOG = catalogOf(`
  base: dib-run-parts
  dib-run-parts:
  debian: package-installs | operating-system
  ubuntu: debian-common | operating-system
  debian-common: package-installs
  package-installs: debian-common
  vm: block-device, bootloader
  bootloader:
  block-device-mbr: | block-device
  block-device-efi: bootloader | block-device
  broken: bootloadr
  deeper: broken
  commented: # nothing
  virtual: nobody-provides
  zipl: | bootloader
  ramdisk: | shell
`);

const options: ResolveOptions = { arch: "amd64", base: true };

function lines(resolution: Resolution): readonly string[] {
  return resolution.elements.map(({ element, because }) => `${element.name} <- ${because.join(", ")}`);
}

function failures(names: readonly string[], given: Partial<ResolveOptions> = {}): readonly ResolveFailure[] {
  const result = resolve(CATALOG, names, { ...options, ...given });
  return result.ok ? [] : result.error;
}

describe("resolve without diskimage-builder", () => {
  const found = (catalog: typeof CATALOG, names: readonly string[]) => {
    const result = resolve({ ...catalog, lacksUpstream: true }, names, options);
    return (result.ok ? [] : result.error).map(({ kind, diagnostic: { message, help } }) => [kind, message, help]);
  };
  const install =
    'install it, for instance with "apt-get install python3-diskimage-builder" or "pip install diskimage-builder", or name the directories that hold these elements with --elements-path';

  it("says once that it is not there, and what would need it", () => {
    expect(found(catalogOf("site: debian-minimal\n own:"), ["vm", "site", "own"])).toEqual([
      [
        "upstream-missing",
        'diskimage-builder was not found, nor any other directory with "base", "vm", "block-device-mbr", "debian-minimal" (site → debian-minimal)',
        install,
      ],
    ]);
  });

  it("says everything else that is wrong too", () => {
    const own = "one: | shell\n two: | shell\n base:\n os: | operating-system\n talk: # nothing";
    expect(found(catalogOf(own), ["one", "two", "os", "talk", "gone"]).map(([kind]) => kind)).toEqual([
      "upstream-missing",
      "missing-element",
      "already-provided",
    ]);
  });
});

describe("resolve", () => {
  it("gives requested elements first, then what they need, with reasons", () => {
    const result = resolve(CATALOG, ["vm", "debian"], options);
    expect(result.ok && lines(result.value)).toEqual([
      "base <- (default)",
      "vm <- (requested)",
      "debian <- (requested)",
      "block-device-mbr <- (default)",
      "dib-run-parts <- base",
      "bootloader <- vm",
      "package-installs <- debian, debian-common",
      "debian-common <- package-installs",
    ]);
    expect(result.ok && result.value.provided).toEqual([
      { name: "operating-system", by: "debian" },
      { name: "block-device", by: "block-device-mbr" },
    ]);
  });

  it.each<[readonly string[], Partial<ResolveOptions>, string]>([
    [["vm", "debian"], { arch: "arm64" }, "base vm debian block-device-efi"],
    [["vm", "debian"], { arch: "aarch64", base: false }, "vm debian block-device-efi"],
    [["vm", "debian", "block-device-efi"], {}, "base vm debian block-device-efi"],
    [["debian"], {}, "base debian"],
    [["debian"], { ramdiskElement: "ramdisk" }, "ramdisk base debian"],
    [["base", "debian"], {}, "base debian"],
  ])("adds upstream's defaults to %j with %j", (names, given, expected) => {
    const result = resolve(CATALOG, names, { ...options, ...given });
    const first = result.ok ? result.value.elements.filter(({ because }) => /^\(/.test(because[0] ?? "")) : [];
    expect(first.map(({ element }) => element.name).join(" ")).toBe(expected);
  });

  it("leaves out what another element provides", () => {
    const result = resolve(CATALOG, ["zipl", "vm", "debian"], options);
    expect(result.ok && lines(result.value).filter((line) => line.startsWith("bootloader"))).toEqual([]);
    expect(result.ok && result.value.provided.map(({ name, by }) => `${name} by ${by}`)).toContain(
      "bootloader by zipl",
    );
  });
});

describe("resolve refuses", () => {
  it.each<[readonly string[], readonly string[], string]>([
    [
      ["debain"],
      [':0:0 element "debain" is in no directory of ELEMENTS_PATH (/elements) (resolve/missing-element)'],
      'did you mean "debian"?',
    ],
    [
      ["deeper", "debian"],
      [
        'element-deps:1:1 element "broken" depends on "bootloadr", which is in no directory of ELEMENTS_PATH (/elements): deeper → broken → bootloadr (resolve/missing-element)',
      ],
      'did you mean "bootloader"?',
    ],
    [
      ["commented", "debian"],
      [
        'element-deps:1:1 element "commented" depends on "# nothing", which is in no directory of ELEMENTS_PATH (/elements): commented → # nothing (resolve/missing-element)',
      ],
      "remove the line: element-deps has no comments",
    ],
    [
      ["debian", "ubuntu"],
      ['element-provides:1:1 "operating-system" is provided by both "debian" and "ubuntu" (resolve/already-provided)'],
      'keep one of "debian" and "ubuntu"',
    ],
    [
      ["debian", "debian"],
      [
        'element-provides:1:1 element "debian" is requested twice, and so "operating-system" is provided twice (resolve/already-provided)',
      ],
      'request "debian" once',
    ],
    [
      ["zipl", "bootloader", "debian"],
      [
        'element-provides:1:1 element "bootloader" is requested, but "zipl" provides it (resolve/requested-but-provided)',
      ],
      'do not request "bootloader" together with "zipl"',
    ],
    [
      ["bootloader"],
      [':0:0 neither "bootloader" nor what it depends on provides "operating-system" (resolve/no-operating-system)'],
      'add one of "debian", "ubuntu"',
    ],
    [
      ["block-device", "debian"],
      [':0:0 element "block-device" is in no directory of ELEMENTS_PATH (/elements) (resolve/missing-element)'],
      'request one of the elements that provide it: "block-device-efi", "block-device-mbr"',
    ],
  ])("%j", (names, messages, help) => {
    const found = failures(names);
    expect(found.map(({ diagnostic }) => rendered(diagnostic))).toEqual(messages);
    expect(found[0]?.diagnostic.help).toBe(help);
  });

  it("and tells every failure at once", () => {
    const found = failures(["deeper", "virtual", "zipl", "bootloader"]);
    expect(found.map(({ kind, name, path }) => `${kind} ${name} ${path.join(">")}`)).toEqual([
      "missing-element nobody-provides virtual>nobody-provides",
      "missing-element bootloadr deeper>broken>bootloadr",
      "requested-but-provided bootloader zipl",
      "no-operating-system operating-system ",
    ]);
  });
});
