import type { LintResult, Rule } from "@dibkit/lint";
import type { Result } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import type { Change } from "./changed-files.js";
import { type LintSession, openLintSession, type SessionFailure } from "./lint-session.js";
import { lintTools } from "./lint-tools.js";
import { rememberedLint } from "./remembered-lint.js";

/** What to look at, and how. */
export interface LintWanted {
  readonly paths: readonly string[];
  readonly elementsPath: readonly string[];
  /** Only these rules; all when empty. */
  readonly only: readonly string[];
  readonly preset: string | undefined;
  readonly shellcheck: boolean;
  /** Keep only what has changed, and what that breaks. */
  readonly change: Change | undefined;
}

export interface Linted {
  readonly result: LintResult;
  /** dibkit's rules and those of plugins. */
  readonly rules: readonly Rule[];
}

/** Finds the elements and lints them, once. */
export async function lintOnce(wanted: LintWanted, terminal: Terminal): Promise<Result<Linted, SessionFailure>> {
  const session = await openLintSession(terminal, wanted);
  if (!session.ok) return session;
  const { rules } = session.value;
  const unknown = wanted.only.find((id) => !rules.some((rule) => rule.id === id));
  if (unknown !== undefined) return { ok: false, error: await unknownRule(unknown, rules) };
  const result = await lintSession(session.value, wanted, terminal);
  if (wanted.change === undefined) return { ok: true, value: { result, rules } };
  const { findingsOfChange } = await import("./lint-changed.js");
  const kept = await findingsOfChange(
    result,
    wanted.change,
    wanted,
    (paths, there) => lintAt(wanted, paths, there),
    terminal,
  );
  return kept.ok ? { ok: true, value: { result: kept.value, rules } } : kept;
}

async function lintAt(
  wanted: LintWanted,
  paths: Pick<LintWanted, "paths" | "elementsPath">,
  terminal: Terminal,
): Promise<LintResult | SessionFailure> {
  const session = await openLintSession(terminal, { ...wanted, ...paths });
  return session.ok ? lintSession(session.value, wanted, terminal) : session.error;
}

async function lintSession(session: LintSession, wanted: LintWanted, terminal: Terminal): Promise<LintResult> {
  const configuration = { ...session.configuration, ...(wanted.shellcheck && { shellcheck: true }) };
  const tools = lintTools({ ...session, configuration }, terminal);
  return rememberedLint({ session: { ...session, configuration }, only: wanted.only, tools, terminal });
}

/** That no rule has this id, and which one may be meant. */
export async function unknownRule(id: string, rules: readonly Rule[]): Promise<SessionFailure> {
  const { nearestName } = await import("@dibkit/model");
  const ids = rules.map((rule) => rule.id);
  const meant = nearestName(id, ids);
  const help = meant === undefined ? 'see "dibkit explain" for the list' : `did you mean "${meant}"?`;
  return { kind: "usage", message: `there is no rule "${id}"`, help };
}
