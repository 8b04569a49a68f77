import { directoryOf, type Element, findPhase, lastNameOf, type SourceText } from "@dibkit/model";
import { fileReferences } from "@dibkit/shell";
import type { BuildContext } from "./build-context.js";
import type { ElementContext } from "./element-context.js";

/** What the hooks directory of a build holds, as far as it is known. */
export interface HooksDirectory {
  /** Whether an element brings the file or a directory of that name. */
  has(path: string): boolean;
  /** Whether a script of the build may put it there: it names a part of the path, outside of what `reader` only reads. */
  mayBeWritten(path: string, reader: SourceText): boolean;
  /** Names of files beside it that an element brings or a script writes. */
  besides(path: string): readonly string[];
}

/** Merged directories of an element; what lies at its top is not merged. */
const NOT_MERGED = /^(tests|test-elements|__pycache__|\.[^/]*)\//;
/** What the builder itself puts there. */
const OF_BUILDER =
  /^(dib-run-parts|environment\.d(\/11-dib-install-type\.bash)?|dib_arguments|dib_environment|[\w-]+\.d)?$/;

/** What one element has to do with the hooks directory. */
interface Part {
  /** Merged files, and the directories that they are in. */
  readonly files: readonly string[];
  readonly known: readonly string[];
  /** Texts that may write there. */
  readonly texts: readonly string[];
  /** Names that they surely write. */
  readonly written: readonly string[];
  /** `cp $FILE $TMP_HOOKS_PATH` may write anything. */
  readonly anything: boolean;
}

const ANYTHING =
  /(?:cp|mv|rsync|install|tar|git clone|wget|curl|cd|pushd)\b[^\n]{0,200}?\$[^\n]{0,200}?TMP_HOOKS_PATH\}?"?\/?"?(?:\s|;|$)/m;
const partByElement = new WeakMap<Element, Part>();

function partOf(element: Element, { contextOf }: BuildContext): Part {
  const known = partByElement.get(element);
  if (known) return known;
  const files = mergedFiles(element);
  const texts = writers(contextOf(element));
  const naming = texts.filter((text) => text.includes("TMP_HOOKS_PATH"));
  const part = {
    files,
    known: files.flatMap(withParents),
    texts,
    written: naming.flatMap((text) =>
      [...text.matchAll(/TMP_HOOKS_PATH\}?"?\/([\w.@+/-]+)/g)].map((match) => match[1] as string),
    ),
    anything: naming.some((text) => ANYTHING.test(text)),
  };
  partByElement.set(element, part);
  return part;
}

export function hooksDirectory(context: BuildContext): HooksDirectory {
  const elements = context.composition.elements.map(({ element }) => element);
  const base = context.catalog.elements.get("base");
  const brought = elements.map((element) => partOf(element, context));
  const parts = base === undefined || elements.includes(base) ? brought : [...brought, partOf(base, context)];
  const texts = parts.flatMap((part) => part.texts);
  const anything = parts.some((part) => part.anything);
  const files = brought.flatMap((part) => part.files);
  const written = parts.flatMap((part) => part.written);
  const known = new Set(brought.flatMap((part) => part.known));
  return {
    has: (path) => known.has(path) || OF_BUILDER.test(path),
    mayBeWritten: (path, reader) => {
      if (anything) return true;
      const names = path.split("/").filter((name) => name !== "" && findPhase(name) === undefined);
      const others = texts.filter((text) => text !== reader.text);
      const own = texts.length > others.length ? [withoutReads(reader)] : [];
      return names.some((name) => [...others, ...own].some((text) => mentions(text, name)));
    },
    besides: (path) => {
      const directory = directoryOf(path);
      return [...new Set([...files, ...written])]
        .filter((one) => directoryOf(one) === directory)
        .map((one) => lastNameOf(one));
    },
  };
}

function mergedFiles(element: Element): readonly string[] {
  return [...element.files.keys()].filter(
    (path) => (path.includes("/") || path.startsWith("source-repository-")) && !NOT_MERGED.test(path),
  );
}

function withParents(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Texts of what runs on the host, where the hooks directory can be written to, and of programs of any language. */
function writers({ textFiles }: ElementContext): readonly string[] {
  return textFiles
    .filter(({ phase, path, language }) => phase?.side === "host" || path.startsWith("bin/") || language === "python")
    .map(({ source }) => source.text);
}

function withoutReads(source: SourceText): string {
  let { text } = source;
  for (const { start, end, use } of fileReferences(source)) {
    if (use !== "write" && use !== "other") text = text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
  }
  return text;
}

function mentions(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    if (!/[\w.-]/.test(text[at - 1] ?? "") && !/[\w-]/.test(text[at + part.length] ?? "")) return true;
  }
  return false;
}
