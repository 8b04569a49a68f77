import type { Location } from "../diagnostic.js";
import {
  type Element,
  type ElementFile,
  isExecutable,
  type RegularFile,
  regularFileAt,
  type SymbolicLink,
} from "../element.js";
import { findPhase, HOOK_SCRIPT_NAME, PHASES, type PhaseName } from "../phases.js";
import { directoryOf, joinPaths } from "../posix-path.js";
import { compareHookScripts, priorityOf } from "../run-parts-order.js";
import { firstLine } from "./metadata-file.js";
import type { View } from "./view.js";

/** Top-level `*.d` directories that are no phases but mean something to an upstream element. */
const KNOWN_DIRECTORIES = [
  "binary-deps.d",
  "dracut-drivers.d",
  "dracut.conf.d",
  "init.d",
  "modprobe.d",
  "ramdisk-install.d",
  "udev.d",
  "yum.repos.d",
] as const;

/** A file directly in a phase directory. */
export interface HookScript {
  readonly phase: PhaseName;
  /** File name, such as `50-nginx`. */
  readonly name: string;
  /** Path in the element, such as `install.d/50-nginx`. */
  readonly path: string;
  /** The content, symbolic links followed. */
  readonly file: RegularFile;
  /** Leading number of the name; undefined when there is none (it then sorts as 0). */
  readonly priority: number | undefined;
  readonly executable: boolean;
  /** Whether dib-run-parts runs it: executable, and a name of letters, digits, `_` and `-` only. */
  readonly runs: boolean;
  /** The first line of the file. */
  readonly location: Location;
}

/** An entry of a phase directory that is no hook script. */
export interface PhaseFile {
  readonly phase: PhaseName;
  readonly path: string;
  readonly entry: ElementFile;
  readonly reason: "in-subdirectory" | "dangling-link" | "link-outside" | "link-to-directory";
}

/** A top-level directory named like a phase that is none, such as `finalize.d`; `modprobe.d` and the like are known. */
export interface UnknownPhaseDirectory {
  readonly name: string;
  readonly files: readonly ElementFile[];
}

interface PhaseContents {
  readonly scripts: readonly HookScript[];
  readonly phaseFiles: readonly PhaseFile[];
}

const contentsByElement = new WeakMap<Element, PhaseContents>();

function phaseContents(element: Element): PhaseContents {
  const known = contentsByElement.get(element);
  if (known) return known;
  const scripts: HookScript[] = [];
  const phaseFiles: PhaseFile[] = [];
  for (const { name: phase } of PHASES) {
    const direct: HookScript[] = [];
    for (const [path, entry] of element.files) {
      if (!path.startsWith(`${phase}/`)) continue;
      const name = path.slice(phase.length + 1);
      const file = regularFileAt(element, path);
      if (name.includes("/")) phaseFiles.push({ phase, path, entry, reason: "in-subdirectory" });
      else if (file !== undefined) direct.push(hookScript(element, phase, name, file));
      else if (entry.kind === "symlink")
        phaseFiles.push({ phase, path, entry, reason: linkReason(element, path, entry) });
    }
    scripts.push(...direct.sort((a, b) => compareHookScripts(a.name, b.name)));
  }
  const contents = { scripts, phaseFiles };
  contentsByElement.set(element, contents);
  return contents;
}

function hookScript(element: Element, phase: PhaseName, name: string, file: RegularFile): HookScript {
  const executable = isExecutable(file);
  return {
    phase,
    name,
    path: `${phase}/${name}`,
    file,
    priority: priorityOf(name),
    executable,
    runs: executable && HOOK_SCRIPT_NAME.test(name),
    location: firstLine(element, file),
  };
}

function linkReason(element: Element, path: string, link: SymbolicLink): PhaseFile["reason"] {
  if (link.target.startsWith("/")) return "link-outside";
  const target = joinPaths(directoryOf(path), link.target);
  if (target.startsWith("../")) return "link-outside";
  return [...element.files.keys()].some((known) => known.startsWith(`${target}/`))
    ? "link-to-directory"
    : "dangling-link";
}

/** Hook scripts in the order they run, each phase in turn. */
export function parseHookScripts(element: Element): View<readonly HookScript[]> {
  return { value: phaseContents(element).scripts, diagnostics: [] };
}

/** Entries of the phase directories that are no scripts. */
export function parsePhaseFiles(element: Element): View<readonly PhaseFile[]> {
  return { value: phaseContents(element).phaseFiles, diagnostics: [] };
}

/** Top-level `*.d` directories, without the phases, `environment.d` and those that upstream's elements give a meaning. */
export function parseUnknownPhases(element: Element): View<readonly UnknownPhaseDirectory[]> {
  const byName = new Map<string, ElementFile[]>();
  for (const [path, entry] of element.files) {
    const [name = "", ...below] = path.split("/");
    if (!name.endsWith(".d") || isKnownDirectory(name) || (below.length === 0 && entry.kind !== "directory")) continue;
    byName.set(name, [...(byName.get(name) ?? []), entry]);
  }
  const value = [...byName].map(([name, files]) => ({ name, files }));
  return { value, diagnostics: [] };
}

function isKnownDirectory(name: string): boolean {
  return (
    findPhase(name) !== undefined || name === "environment.d" || (KNOWN_DIRECTORIES as readonly string[]).includes(name)
  );
}
