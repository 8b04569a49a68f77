import { type Catalog, type Element, fileSize, type Location, textOf, viewsOf } from "@dibkit/model";
import type { VariableRead } from "@dibkit/shell";
import { type ScriptFile, scriptFile } from "./script-file.js";

/** A place that sets a variable for others to see. */
export interface VariableSource {
  readonly element: Element;
  readonly location: Location;
  /** Literal default of `export X=${X:-default}`, or the literal itself. */
  readonly value: string | undefined;
}

/** A script or program of an element that has the name of another one in it. */
export interface Mention {
  readonly element: Element;
  readonly text: string;
}

/** What is worth knowing about all elements in reach; each part is worked out when first asked for. */
export interface CatalogFacts {
  /** Elements by what they provide, e.g. those of `operating-system`. */
  readonly providers: ReadonlyMap<string, readonly Element[]>;
  /** Variables that `environment.d` files export, and where. */
  readonly exports: ReadonlyMap<string, readonly VariableSource[]>;
  /** Files of phase directories and `bin` that mention an element as a word of its own. */
  mentionsOf(element: Element): readonly Mention[];
  /** Different texts of such files that ask for packages by a variable: `install-packages -m web $PACKAGES`. */
  readonly variableAskers: ReadonlySet<string>;
}

/** `install-packages -m web $PACKAGES`, `pkg-map --element web $1`. */
export function asksByVariable(text: string): boolean {
  return /(install-packages|pkg-map)[^\n]*\s["']?[\w-]*\$/.test(text);
}

const factsByCatalog = new WeakMap<Catalog, CatalogFacts>();

export function catalogFacts(catalog: Catalog): CatalogFacts {
  const known = factsByCatalog.get(catalog);
  if (known) return known;
  let providers: ReadonlyMap<string, readonly Element[]> | undefined;
  let exports: ReadonlyMap<string, readonly VariableSource[]> | undefined;
  let programs: Programs | undefined;
  const facts: CatalogFacts = {
    get providers() {
      providers ??= collectProviders(catalog);
      return providers;
    },
    get exports() {
      exports ??= collectExports(catalog);
      return exports;
    },
    mentionsOf({ name }) {
      programs ??= collectPrograms(catalog);
      return (programs.mentions.get(firstWord(name)) ?? []).filter(({ text }) => text.includes(name));
    },
    get variableAskers() {
      programs ??= collectPrograms(catalog);
      return programs.askers;
    },
  };
  factsByCatalog.set(catalog, facts);
  return facts;
}

function collectProviders(catalog: Catalog): ReadonlyMap<string, readonly Element[]> {
  const providers = new Map<string, Element[]>();
  for (const element of catalog.elements.values()) {
    for (const { name } of viewsOf(element).provides.value) {
      const known = providers.get(name);
      if (known) known.push(element);
      else providers.set(name, [element]);
    }
  }
  return providers;
}

function collectExports(catalog: Catalog): ReadonlyMap<string, readonly VariableSource[]> {
  const sources = new Map<string, VariableSource[]>();
  for (const element of catalog.elements.values()) {
    for (const [name, source] of exportsOf(element)) {
      const known = sources.get(name);
      if (known) known.push(source);
      else sources.set(name, [source]);
    }
  }
  return sources;
}

const WORD = /[\w-]+/g;
const LARGEST_SCRIPT = 100_000;

function firstWord(name: string): string {
  return name.match(WORD)?.[0] ?? "";
}

interface Programs {
  /** By the first word of the element's name. */
  readonly mentions: ReadonlyMap<string, readonly Mention[]>;
  readonly askers: ReadonlySet<string>;
}

/** One pass over all texts: to search each for every name would take time by the square of the elements. */
function collectPrograms(catalog: Catalog): Programs {
  const mentions = new Map<string, Mention[]>([...catalog.elements.keys()].map((name) => [firstWord(name), []]));
  const askers = new Set<string>();
  for (const element of catalog.elements.values()) {
    for (const file of element.files.values()) {
      if (file.kind !== "file" || !/^(?:[\w-]+\.d|bin)\//.test(file.path)) continue;
      if (fileSize(file) > LARGEST_SCRIPT) continue;
      const { text } = textOf(element, file);
      if (asksByVariable(text)) askers.add(text);
      for (const word of new Set(text.match(WORD))) mentions.get(word)?.push({ element, text });
    }
  }
  return { mentions, askers };
}

type Export = readonly [string, VariableSource];

const exportsByElement = new WeakMap<Element, readonly Export[]>();

/** Variables that an element's `environment.d` exports; `A=1` and a later `export A` count as one. */
export function exportsOf(element: Element): readonly Export[] {
  const known = exportsByElement.get(element);
  if (known) return known;
  const found = viewsOf(element).environment.value.flatMap((environment) =>
    environment.sourced ? exportsIn(element, scriptFile(element, environment.path, environment.file)) : [],
  );
  exportsByElement.set(element, found);
  return found;
}

function exportsIn(element: Element, script: ScriptFile): Export[] {
  const found: Export[] = [];
  const { assignments, reads } = script.shell;
  const exported = new Set(assignments.filter((made) => made.exported).map((made) => made.name));
  const readsByName = new Map<string, VariableRead[]>();
  for (const read of reads) {
    const known = readsByName.get(read.name);
    if (known) known.push(read);
    else readsByName.set(read.name, [read]);
  }
  for (const made of assignments) {
    if (!exported.has(made.name) || made.kind === "unset") continue;
    const next = firstFrom(readsByName.get(made.name) ?? [], made.start);
    const own = next !== undefined && next.end <= made.end ? next : undefined;
    const value = own?.fallback?.literal ?? made.value?.literal;
    found.push([made.name, { element, location: script.at(made), value }]);
  }
  return found;
}

/** The first of spans, which are in the order of the text, that begins at an offset or after it. */
function firstFrom<T extends { readonly start: number }>(spans: readonly T[], offset: number): T | undefined {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as T).start < offset) low = middle + 1;
    else high = middle;
  }
  return spans[low];
}
