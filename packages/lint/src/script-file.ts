import {
  type Element,
  fileSize,
  findPhase,
  isExecutable,
  type Location,
  type Phase,
  type RegularFile,
  type SourceText,
  textOf,
} from "@dibkit/model";
import { parse, type ShellScript, type Span } from "@dibkit/shell";

/** A text file of an element that a program may run or source. */
export interface ScriptFile {
  /** Path in the element. */
  readonly path: string;
  readonly name: string;
  readonly file: RegularFile;
  readonly source: SourceText;
  readonly executable: boolean;
  /** The phase whose directory the file lies in, directly or deeper. */
  readonly phase: Phase | undefined;
  /** First line when it begins with `#!`. */
  readonly shebang: string | undefined;
  readonly language: "bash" | "sh" | "python" | "other" | undefined;
  /** What the script says; parsed when first asked for. */
  readonly shell: ShellScript;
  at(span: Span): Location;
}

// What is larger is no script, and may not even fit into memory.
const LARGEST_SCRIPT_FILE = 10_000_000;

function notRead(file: RegularFile): SourceText {
  return { path: file.origin.kind === "disk" ? file.origin.path : file.path, text: "" };
}

export function scriptFile(element: Element, path: string, file: RegularFile): ScriptFile {
  const source = fileSize(file) > LARGEST_SCRIPT_FILE ? notRead(file) : textOf(element, file);
  const shebang = source.text.startsWith("#!") ? (source.text.split("\n", 1)[0] as string) : undefined;
  return {
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
    file,
    source,
    executable: isExecutable(file),
    phase: findPhase(path.split("/", 1)[0] as string),
    shebang,
    language: shebang === undefined ? undefined : languageOf(shebang),
    get shell() {
      return parse(source);
    },
    at: (span) => ({ source, start: span.start, end: span.end }),
  };
}

function languageOf(shebang: string): ScriptFile["language"] {
  const words = shebang
    .slice(2)
    .trim()
    .split(/\s+/)
    .map((word) => word.slice(word.lastIndexOf("/") + 1));
  const program = words[0] === "env" ? words.slice(1).find((word) => !word.startsWith("-")) : words[0];
  if (program === "bash") return "bash";
  if (program === "sh" || program === "dash") return "sh";
  if (program !== undefined && /^(dib-)?python/.test(program)) return "python";
  return "other";
}
