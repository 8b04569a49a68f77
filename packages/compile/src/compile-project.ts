import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ANOTHER_PATH, type Diagnostic, systemTrouble } from "@dibkit/model";
import { applyEmit } from "./emit/apply-emit.js";
import { readManifest } from "./emit/manifest.js";
import { type EmitPlan, type FileChange, planEmit } from "./emit/plan-emit.js";
import { renderDiff } from "./emit/render-diff.js";
import { type LoadedDefinitions, loadDefinitions } from "./load/load-definitions.js";
import { withoutEchoes } from "./load/without-echoes.js";
import { type StartedCheck, startTypecheck } from "./typecheck/typecheck.js";

export interface CompileOptions {
  /** Modules, directories and globs; see `loadDefinitions`. */
  readonly entries: readonly string[];
  readonly outDir: string;
  readonly cwd?: string;
  /** Compare only; write nothing. */
  readonly check?: boolean;
  /** Overwrite and remove files that are not dibkit's. */
  readonly force?: boolean;
  /** Run the TypeScript compiler's checks; on unless `false`. */
  readonly typecheck?: boolean;
  readonly signal?: AbortSignal;
}

export interface CompileReport {
  /** With an error among them nothing was written. */
  readonly diagnostics: readonly Diagnostic[];
  readonly loaded: LoadedDefinitions;
  /** What differed from the output directory, and, unless only checked, does no longer. */
  readonly changes: readonly FileChange[];
  readonly written: boolean;
  /** The changes as a unified diff. */
  readonly diff: () => Promise<string>;
}

/** Compiles a project's TypeScript definitions into element directories. */
export async function compileProject(options: CompileOptions): Promise<CompileReport> {
  const cwd = options.cwd ?? process.cwd();
  const outDir = resolve(cwd, options.outDir);
  const { loaded, diagnostics } = await loadProject(options);
  const failed = (more: readonly Diagnostic[] = []): CompileReport => ({
    diagnostics: [...diagnostics, ...more],
    loaded,
    changes: [],
    written: false,
    diff: async () => "",
  });
  options.signal?.throwIfAborted();
  if (hasErrors(diagnostics)) return failed();
  if (existsSync(outDir) && !statSync(outDir).isDirectory()) return failed([notADirectory(options.outDir)]);
  const plan = planEmit(loaded.elements, outDir, readManifest(outDir));
  if (plan.changes.length === 0 && definesNothing(loaded)) return failed([nothingDefined(options.entries)]);
  const refused = options.force ? [] : plan.changes.filter((change) => change.foreign).map(refusal);
  const diff = () => renderDiff(plan.changes);
  if (options.check || refused.length > 0)
    return {
      diagnostics: [...diagnostics, ...(options.check ? [] : refused)],
      loaded,
      changes: plan.changes,
      written: false,
      diff,
    };
  const trouble = write(plan, options.signal);
  if (trouble) return failed([trouble]);
  return { diagnostics, loaded, changes: plan.changes, written: true, diff };
}

/** Loads definitions and type-checks them at the same time. */
export async function loadProject(
  options: Pick<CompileOptions, "entries" | "cwd" | "typecheck" | "signal">,
): Promise<{ readonly loaded: LoadedDefinitions; readonly diagnostics: readonly Diagnostic[] }> {
  let checking: StartedCheck | undefined;
  const loaded = await loadDefinitions(options.entries, {
    cwd: options.cwd ?? process.cwd(),
    // The compiler's process first: it works beside the loading.
    onModules: async (modules) => {
      if (options.typecheck !== false) checking = await startTypecheck(modules, options.signal);
    },
  });
  const types = (await checking?.findings) ?? [];
  return { loaded, diagnostics: withoutEchoes(types, loaded.diagnostics) };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** A configuration may name modules that have no element yet, or no longer. */
function definesNothing({ config, elements, images, matrices }: LoadedDefinitions): boolean {
  return config === undefined && elements.length + images.length + matrices.length === 0;
}

function nothingDefined(entries: readonly string[]): Diagnostic {
  return {
    code: "compile/no-definition",
    severity: "error",
    message: `no element and no image is exported by "${entries.join('", "')}"`,
    help: 'export what defineElement or defineImage returns, such as: export const web = defineElement("web", …)',
  };
}

function notADirectory(outDir: string): Diagnostic {
  return {
    code: "compile/output",
    severity: "error",
    message: `"${outDir}" is not a directory`,
    help: "give --out a directory, or a path that does not exist yet",
  };
}

function refusal({ element, path, foreign }: FileChange): Diagnostic {
  return {
    code: "compile/foreign-file",
    severity: "error",
    element,
    message:
      foreign === "edited"
        ? `"${element}/${path}" was changed by hand since it was compiled`
        : `"${element}/${path}" exists and was not written by dibkit`,
    help: "move the change into the definition, or compile with --force to lose it",
  };
}

function write(plan: EmitPlan, signal: AbortSignal | undefined): Diagnostic | undefined {
  try {
    applyEmit(plan, signal);
    return undefined;
  } catch (error) {
    const trouble = systemTrouble(error);
    if (trouble === undefined) throw error;
    return {
      code: "compile/output",
      severity: "error",
      message: `"${trouble.path ?? plan.outDir}" cannot be written: ${trouble.reason}`,
      help: trouble.help.replace(ANOTHER_PATH, `${ANOTHER_PATH} with --out`),
    };
  }
}
