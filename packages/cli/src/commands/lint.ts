import type { LintResult } from "@dibkit/lint";
import { defineCommand, type ExitCode } from "../command.js";
import type { WantedReport } from "../lint/lint-reports.js";
import { openLintSession, type SessionFailure } from "../lint/lint-session.js";
import { lintTools } from "../lint/lint-tools.js";
import { type Terminal, usageFailure } from "../terminal.js";

const FORMATS = ["pretty", "compact", "json", "sarif", "github", "gitlab", "junit", "checkstyle"] as const;

export default defineCommand({
  name: "lint",
  summary: "find what is wrong with elements, by themselves and composed into a build",
  description:
    "Each PATH is an element, a directory whose sub-directories are elements, a repository that has such directories, a\nTypeScript module that exports elements, or an image file of diskimage-builder; without one the working directory is\nsearched. Upstream's installed elements\nare in reach for dependencies, but not reported on.",
  arguments: [
    { name: "PATH", summary: "elements, directories of elements, TypeScript modules, or image files", variadic: true },
  ],
  options: {
    format: {
      type: "string",
      value: "FORMAT",
      choices: FORMATS,
      repeatable: true,
      summary: "how to write the findings; several may be given with as many --output-file",
    },
    outputFile: {
      type: "string",
      value: "FILE",
      repeatable: true,
      summary: 'write the report of the --format at the same position to FILE; "-" is the terminal',
    },
    fix: { type: "boolean", summary: "repair what can be repaired without changing what a correct build does" },
    fixUnsafe: { type: "boolean", summary: "repair all that can be repaired; look at the changes" },
    rule: { type: "string", value: "RULE", repeatable: true, summary: "check only this rule" },
    maxWarnings: {
      type: "number",
      value: "N",
      integer: true,
      minimum: 0,
      summary: "fail when there are more than N warnings",
    },
    quiet: { type: "boolean", summary: "show errors only" },
    baseline: { type: "string", value: "FILE", summary: "leave out the findings that FILE lists" },
    updateBaseline: { type: "boolean", summary: "write all present findings to the file of --baseline" },
    preset: {
      type: "string",
      value: "NAME",
      choices: ["recommended", "upstream", "all"],
      summary: "set of rules, instead of the configuration's",
    },
    shellcheck: { type: "boolean", summary: "run ShellCheck too" },
    elementsPath: {
      type: "string",
      value: "DIRS",
      repeatable: true,
      summary: "look for elements in DIRS (colon-separated) before ELEMENTS_PATH and upstream's own",
    },
  },
  examples: [
    { command: "dibkit lint", does: "lints every element below the working directory" },
    { command: "dibkit lint elements/web --fix", does: "lints one element and repairs what is safe to repair" },
    {
      command: "dibkit lint --format pretty --format sarif --output-file - --output-file dibkit.sarif",
      does: "shows the findings and writes them for code scanning",
    },
  ],
  async run({ arguments: { PATH: paths }, options }, terminal) {
    const reports = reportsWanted(options.format, options.outputFile, terminal);
    if (typeof reports === "string") return usageFailure(terminal, reports, 'see "dibkit lint --help"');
    if (options.updateBaseline && options.baseline === undefined)
      return usageFailure(terminal, "--update-baseline needs a file to write", "name it with --baseline FILE");
    const { rules } = await import("@dibkit/lint");
    const unknown = options.rule.find((id) => !rules.some((rule) => rule.id === id));
    if (unknown !== undefined) return unknownRule(unknown, terminal);
    const once = () => lintOnce(paths, options, terminal);
    let outcome = await once();
    if ("kind" in outcome) return sessionFailure(outcome, terminal);
    if (options.fix || options.fixUnsafe) {
      const { repair } = await import("../lint/lint-repair.js");
      const repaired = await repair(outcome, once, options.fixUnsafe, terminal);
      if ("kind" in repaired) return sessionFailure(repaired, terminal);
      outcome = repaired;
    }
    let result: LintResult = outcome;
    if (result.elements === 0 && paths.length === 0) {
      terminal.stderr.write("there is no element in the working directory; name elements, or directories of them\n");
    }
    if (options.baseline !== undefined) {
      const { baselined } = await import("../lint/lint-baseline.js");
      const rest = await baselined(outcome, options.baseline, options.updateBaseline, terminal);
      if (rest === undefined) return 2;
      result = rest;
    }
    const shown = options.quiet ? result.diagnostics.filter((one) => one.severity === "error") : result.diagnostics;
    const { writeReports } = await import("../lint/lint-reports.js");
    const written = await writeReports({ ...result, diagnostics: shown }, reports, terminal);
    if (!written) return 2;
    const { countsOf, isFailure } = await import("@dibkit/lint");
    const { errors, warnings } = countsOf(result);
    const failed = isFailure(result, options.maxWarnings);
    if (failed && errors === 0) {
      terminal.stderr.write(`warnings: ${warnings}, --max-warnings allows ${options.maxWarnings}\n`);
    }
    return failed ? 1 : 0;
  },
});

interface LintOptions {
  readonly elementsPath: readonly string[];
  readonly rule: readonly string[];
  readonly preset: "recommended" | "upstream" | "all" | undefined;
  readonly shellcheck: boolean;
}

async function lintOnce(
  paths: readonly string[],
  options: LintOptions,
  terminal: Terminal,
): Promise<LintResult | SessionFailure> {
  const session = await openLintSession(terminal, paths, options.elementsPath);
  if (!session.ok) return session.error;
  const { lint } = await import("@dibkit/lint");
  const configuration = {
    ...session.value.configuration,
    ...(options.preset !== undefined && { preset: options.preset }),
    ...(options.shellcheck && { shellcheck: true }),
  };
  return lint({
    ...session.value,
    configuration,
    only: options.rule,
    tools: lintTools({ ...session.value, configuration }, terminal),
  });
}

function reportsWanted(
  formats: readonly (typeof FORMATS)[number][],
  files: readonly string[],
  terminal: Terminal,
): readonly WantedReport[] | string {
  // GitHub shows annotations by itself when they are printed in one of its runs.
  const usual = terminal.env.GITHUB_ACTIONS === "true" ? (["pretty", "github"] as const) : (["pretty"] as const);
  const wanted = formats.length > 0 ? formats : usual;
  if (files.length > wanted.length)
    return `--output-file is given ${files.length} times, --format ${wanted.length} times`;
  return wanted.map((format, index) => {
    const file = files[index];
    return { format, file: file === "-" ? undefined : file };
  });
}

async function unknownRule(id: string, terminal: Terminal): Promise<ExitCode> {
  const { nearestName } = await import("@dibkit/model");
  const { rules } = await import("@dibkit/lint");
  const meant = nearestName(
    id,
    rules.map((rule) => rule.id),
  );
  return usageFailure(
    terminal,
    `there is no rule "${id}"`,
    meant === undefined ? 'see "dibkit explain" for the list' : `did you mean "${meant}"?`,
  );
}

async function sessionFailure(failure: SessionFailure, terminal: Terminal): Promise<ExitCode> {
  const { reportFailure } = await import("../report-failure.js");
  await reportFailure(terminal, failure);
  // Findings that stand in the way of linting are about the configuration.
  return 2;
}
