import { type Catalog, createCatalog, type Diagnostic, type Element, type RegularFile } from "@dibkit/model";

/** No control file that a person wrote comes near; a larger one would be millions of names and findings. */
const LARGEST_CONTROL_FILE = 1_000_000;
const CONTROL_FILE =
  /^(element-deps|element-provides|source-repository-[^/]*|README\.rst|svc-map|pkg-map|package-installs\.(yaml|json)|block-device-[^/]*\.yaml|[^/]+\.d\/package-installs-[^/]*)$/;

export interface ReadableElements {
  readonly catalog: Catalog;
  readonly elements: readonly Element[];
  /** One finding for each file that was set aside. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Elements whose huge control files count as empty; the very same objects when there are none, which is always. */
export function setAsideHugeFiles(catalog: Catalog, elements: readonly Element[]): ReadableElements {
  const diagnostics: Diagnostic[] = [];
  const readable = new Map<Element, Element>();
  for (const element of elements) {
    const huge = [...element.files.values()].filter(
      (file): file is RegularFile =>
        file.kind === "file" && CONTROL_FILE.test(file.path) && file.bytes.length > LARGEST_CONTROL_FILE,
    );
    if (huge.length === 0) continue;
    const files = new Map(element.files);
    for (const file of huge) {
      files.set(file.path, { ...file, bytes: new Uint8Array() });
      diagnostics.push({
        code: "file-too-large",
        severity: "error",
        message: `${file.path} has ${file.bytes.length} bytes, and control files over ${LARGEST_CONTROL_FILE} are not read`,
        help: "make it smaller: this is surely not what was meant",
        element: element.name,
        location: { source: { path: `${element.root}/${file.path}`, text: "" }, start: 0, end: 0 },
      });
    }
    readable.set(element, { name: element.name, root: element.root, origin: element.origin, files });
  }
  if (readable.size === 0) return { catalog, elements, diagnostics };
  const current = (element: Element) => readable.get(element) ?? element;
  const merged = createCatalog([{ path: "", elements: [...catalog.elements.values()].map(current) }]);
  return {
    catalog: {
      ...merged,
      paths: catalog.paths,
      shadowed: catalog.shadowed.map(({ element, by }) => ({ element: current(element), by: current(by) })),
    },
    elements: elements.map(current),
    diagnostics,
  };
}
