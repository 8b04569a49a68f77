import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type CommandEntry, defineCommand } from "../src/command.js";
import { runCli } from "./run-cli.js";

const SYSCALL = { EACCES: "open", EROFS: "mkdir", ENOSPC: "write", ENOENT: "mkdtemp" } as const;

/** Runs a command that meets this error. */
async function met(code: keyof typeof SYSCALL, path: string, argv: readonly string[], env = {}) {
  const command = defineCommand({
    group: "build",
    name: "write",
    summary: "write",
    arguments: [{ name: "IN", summary: "what to read" }],
    options: {
      out: { type: "string", value: "DIR", summary: "where to" },
      word: { type: "string", value: "NAME", summary: "no path" },
      ...(argv.includes("--cache-dir")
        ? { cacheDir: { type: "string", value: "DIR", summary: "layers" } as const }
        : {}),
    },
    examples: [],
    run() {
      throw Object.assign(new Error(`${code}: ${path}`), { code, path, syscall: SYSCALL[code] });
    },
  });
  const commands: readonly CommandEntry[] = [
    { name: "write", group: "build", summary: "write", load: async () => ({ default: command }) },
  ];
  return runCli(["write", ...argv], { cwd: "/work", commands, env: { HOME: "/home/ann", ...env } });
}

const OR_ROOT = ", or run as a user who may use it, such as root";

test.each<[Parameters<typeof met>, string, string]>([
  [
    ["EACCES", "/srv/out/a", ["--out", "/srv/out"]],
    'cannot open "/srv/out/a": permission was denied',
    `choose another directory with --out${OR_ROOT}`,
  ],
  [
    ["EROFS", "/srv", ["--out", "/srv/out"]],
    'cannot make directory "/srv": the filesystem is read-only',
    "choose another directory with --out, or make it writable",
  ],
  [
    ["EACCES", "/home/ann/.cache/dibkit/l", []],
    'cannot open "/home/ann/.cache/dibkit/l": permission was denied',
    `choose another directory with DIBKIT_CACHE${OR_ROOT}`,
  ],
  [
    ["ENOSPC", "/var/layers/l", ["--cache-dir", "/var/layers"]],
    'cannot write "/var/layers/l": no space is left on the device',
    "free some space there, or choose another directory with --cache-dir",
  ],
  [
    ["ENOENT", `${tmpdir()}/dibkit-x`, []],
    `cannot make a directory in "${tmpdir()}": it does not exist`,
    "make it, or set TMPDIR to a directory that you may write",
  ],
  [["EACCES", "/work/in.ts", ["in.ts"]], 'cannot open "/work/in.ts"', `choose another path${OR_ROOT}`],
  // The command's only path that nobody has given.
  [["EACCES", "/nowhere/at/all", []], 'cannot open "/nowhere/at/all"', `choose another directory with --out${OR_ROOT}`],
])("%j is a failure with its remedy", async (given, message, help) => {
  const run = await met(...given);
  expect(run.stderr).toContain(`error: ${message}`);
  expect(run.stderr).toContain(` help: ${help}\n`);
  expect(run.exitCode).toBe(2);
});

test("the trace is shown to those who ask for it", async () => {
  const run = await met("EACCES", "/srv/x", [], { DIBKIT_DEBUG: "1" });
  expect(run.stderr).toContain("Error: EACCES: /srv/x\n    at ");
});

test("what no machine does is a bug still", async () => {
  const command = defineCommand({
    group: "build",
    name: "fall",
    summary: "fall",
    examples: [],
    run: () => {
      throw new TypeError("x is not a function");
    },
  });
  const commands = [
    { name: "fall", group: "build" as const, summary: "fall", load: async () => ({ default: command }) },
  ];
  await expect(runCli(["fall"], { commands })).rejects.toThrow("x is not a function");
});

test.each([
  [["images", "docs"], 'cannot read "'],
  [["verify", "README.md", "--key", "docs"], '"'],
])("a directory in place of a file is named: %j", async (words, before) => {
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  const run = await runCli(words, { cwd });
  expect(run.stderr).toMatch(new RegExp(`error: ${before}\\S*docs"[^\n]* is a directory\n help: name a `));
  expect(run.exitCode).toBe(2);
});
