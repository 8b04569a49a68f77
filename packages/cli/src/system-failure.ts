import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ANOTHER_PATH, homeDirectory, systemTrouble } from "@dibkit/model/resolution";
import { type AnyCommand, optionFlag } from "./command.js";
import type { Terminal } from "./terminal.js";

/** What a command was given: its specification and the values read. */
export interface RunningCommand {
  readonly command: Pick<AnyCommand, "options">;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * What an error means that the operating system has given, such as a directory that may not be written: an ordinary
 * failure, and no bug. The remedy names the option or the variable that the path came from. Undefined for all other
 * errors.
 */
export function systemFailure(
  error: unknown,
  terminal: Pick<Terminal, "env" | "cwd">,
  running?: RunningCommand,
): { readonly message: string; readonly help: string } | undefined {
  const trouble = systemTrouble(error);
  if (trouble === undefined) return undefined;
  const { message, help, path } = trouble;
  // The trace is for those who wonder where it comes from, and only when they ask.
  const trace = terminal.env.DIBKIT_DEBUG && error instanceof Error ? `\n${error.stack}` : "";
  const instead = path === undefined ? undefined : anotherPath(path, terminal, running);
  return { message, help: `${instead === undefined ? help : help.replace(ANOTHER_PATH, instead)}${trace}` };
}

interface KnownPath {
  readonly path: string;
  readonly instead: string;
}

/** How to give another path in place of this one; undefined when nothing but the words of the command names it. */
function anotherPath(
  path: string,
  terminal: Pick<Terminal, "env" | "cwd">,
  running: RunningCommand | undefined,
): string | undefined {
  const known = [...givenPaths(terminal, running), ...usualPaths(terminal, running)];
  const about = known.filter((one) => isWithin(path, one.path));
  // The longest is the nearest: a cache in the home directory, and not the home directory.
  about.sort((a, b) => b.path.length - a.path.length);
  const found = (about[0] ?? known.find((one) => isWithin(one.path, path)))?.instead;
  return found ?? (isUnreadable(path) ? undefined : onlyOption(running));
}

const PATH_WORDS: ReadonlySet<string> = new Set(["DIR", "FILE"]);

/** Where arguments and options that were given point to. */
function givenPaths({ cwd }: Pick<Terminal, "cwd">, running: RunningCommand | undefined): readonly KnownPath[] {
  const paths = (value: unknown) =>
    [value].flat().flatMap((one) => (typeof one === "string" ? [resolve(cwd, one)] : []));
  const given = Object.entries(running?.options ?? {}).flatMap(([key, value]) => {
    const spec = running?.command.options?.[key];
    if (spec?.type !== "string" || !PATH_WORDS.has(spec.value)) return [];
    return paths(value).map((path) => ({ path, instead: insteadBy(key, spec.value) }));
  });
  const named = Object.values(running?.arguments ?? {}).flatMap((value) =>
    paths(value).map((path) => ({ path, instead: "choose another path" })),
  );
  return [...given, ...named];
}

/** The option that gives another path, when the command has one such option only: what lies elsewhere is then its. */
function onlyOption(running: RunningCommand | undefined): string | undefined {
  const options = Object.entries(running?.command.options ?? {}).flatMap(([key, spec]) =>
    spec.type === "string" && PATH_WORDS.has(spec.value) ? [insteadBy(key, spec.value)] : [],
  );
  return options.length === 1 ? options[0] : undefined;
}

/** Something that is there: it was to be read, not to be written. */
function isUnreadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES";
  }
}

function insteadBy(key: string, value: string): string {
  return `choose another ${value === "DIR" ? "directory" : "file"} with ${optionFlag(key)}`;
}

/** Paths that are used when no option names one. */
function usualPaths({ env, cwd }: Pick<Terminal, "env" | "cwd">, running: RunningCommand | undefined): KnownPath[] {
  const home = homeDirectory(env);
  const setHome = env.HOME ? "" : ", or set HOME";
  const byOption = running?.command.options?.cacheDir === undefined ? "" : "--cache-dir or ";
  const store = env.DIBKIT_CACHE ? resolve(cwd, env.DIBKIT_CACHE) : join(home, ".cache/dibkit");
  return [
    { path: store, instead: `choose another directory with ${byOption}DIBKIT_CACHE${setHome}` },
    { path: tmpdir(), instead: "set TMPDIR to a directory that you may write" },
  ];
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);
}
