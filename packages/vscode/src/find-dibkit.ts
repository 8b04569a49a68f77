import { basename, dirname, join, resolve } from "node:path";
import { findProgram } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";

export interface DibkitSearch {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** The setting `dibkit.path`; empty when it is not set. */
  readonly setting: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Why there is no dibkit, and what to do about it. */
export interface DibkitMissing {
  readonly message: string;
  readonly help: string;
}

/**
 * Absolute path of the program: that of the folder or of a directory above it, as `npx` finds it, then that of the setting,
 * then that of `PATH`. A setting that names no program is reported rather than passed over.
 */
export function findDibkit({ folder, setting, env }: DibkitSearch): Result<string, DibkitMissing> {
  const own = directoriesAbove(folder)
    .map((directory) => join(directory, "node_modules", ".bin", "dibkit"))
    .find(isProgram);
  if (own !== undefined) return ok(own);
  if (setting !== "") {
    const named = resolve(folder, setting);
    if (isProgram(named)) return ok(named);
    return err({
      message: `the setting "dibkit.path" names "${named}", which is not an executable file`,
      help: "correct the setting, or install dibkit in the project",
    });
  }
  const installed = findProgram("dibkit", env);
  if (installed !== undefined) return ok(installed);
  return err({
    message: `dibkit is neither in node_modules/.bin of "${folder}" nor on PATH`,
    help: 'install it in the project, or name the program in the setting "dibkit.path"',
  });
}

export interface ServerCommand {
  readonly command: string;
  readonly args: string[];
  readonly options: { readonly cwd: string };
}

/** How the language server of a folder is started; it speaks on its standard input and output. */
export function serverCommand(program: string, folder: string): ServerCommand {
  return { command: program, args: ["lsp"], options: { cwd: folder } };
}

function isProgram(path: string): boolean {
  return findProgram(basename(path), { PATH: dirname(path) }) === path;
}

function directoriesAbove(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...directoriesAbove(parent)];
}
