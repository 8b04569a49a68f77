import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import type { Terminal } from "../terminal.js";

/** The program of the Vitest that a project has installed. */
export function findVitest(root: string): string | undefined {
  try {
    return join(dirname(createRequire(join(root, "package.json")).resolve("vitest/package.json")), "vitest.mjs");
  } catch {
    return undefined;
  }
}

/** What Vitest prints goes through a pipe, so it is told what this terminal shows. */
function colours({ colorStderr }: Terminal) {
  return colorStderr ? { FORCE_COLOR: "1", NO_COLOR: undefined } : { FORCE_COLOR: undefined, NO_COLOR: "1" };
}

export interface VitestRun {
  readonly ending: "passed" | "failed" | "interrupted";
  /** What Vitest reports as JUnit; undefined when it came to no report. */
  readonly junit: string | undefined;
}

/** Runs a project's own Vitest, which finds its files and settings itself. `files`: only those whose paths have one of these. */
export async function runVitest(
  terminal: Terminal,
  program: string,
  root: string,
  files: readonly string[],
): Promise<VitestRun> {
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-test-"));
  try {
    const report = join(scratch, "junit.xml");
    const reporters = ["--reporter=default", "--reporter=junit", `--outputFile.junit=${report}`];
    const [node = "node"] = terminal.self ?? [];
    // A project without a file of tests has none that fail; a name that fits no file is a mistake.
    const none = files.length === 0 ? ["--passWithNoTests"] : [];
    const words = [node, program, "run", ...none, ...reporters, ...files];
    const run = await createCommandRunner({ signal: terminal.signal }).run(words, {
      cwd: root,
      env: { ...terminal.env, ...colours(terminal) },
      onOutput: (line) => terminal.stderr.write(`${line}\n`),
    });
    const junit = existsSync(report) ? readFileSync(report, "utf8") : undefined;
    return { ending: terminal.signal.aborted ? "interrupted" : run.ok ? "passed" : "failed", junit };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
