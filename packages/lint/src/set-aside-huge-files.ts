import {
  type Catalog,
  createCatalog,
  type Diagnostic,
  type Element,
  type ElementFile,
  fileSize,
  metadataFile,
} from "@dibkit/model";

/** No control file that a person wrote comes near; a larger one would be millions of names and findings. */
const LARGEST_CONTROL_FILE = 1_000_000;
const CONTROL_FILE =
  /^(test-elements\/[^/]+\/)?(element-deps|element-provides|source-repository-[^/]*|README\.rst|svc-map|pkg-map|package-installs\.(yaml|json)|block-device-[^/]*\.yaml|[^/]+\.d\/package-installs-[^/]*|environment\.d\/[^/]*)$/;

export interface ReadableElements {
  readonly catalog: Catalog;
  readonly elements: readonly Element[];
  /** One finding for each file of `elements` that was set aside. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Elements whose huge control files count as empty; the very same objects when there are none, which is always. */
export function setAsideHugeFiles(catalog: Catalog, elements: readonly Element[]): ReadableElements {
  const diagnostics: Diagnostic[] = [];
  const readable = new Map<Element, Element>();
  const meant = new Set(elements);
  // Others are looked up only, yet they are read for that.
  for (const element of new Set([...elements, ...catalog.elements.values()])) {
    const huge = hugeFiles(element);
    if (huge.length === 0) continue;
    const files = new Map(element.files);
    for (const { entry, size } of huge) {
      files.set(entry.path, {
        kind: "file",
        path: entry.path,
        mode: 0o644,
        origin: entry.origin,
        bytes: new Uint8Array(),
      });
      if (meant.has(element)) diagnostics.push(tooLarge(element, entry.path, size));
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
      lacksUpstream: catalog.lacksUpstream === true,
      shadowed: catalog.shadowed.map(({ element, by }) => ({ element: current(element), by: current(by) })),
    },
    elements: elements.map(current),
    diagnostics,
  };
}

/** Control files, and links to what is read as one, over the limit; sizes alone are looked at. */
function hugeFiles(element: Element): readonly { readonly entry: ElementFile; readonly size: number }[] {
  return [...element.files.values()].flatMap((entry) => {
    if (entry.kind === "directory" || !CONTROL_FILE.test(entry.path)) return [];
    const file = entry.kind === "file" ? entry : metadataFile(element, entry.path);
    const size = file === undefined ? 0 : fileSize(file);
    return size > LARGEST_CONTROL_FILE ? [{ entry, size }] : [];
  });
}

function tooLarge(element: Element, path: string, size: number): Diagnostic {
  return {
    code: "file-too-large",
    severity: "error",
    message: `${path} has ${size} bytes, and control files over ${LARGEST_CONTROL_FILE} are not read`,
    help: "make it smaller: this is surely not what was meant",
    element: element.name,
    location: { source: { path: `${element.root}/${path}`, text: "" }, start: 0, end: 0 },
  };
}
