import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic, Location, SourceText } from "@dibkit/model";
import { fromSource, ownPackages } from "../load/own-packages.js";
import { type CheckResult, type CompilerFinding, type CompilerLocation, startCheck } from "./check-modules.js";
import { isKnownGood, rememberGood } from "./known-good.js";
import { plainWords } from "./plain-words.js";

/** A type check that goes on by itself. */
export interface StartedCheck {
  readonly findings: Promise<readonly Diagnostic[]>;
}

/** Type-checks modules, in another process. A finding's code is `typescript/TS<number>`. */
export async function typecheck(modules: readonly string[], signal?: AbortSignal): Promise<readonly Diagnostic[]> {
  return (await startTypecheck(modules, signal)).findings;
}

/** Begins to type-check modules; what comes of it is in `findings`. */
export async function startTypecheck(modules: readonly string[], signal?: AbortSignal): Promise<StartedCheck> {
  if (modules.length === 0 || isKnownGood(modules, process.env)) return { findings: Promise.resolve([]) };
  const typeRoots = fromSource
    ? [fileURLToPath(new URL("../../../../node_modules/@types", import.meta.url))]
    : undefined;
  const { result } = await startCheck({ modules, packages: declarations(), typeRoots }, signal);
  return { findings: result.then((checked) => findingsOf(modules, checked), compilerTrouble) };
}

function findingsOf(modules: readonly string[], result: CheckResult | undefined): readonly Diagnostic[] {
  if (result === undefined) return [];
  if (result.findings.length === 0 && result.files) rememberGood(modules, result.files, result.missing, process.env);
  const texts = new Map<string, SourceText>();
  return result.findings.map((finding) => diagnostic(finding, texts));
}

/** The compiler is a program of its own for each kind of machine, and to npm an optional dependency. */
function compilerTrouble(error: unknown): readonly Diagnostic[] {
  const message = error instanceof Error ? error.message : "";
  if (!/^(?:Unable to resolve @typescript\/|Executable not found)/.test(message)) throw error;
  const name = `@typescript/typescript-${process.platform}-${process.arch}`;
  return [
    {
      code: "compile/no-compiler",
      severity: "error",
      message: `types cannot be checked: "${name}", the TypeScript compiler for this machine, is not installed`,
      help: "install dibkit without --omit=optional, or leave the check out with --no-typecheck",
    },
  ];
}

function ownDirectories(): readonly string[] {
  return Object.values(declarations()).map((path) => `${dirname(path)}/`);
}

/** Where the types of dibkit's packages are. */
function declarations(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ownPackages()).flatMap(([name, url]) => {
      const path = fileURLToPath(url).replace(/\.js$/, ".d.ts");
      return existsSync(path) ? [[name, path]] : [];
    }),
  );
}

function diagnostic(finding: CompilerFinding, texts: Map<string, SourceText>): Diagnostic {
  const [message, ...chain] = finding.lines;
  const refusal = refusalIn(finding) ?? plainWords(finding.code, finding.lines);
  // Where dibkit declares a type is of no use to an author.
  const related = finding.related.filter(
    ({ location }) => !ownDirectories().some((own) => location.path.startsWith(own)),
  );
  const details = chain.map((line) => line.trim()).join("; ");
  return {
    code: `typescript/TS${finding.code}`,
    severity: finding.category,
    message: refusal ?? (message as string).replace(/\.$/, ""),
    ...(details && !refusal ? { help: details.replace(/\.$/, "") } : {}),
    ...(finding.location ? { location: locationIn(finding.location, texts) } : {}),
    ...(related.length > 0 && !refusal
      ? { related: related.map(({ message, location }) => ({ message, location: locationIn(location, texts) })) }
      : {}),
  };
}

/**
 * dibkit's types refuse a mistake by asking for a sentence that says what is wrong. The sentence alone is the better
 * message: no other literal type has that many words.
 */
function refusalIn({ code, lines }: CompilerFinding): string | undefined {
  if (code !== 2322 && code !== 2345) return undefined;
  const wanted = /to (?:parameter of )?type '(.*)'\.$/.exec(lines[0] as string)?.[1] ?? "";
  const sentences = [...wanted.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] as string);
  return sentences.find((text) => text.split(" ").length > 4)?.replace(/\\(.)/g, "$1");
}

function locationIn(location: CompilerLocation, texts: Map<string, SourceText>): Location {
  const source = texts.get(location.path) ?? { path: location.path, text: location.text };
  texts.set(location.path, source);
  return { source, start: location.start, end: location.end };
}
