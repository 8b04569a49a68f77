// Runs programs for the benches and says what they cost.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built command line. */
export const dibkit = fileURLToPath(new URL("../packages/cli/bin/dibkit.js", import.meta.url));

/** Runs a program to its end: seconds on the clock, seconds of processor time with all its children, megabytes. */
export function timed(words, { cwd, env = {}, input, codes = [0] } = {}) {
  const started = performance.now();
  const run = spawnSync("/usr/bin/time", ["-f", "%U %S %M", ...words], {
    cwd,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
  });
  const wall = (performance.now() - started) / 1000;
  if (run.error) throw run.error;
  if (!codes.includes(run.status))
    throw new Error(
      `"${words.join(" ")}" failed with exit code ${run.status}\n${run.stdout.slice(-2000)}${run.stderr.slice(-4000)}`,
    );
  const [user, system, kilobytes] = run.stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { wall, cpu: user + system, megabytes: kilobytes / 1024, stdout: run.stdout };
}

/** The median by the clock of `runs` runs; `prepare` is run before each, and is not timed. */
export function median(runs, run, prepare = () => {}) {
  const results = Array.from({ length: runs }, (_, index) => {
    prepare(index);
    return run(index);
  });
  return medianRun(results);
}

/** The run in the middle by the clock. */
export function medianRun(runs) {
  return middle([...runs].sort((a, b) => a.wall - b.wall));
}

/** Of values in order. */
export function middle(sorted) {
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Prints rows of text as columns, the first to the left and all others to the right. */
export function printTable(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at]))).join("  ");
  console.log([line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n"));
}

export const seconds = (value) => `${value.toFixed(2)} s`;
export const times = (theirs, ours) => `${(theirs / ours).toFixed(1)}×`;

/** What figures of this run depend on. */
export function printMachine() {
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  console.log(
    `node ${process.argv
      .slice(1)
      .map((word) => word.replace(/^.*\/(?=bench\/)/, ""))
      .join(" ")}`,
  );
  console.log(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.version}, load ${load}`);
}

/** Gives an empty directory to `use` and removes it afterwards. */
export async function withDirectory(name, use) {
  const directory = mkdtempSync(join(tmpdir(), `dibkit-bench-${name}-`));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
