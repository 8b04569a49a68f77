import {
  type Catalog,
  type Element,
  type ElementViews,
  fileSize,
  type Location,
  type RegularFile,
  regularFileAt,
  textOf,
  viewsOf,
} from "@dibkit/model";
import type { Target } from "./configuration.js";
import { phaseDataOf } from "./phase-data.js";
import { type ScriptFile, scriptFile } from "./script-file.js";

/** What a rule about one element may look at. */
export interface ElementContext {
  readonly element: Element;
  readonly views: ElementViews;
  readonly catalog: Catalog;
  readonly targets: readonly Target[];
  /** Every regular file of the element that is text, its test elements left out, in path order. */
  readonly textFiles: readonly ScriptFile[];
  /** Paths of files in phase directories that are data for scripts: no rule about scripts speaks of them. */
  readonly phaseData: ReadonlySet<string>;
  /** Files of `textFiles` that are bash or POSIX shell scripts by their first line, data in phase directories left out. */
  readonly shellScripts: readonly ScriptFile[];
  /** Files of phase directories that are run and are shell scripts, and those of install types. */
  readonly hookScripts: readonly ScriptFile[];
  /** Files of `environment.d`. */
  readonly environmentFiles: readonly ScriptFile[];
  /** Scripts of phases and of `bin/` that python 3 runs by their first line. */
  readonly pythonScripts: readonly ScriptFile[];
  /** What python makes of a script; undefined when it was not asked. */
  pythonVerdict(script: ScriptFile): SyntaxVerdict | undefined;
  /** What `bash -n` says of a script the grammar does not understand; undefined when it was not asked. */
  bashVerdict(script: ScriptFile): SyntaxVerdict | undefined;
  /** The first line of a file, or the element's directory when it has no such text file. */
  locationOf(path?: string): Location;
}

/** What an interpreter says of a script that it reads and does not run. */
export interface SyntaxVerdict {
  readonly valid: boolean;
  /** One-based line and words of the first complaint. */
  readonly line?: number;
  readonly message?: string;
}

// Upstream ships no text file of this size; a larger one is data.
const LARGEST_TEXT = 2_000_000;

export interface ElementContextInput {
  readonly element: Element;
  readonly catalog: Catalog;
  readonly targets: readonly Target[];
  readonly bashVerdict: (script: ScriptFile) => SyntaxVerdict | undefined;
  readonly pythonVerdict: (script: ScriptFile) => SyntaxVerdict | undefined;
}

export function elementContext(input: ElementContextInput): ElementContext {
  const { element, catalog, targets, bashVerdict, pythonVerdict } = input;
  const textFiles = lazy(() => textFilesOf(element));
  const phaseData = lazy(() => phaseDataOf(textFiles()));
  const noData = lazy(() => textFiles().filter((file) => !phaseData().has(file.path)));
  const shellScripts = lazy(() => noData().filter((file) => file.language === "bash" || file.language === "sh"));
  const hookScripts = lazy(() => noData().filter(isHookScript));
  const environmentFiles = lazy(() => textFiles().filter((file) => /^environment\.d\/[^/]+$/.test(file.path)));
  return {
    element,
    catalog,
    targets,
    bashVerdict,
    pythonVerdict,
    get pythonScripts() {
      return textFiles().filter(isPythonScript);
    },
    get views() {
      return viewsOf(element);
    },
    get textFiles() {
      return textFiles();
    },
    get phaseData() {
      return phaseData();
    },
    get shellScripts() {
      return shellScripts();
    },
    get hookScripts() {
      return hookScripts();
    },
    get environmentFiles() {
      return environmentFiles();
    },
    locationOf: (path) => locationOf(element, path),
  };
}

/** A phase directory's own files, and those one level down that install types choose from. */
function isHookScript(file: ScriptFile): boolean {
  if (file.phase === undefined) return false;
  const depth = file.path.split("/").length;
  const chosen = depth === 3 && /^install\.d\/.+-install\//.test(file.path);
  if (depth !== 2 && !chosen) return false;
  return file.language === "bash" || file.language === "sh" || (file.shebang === undefined && file.executable);
}

function isPythonScript(file: ScriptFile): boolean {
  if (file.language !== "python" || /python2/.test(file.shebang ?? "")) return false;
  return file.phase !== undefined || file.path.startsWith("bin/");
}

const filesByElement = new WeakMap<Element, readonly ScriptFile[]>();

function textFilesOf(element: Element): readonly ScriptFile[] {
  const known = filesByElement.get(element);
  if (known) return known;
  const files: ScriptFile[] = [];
  for (const entry of element.files.values()) {
    if (entry.kind !== "file" || entry.path.startsWith("test-elements/") || !isText(entry)) continue;
    files.push(scriptFile(element, entry.path, entry));
  }
  filesByElement.set(element, files);
  return files;
}

function isText(file: RegularFile): boolean {
  if (/\.(pyc|png|jpg|gz|xz|bz2|zip|deb|rpm|gpg|tar|tgz|qcow2|img)$/.test(file.path)) return false;
  return fileSize(file) <= LARGEST_TEXT && !file.bytes.subarray(0, 8_192).includes(0);
}

function locationOf(element: Element, path?: string): Location {
  const file = path === undefined ? undefined : regularFileAt(element, path);
  if (file === undefined || !isText(file)) {
    const shown = path === undefined ? element.root : `${element.root}/${path}`;
    return { source: { path: shown, text: "" }, start: 0, end: 0 };
  }
  const source = textOf(element, file);
  const newline = source.text.indexOf("\n");
  return { source, start: 0, end: newline === -1 ? source.text.length : newline };
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
