// Lints mutated copies of upstream's elements and insists on an answer for each: findings or none, within bounds of time
// and memory, never a crash.
// node bench/fuzz-lint.mjs [TREES] [SEED] [FIRST]    (after npm run build; a tree alone: node bench/fuzz-lint.mjs 1 SEED TREE)
import { execFileSync, fork } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KIND_NAMES } from "./fuzz/mutate-tree.mjs";

const trees = Number(process.argv[2] ?? 20_000);
const seed = Number(process.argv[3] ?? 1);
const first = Number(process.argv[4] ?? 0);
/** Processor seconds that one tree may take; by the clock it is four times as much, for machines that do other things. */
const SECONDS = Number(process.env.SECONDS ?? 10);
/** What a process that has linted up to a thousand trees, and all of upstream's elements, may hold. */
const MEGABYTES = Number(process.env.MEGABYTES ?? 1000);
const TREES_PER_PROCESS = 1000;
/** Every hundredth tree also goes through `dibkit lint --fix-unsafe` in a process of its own. */
const NTH = Number(process.env.NTH ?? 100);

// In memory where there is such a directory: millions of small files are made and removed.
const directory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dibkit-fuzz-"));
const totals = {
  trees: 0,
  clean: 0,
  findings: 0,
  seconds: 0,
  slowest: 0,
  slowestTree: -1,
  rss: 0,
  command: 0,
  commands: 0,
};
const counts = Object.fromEntries(KIND_NAMES.map((kind) => [kind, 0]));
const failures = [];

/** Trees `[from, to)` in one process. Resolves to the tree to go on with when the process did not live to the end. */
function run(from, to, nth) {
  const script = fileURLToPath(new URL("fuzz/lint-trees.mjs", import.meta.url));
  const child = fork(script, [directory, seed, from, to, nth].map(String), {
    execArgv: [`--max-old-space-size=${MEGABYTES}`],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let current = from - 1;
  let trouble;
  let errors = "";
  let timer;
  const found = [];
  const fail = (why) => {
    trouble ??= why;
    child.kill("SIGKILL");
  };
  child.stderr.on("data", (data) => {
    errors = (errors + data).slice(-4000);
  });
  child.on("message", (message) => {
    clearTimeout(timer);
    current = message.tree;
    if (message.started) {
      timer = setTimeout(() => fail(`took more than ${4 * SECONDS} s`), 4 * SECONDS * 1000 + (nth > 0 ? 130_000 : 0));
      return;
    }
    if (message.crash) found.push({ tree: current, why: message.crash });
    else {
      note(message);
      if (message.seconds > SECONDS)
        found.push({ tree: current, why: `took ${message.seconds.toFixed(1)} s of processor time` });
      if (message.rss > MEGABYTES * 1e6) fail(`took the process to ${Math.round(message.rss / 1e6)} MB`);
      if (message.command > MEGABYTES * 1e6)
        found.push({ tree: current, why: `took the command to ${Math.round(message.command / 1e6)} MB` });
    }
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code !== 0) found.push({ tree: current, why: trouble ?? `ended the process (${code ?? signal}) ${errors}` });
      resolve({ found, next: code === 0 ? to : current + 1 });
    });
  });
}

function note({ tree, findings, seconds, rss, command, counts: made }) {
  totals.trees += 1;
  totals.findings += findings;
  if (findings === 0) totals.clean += 1;
  totals.seconds += seconds;
  if (seconds > totals.slowest) Object.assign(totals, { slowest: seconds, slowestTree: tree });
  totals.rss = Math.max(totals.rss, rss);
  if (command !== undefined)
    Object.assign(totals, { command: Math.max(totals.command, command), commands: totals.commands + 1 });
  for (const [kind, times] of Object.entries(made)) counts[kind] += times;
}

const started = performance.now();
try {
  execFileSync("mkfifo", [join(directory, "pipe")]);
  for (let at = first; at < first + trees; ) {
    const { found, next } = await run(at, Math.min(at + TREES_PER_PROCESS, first + trees), NTH);
    for (const { tree, why } of found) {
      // Again and alone, to tell whether it is the tree or what was linted before it.
      const alone = await run(tree, tree + 1, 1);
      const same = alone.found.length > 0 ? "alone too" : "only after the trees before it";
      console.error(`tree ${tree} of seed ${seed}, ${same}: ${why}\n  node bench/fuzz-lint.mjs 1 ${seed} ${tree}`);
      failures.push(tree);
    }
    at = next;
    process.stderr.write(`${at - first} trees, ${Math.round((performance.now() - started) / 1000)} s\n`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

console.log(
  `mutations: ${Object.entries(counts)
    .map(([kind, times]) => `${kind} ${times}`)
    .join(", ")}`,
);
console.log(
  `${totals.trees} trees of seed ${seed}: ${totals.clean} clean, ${totals.findings} findings in the others, ${failures.length} failures; slowest ${totals.slowest.toFixed(2)} s (tree ${totals.slowestTree}), at most ${Math.round(totals.rss / 1e6)} MB; ${totals.commands} through the command, at most ${Math.round(totals.command / 1e6)} MB; ${Math.round((performance.now() - started) / 1000)} s in all`,
);
if (failures.length > 0) process.exitCode = 1;
