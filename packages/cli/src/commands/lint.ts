import { defineCommand } from "../command.js";
import type { WantedReport } from "../lint/lint-reports.js";
import { type Terminal, usageFailure } from "../terminal.js";

const FORMATS = ["pretty", "compact", "json", "sarif", "github", "gitlab", "junit", "checkstyle"] as const;

export default defineCommand({
  name: "lint",
  group: "check",
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
    changed: {
      type: "string",
      value: "REF",
      implied: "HEAD",
      summary:
        "report only findings in files that differ from the commit REF, HEAD unless stated, and those that the differences cause elsewhere",
    },
    watch: { type: "boolean", summary: "lint again whenever a file changes" },
    statistics: { type: "boolean", summary: "show how many findings each rule has instead of the findings" },
    suppress: {
      type: "string",
      value: "CODE",
      summary: "write comments into the files that leave out all present findings of this rule",
    },
    reason: { type: "string", value: "TEXT", summary: "why --suppress leaves them out" },
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
      summary: "set of rules instead of the configuration's: recommended, upstream, all, or PLUGIN/PRESET",
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
    { command: "dibkit lint --changed main", does: "shows what the branch brings: in its files, and what it breaks" },
    {
      command: 'dibkit lint --suppress script-which --reason "the base image has it"',
      does: "writes comments that leave the findings of one rule out",
    },
    {
      command: "dibkit lint --format pretty --format sarif \\\n    --output-file - --output-file dibkit.sarif",
      does: "shows the findings and writes them for code scanning",
    },
  ],
  async run({ arguments: { PATH: paths }, options }, terminal) {
    const reports = reportsWanted(options.format, options.outputFile, terminal);
    if (typeof reports === "string") return usageFailure(terminal, reports, 'see "dibkit lint --help"');
    const problem = misfit(options);
    if (problem !== undefined) return usageFailure(terminal, ...problem);
    const { suppress: code, reason, rule: only, watch, ...rest } = options;
    const suppress = code === undefined ? undefined : { code, reason: reason?.trim() ?? "" };
    const run = { ...rest, paths, only, suppress, reports };
    if (!watch) return (await import("../lint/run-lint.js")).runLint(run, terminal);
    return (await import("../lint/watch-lint.js")).watchLint(run, terminal);
  },
});

interface Options {
  readonly baseline: string | undefined;
  readonly updateBaseline: boolean;
  readonly suppress: string | undefined;
  readonly reason: string | undefined;
  readonly fix: boolean;
  readonly fixUnsafe: boolean;
  readonly watch: boolean;
  readonly statistics: boolean;
  readonly format: readonly string[];
  readonly outputFile: readonly string[];
}

/** Options that say nothing without each other, or do not go together: what is wrong, and the remedy. */
function misfit(options: Options): readonly [string, string] | undefined {
  const { suppress, reason } = options;
  if (options.updateBaseline && options.baseline === undefined)
    return ["--update-baseline needs a file to write", "name it with --baseline FILE"];
  if (suppress !== undefined && !reason?.trim())
    return ["--suppress needs a reason, which the comments then give", `add --reason "…"`];
  if (reason?.includes("\n")) return ["--reason has several lines, but a comment has one", "write it in one line"];
  if (suppress === undefined && reason !== undefined)
    return ["--reason says why findings are left out, but none are to be", "name their rule with --suppress CODE"];
  if (suppress !== undefined && (options.fix || options.fixUnsafe))
    return ["--suppress and --fix both change files", "repair first, and leave out what is left then"];
  if (options.watch && (suppress !== undefined || options.updateBaseline))
    return ["--watch only looks, and --suppress and --update-baseline write once", "run one after the other"];
  if (options.statistics && options.format.length > options.outputFile.filter((file) => file !== "-").length)
    return ["--statistics takes the place of the report on the terminal", "give each --format an --output-file"];
  return undefined;
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
