import { describe, expect, test } from "vitest";
import { type CommandEntry, defineCommand } from "../src/command.js";
import { commands as everyCommand } from "../src/commands/index.js";
import { runCli } from "./run-cli.js";

const bake = defineCommand({
  name: "bake",
  group: "build",
  summary: "bake bread",
  arguments: [
    { name: "SORT", summary: "what to bake", required: true, choices: ["rye", "wheat"] },
    { name: "EXTRA", summary: "what to add", variadic: true },
  ],
  options: {
    bakeTime: { type: "number", value: "MINUTES", summary: "how long", integer: true, minimum: 1, default: 40 },
    tin: { type: "string", value: "SHAPE", short: "t", summary: "which tin", choices: ["round", "long"] },
    seed: { type: "string", value: "NAME", summary: "what to strew", repeatable: true },
    heat: { type: "count", short: "x", summary: "more heat" },
    noSteam: { type: "boolean", summary: "leave the steam out" },
  },
  examples: [{ command: "dibkit bake rye", does: "bakes a rye bread" }],
  run(input, terminal) {
    terminal.stdout.write(JSON.stringify({ ...input.arguments, ...input.options }));
    return 0;
  },
});
const commands: readonly CommandEntry[] = [
  { name: "bake", group: "build", summary: "bake bread", load: async () => ({ default: bake }) },
];

describe("arguments are read by their declaration", () => {
  test.each([
    [["rye"], { SORT: "rye", EXTRA: [], bakeTime: 40, seed: [], heat: 0, noSteam: false }],
    [
      ["rye", "nuts", "figs"],
      { SORT: "rye", EXTRA: ["nuts", "figs"], bakeTime: 40, seed: [], heat: 0, noSteam: false },
    ],
    [
      ["-xx", "wheat", "-t", "long", "--bake-time=5", "--seed", "a", "--seed", "b", "--no-steam"],
      { SORT: "wheat", EXTRA: [], bakeTime: 5, tin: "long", seed: ["a", "b"], heat: 2, noSteam: true },
    ],
    [
      ["rye", "--", "--not-an-option"],
      { SORT: "rye", EXTRA: ["--not-an-option"], bakeTime: 40, seed: [], heat: 0, noSteam: false },
    ],
  ])("%j", async (argv, expected) => {
    const run = await runCli(["bake", ...argv], { commands });
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toEqual(expected);
  });
});

describe("wrong usage gets one message, a hint and exit code 2", () => {
  test.each([
    [["bake"], '"dibkit bake" needs SORT: dibkit bake [options] SORT [EXTRA...]', 'run "dibkit bake --help"'],
    [["bake", "corn"], 'unknown SORT "corn", expected one of "rye", "wheat"', 'run "dibkit bake --help"'],
    [["bake", "rye", "--tim"], '"dibkit bake" has no option "--tim"', 'did you mean "--tin"?'],
    [["bake", "rye", "--tin"], 'option "-t, --tin <SHAPE>" needs a value', 'run "dibkit bake --help"'],
    [
      ["bake", "rye", "-t", "flat"],
      'unknown --tin "flat", expected one of "round", "long"',
      'run "dibkit bake --help"',
    ],
    [
      ["bake", "rye", "--bake-time", "0"],
      '--bake-time "0" is not a whole number of at least 1',
      'run "dibkit bake --help"',
    ],
    [
      ["bake", "rye", "--bake-time", "soon"],
      '--bake-time "soon" is not a whole number of at least 1',
      'run "dibkit bake --help"',
    ],
    [["bkae"], 'dibkit has no command "bkae"', 'run "dibkit --help"'],
    [["bakee"], 'dibkit has no command "bakee"', 'did you mean "dibkit bake"?'],
    [["--frob"], 'dibkit has no option "--frob"', 'run "dibkit --help"'],
  ])("%j", async (argv, message, help) => {
    const run = await runCli(argv, { commands });
    expect(run).toEqual({ exitCode: 2, stdout: "", stderr: `error: ${message}\n help: ${help}\n` });
  });
});

test("the overview lists every command", async () => {
  const run = await runCli(["--help"], { commands });
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain("  bake  bake bread\n");
});

test("help shows arguments, options with legal values and defaults, and examples", async () => {
  const asked = await runCli(["bake", "--help"], { commands });
  expect(asked.exitCode).toBe(0);
  expect(asked.stdout).toMatchInlineSnapshot(`
    "Usage: dibkit bake [options] SORT [EXTRA...]

    bake bread

    Arguments:
      SORT                   what to bake (rye, wheat)
      EXTRA                  what to add

    Options:
      --bake-time <MINUTES>  how long [default: 40]
      -t, --tin <SHAPE>      which tin (round, long)
      --seed <NAME>          what to strew; may be repeated
      -x, --heat             more heat
      --no-steam             leave the steam out
      -h, --help             show this help

    Examples:
      dibkit bake rye
          bakes a rye bread
    "
  `);
  expect(await runCli(["help", "bake"], { commands })).toEqual(asked);
});

test("the version is printed to stdout", async () => {
  expect(await runCli(["--version"], { commands })).toEqual({ exitCode: 0, stdout: "dibkit 0.0.0-test\n", stderr: "" });
});

describe("help at 80 columns", () => {
  test("of the command line has every command, in its group", async () => {
    const { stdout } = await runCli(["--help"]);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    for (const { name, summary } of everyCommand) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
      expect(stdout.replace(/\s+/g, " ")).toContain(summary);
    }
  });

  test.each(everyCommand.map(({ name }) => name))("of %s", async (name) => {
    const { stdout } = await runCli([name, "--help"]);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});
