import {
  type Element,
  findPhase,
  HOOK_SCRIPT_NAME,
  PHASES,
  type PhaseName,
  type RegularFile,
  type ScriptDefinition,
} from "@dibkit/model";
import { type Code, call } from "./code.js";
import { fileCode, fileReference, keptMode } from "./import-context.js";

/** A script as a value, and how it is written; without code it can only be one of `files`. */
export interface ScriptDraft {
  readonly path: string;
  readonly value: ScriptDefinition;
  readonly code: Code | undefined;
}

/** `pre-install.d` → `preInstall`. */
export function phaseHelper(phase: string): string {
  return phase.replace(/\.d$/, "").replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Hook scripts: what has a name run-parts runs and is, or was meant to be, executable. */
export function scriptDrafts(element: Element, prefix: string): readonly ScriptDraft[] {
  return PHASES.flatMap(({ name: phase }) =>
    [...element.files.values()]
      .filter((file): file is RegularFile => file.kind === "file" && isHook(file, phase))
      .map((file) => scriptDraft(file, phase, file.path.slice(phase.length + 1), prefix)),
  );
}

/** The scripts of `install.d/<element>-<type>-install/`, by type. */
export function installTypeDrafts(element: Element, prefix: string): ReadonlyMap<string, readonly ScriptDraft[]> {
  const found = new Map<string, ScriptDraft[]>();
  for (const file of element.files.values()) {
    const [, directory, name] = /^install\.d\/([^/]+)\/([^/]+)$/.exec(file.path) ?? [];
    const [, type] = directory?.startsWith(`${element.name}-`)
      ? (/^([A-Za-z0-9]+)-install$/.exec(directory.slice(element.name.length + 1)) ?? [])
      : [];
    if (!type || !name || file.kind !== "file" || !isRunnable(file, name)) continue;
    found.set(type, [...(found.get(type) ?? []), scriptDraft(file, "install.d", name, prefix)]);
  }
  return found;
}

function isHook(file: RegularFile, phase: string): boolean {
  const name = file.path.startsWith(`${phase}/`) ? file.path.slice(phase.length + 1) : "";
  return isRunnable(file, name);
}

function isRunnable(file: RegularFile, name: string): boolean {
  const mode = keptMode(file);
  if (!HOOK_SCRIPT_NAME.test(name) || (mode !== 0o755 && mode !== 0o644)) return false;
  return mode === 0o755 || /^\d+-/.test(name);
}

function scriptDraft(file: RegularFile, phase: PhaseName, name: string, prefix: string): ScriptDraft {
  const executable = (file.mode & 0o111) !== 0;
  const value: ScriptDefinition = {
    dibkit: "script",
    directory: phase,
    name,
    body: fileReference(file),
    inputs: undefined,
    exports: [],
    executable,
    site: undefined,
  };
  const options = executable ? [] : [{ executable: false }];
  const [, priority, rest] = /^(\d\d)-(.+)$/.exec(name) ?? [];
  const body = fileCode(file.path, prefix);
  const code =
    priority && rest
      ? call(phaseHelper(phase), Number(priority), rest, body, ...options)
      : call("namedScript", phase, name, body, ...options);
  return { path: file.path, value, code: findPhase(phase) ? code : undefined };
}
