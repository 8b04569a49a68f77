import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { LintResult } from "@dibkit/lint";
import type { ExitCode } from "../command.js";
import type { Terminal } from "../terminal.js";
import type { ChangeFailure } from "./changed-files.js";
import { type Linted, type LintWanted, lintOnce, unknownRule } from "./lint-once.js";
import type { WantedReport } from "./lint-reports.js";
import type { SessionFailure } from "./lint-session.js";

/** A run of `dibkit lint`: what to look at, what to do with the findings, and how to show them. */
export interface LintRun extends Omit<LintWanted, "change"> {
  /** Commit to compare with. */
  readonly changed: string | undefined;
  readonly fix: boolean;
  readonly fixUnsafe: boolean;
  readonly suppress: { readonly code: string; readonly reason: string } | undefined;
  readonly baseline: string | undefined;
  readonly updateBaseline: boolean;
  readonly quiet: boolean;
  readonly maxWarnings: number | undefined;
  readonly statistics: boolean;
  readonly reports: readonly WantedReport[];
}

/** Lints, repairs or silences what it is told to, and writes the reports. */
export async function runLint(run: LintRun, terminal: Terminal): Promise<ExitCode> {
  const wanted = await withChange(run, terminal);
  if ("kind" in wanted) return told(wanted, terminal);
  const first = await lintOnce(wanted, terminal);
  if (!first.ok) return told(first.error, terminal);
  const { rules } = first.value;
  const { suppress: silenced } = run;
  if (silenced !== undefined && !isCode(silenced.code, first.value)) {
    return told(await unknownRule(silenced.code, rules), terminal);
  }
  let { result } = first.value;
  if (result.elements === 0 && wanted.paths.length === 0) {
    terminal.stderr.write("there is no element in the working directory; name elements, or directories of them\n");
  }
  if (run.fix || run.fixUnsafe) {
    const { repair } = await import("./lint-repair.js");
    const again = async () => {
      const next = await lintOnce(wanted, terminal);
      return next.ok ? next.value.result : next.error;
    };
    const repaired = await repair(result, again, run.fixUnsafe, terminal);
    if ("kind" in repaired) return told(repaired, terminal);
    result = repaired;
  }
  if (run.baseline !== undefined) {
    const { baselined } = await import("./lint-baseline.js");
    const rest = await baselined(result, run.baseline, run.updateBaseline, terminal);
    if (rest === undefined) return 2;
    result = rest;
  }
  if (silenced !== undefined) {
    const { suppress } = await import("./suppress.js");
    return suppress(result, silenced.code, silenced.reason, terminal);
  }
  return report({ result, rules }, run, terminal);
}

/** Finds out what has changed. A word behind `--changed` that is no commit but a path is a path. */
async function withChange(run: LintRun, terminal: Terminal): Promise<LintWanted | ChangeFailure> {
  if (run.changed === undefined) return { ...run, change: undefined };
  const { changeSince, isCommit } = await import("./changed-files.js");
  const isPath = existsSync(resolve(terminal.cwd, run.changed)) && !(await isCommit(terminal, run.changed));
  const change = await changeSince(isPath ? "HEAD" : run.changed, terminal);
  if (!change.ok) return change.error;
  return { ...run, paths: isPath ? [run.changed, ...run.paths] : run.paths, change: change.value };
}

/** A rule, or a check of ShellCheck, which a comment can name too. */
function isCode(code: string, { rules, result }: Linted): boolean {
  const found = result.diagnostics.some((diagnostic) => diagnostic.code === code);
  return found || /^shellcheck\/SC\d{4}$/.test(code) || rules.some((rule) => rule.id === code);
}

async function report({ result, rules }: Linted, run: LintRun, terminal: Terminal): Promise<ExitCode> {
  const { countsOf, isFailure, statistics } = await import("@dibkit/lint");
  const shown = run.quiet ? result.diagnostics.filter((one) => one.severity === "error") : result.diagnostics;
  const kept: LintResult = { ...result, diagnostics: shown };
  const { writeReports } = await import("./lint-reports.js");
  const reports = run.statistics ? run.reports.filter(({ file }) => file !== undefined) : run.reports;
  if (!(await writeReports(kept, reports, rules, terminal))) return 2;
  if (run.statistics) terminal.stdout.write(statistics(kept));
  const { errors, warnings } = countsOf(result);
  const failed = isFailure(result, run.maxWarnings);
  if (failed && errors === 0) {
    terminal.stderr.write(`warnings: ${warnings}, --max-warnings allows ${run.maxWarnings}\n`);
  }
  return failed ? 1 : 0;
}

async function told(failure: SessionFailure | ChangeFailure, terminal: Terminal): Promise<ExitCode> {
  const { reportFailure } = await import("../report-failure.js");
  await reportFailure(terminal, failure);
  // Findings that stand in the way of linting are about the configuration.
  return 2;
}
