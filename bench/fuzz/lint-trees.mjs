// The process that fuzz-lint.mjs watches: makes trees, lints them, and says after each how it went.
// node lint-trees.mjs DIRECTORY SEED FROM TO [NTH]     (every NTH tree goes through the command line as well)
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lint, planFixes, reporters, rules } from "@dibkit/lint";
import { createCatalog, loadCatalog, upstreamInstallation } from "@dibkit/model";
import { randomFrom } from "../random.mjs";
import { dibkit } from "../timed.mjs";
import { mutateTree } from "./mutate-tree.mjs";
import { writeTree } from "./write-tree.mjs";

const [directory, ...numbers] = process.argv.slice(2);
const [seed, from, to, nth = 0] = numbers.map(Number);
const commandSeconds = Number(process.env.COMMAND_SECONDS ?? 120);
const upstream = loadCatalog([upstreamInstallation(process.env).elements]);
const originals = [...upstream.elements.values()];
const options = { cwd: "/", color: false, version: "0", rules: new Map(rules.map((rule) => [rule.id, rule])) };
const special = join(directory, "pipe");
const root = join(directory, "elements");

/** The tree of a number: one to three of upstream's elements, mutated. Returns whether upstream's are in reach, too. */
function makeTree(tree, counts) {
  const random = randomFrom(seed, tree);
  for (let element = 1 + random.below(3); element > 0; element -= 1) {
    const original = random.pick(originals);
    const files = new Map(
      [...original.files].map(([path, { kind, mode, bytes, target }]) => [path, { kind, mode, bytes, target }]),
    );
    mutateTree(files, random, counts);
    const name = random.chance(0.98)
      ? original.name
      : random.pick(["new\nline", "__proto__", "\uDC80", " ", "-x", "a b"]);
    writeTree(join(root, name), files, special);
  }
  return { composed: random.chance(0.1), image: random.chance(0.2) };
}

async function lintTree({ composed, image }) {
  const found = loadCatalog([root]);
  const elements = [...found.elements.values()];
  const catalog = composed
    ? createCatalog([
        { path: root, elements },
        { path: "upstream", elements: originals },
      ])
    : found;
  const images = image ? [{ name: "image", elements: elements.map((element) => element.name) }] : [];
  const result = await lint({ catalog, elements, configuration: { preset: "all", images } });
  for (const reporter of reporters) reporter.render(result, options);
  planFixes(result.diagnostics, true);
  void catalog.diagnostics;
  return result.diagnostics.length;
}

/** `dibkit lint --fix-unsafe` of the same tree: 0 or 1, or 2 when nothing in it is an element any more. */
function lintByCommand() {
  // `timeout` ends the programs that dibkit has started as well.
  const program = ["/usr/bin/time", "-f", "%M", process.execPath, dibkit, "lint", root, "--fix-unsafe"];
  const words = ["--signal=KILL", `${commandSeconds}`, ...program, "--preset", "all"];
  const run = spawnSync("timeout", words, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (![0, 1, 2].includes(run.status)) {
    throw new Error(
      `the command ended with ${run.status ?? run.signal}: ${run.error?.message ?? ""} ${run.stderr.slice(-3000)}`,
    );
  }
  return Number(run.stderr.trim().split("\n").at(-1)) * 1024;
}

// Once, so that reading upstream's elements is not counted as the time of a tree.
await lint({ catalog: upstream, elements: originals, configuration: { preset: "all" } });
for (let tree = from; tree < to; tree += 1) {
  const counts = {};
  rmSync(root, { recursive: true, force: true });
  const how = makeTree(tree, counts);
  process.send?.({ tree, started: true });
  // Lets the message go out before the work, which may never end.
  await new Promise((resolve) => setImmediate(resolve));
  const started = performance.now();
  const cpu = process.cpuUsage();
  try {
    const findings = await lintTree(how);
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (user + system) / 1e6;
    const wall = (performance.now() - started) / 1000;
    const command = nth > 0 && tree % nth === 0 ? lintByCommand() : undefined;
    process.send?.({ tree, findings, seconds, wall, rss: process.memoryUsage.rss(), counts, command });
  } catch (error) {
    process.send?.({ tree, crash: String(error.stack ?? error) });
    if (process.env.KEEP && existsSync(root))
      cpSync(root, process.env.KEEP, { recursive: true, verbatimSymlinks: true });
  }
}
process.disconnect?.();
