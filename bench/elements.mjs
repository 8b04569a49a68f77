// Figures of compile, import and resolve, the last against upstream's own resolver in the same run.
// node bench/elements.mjs [RUNS]    (after npm run build; medians of RUNS runs, 5 unless stated)
import { appendFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { upstreamInstallation } from "@dibkit/model";
import { dibkit, median, printMachine, printTable, seconds, timed, times, withDirectory } from "./timed.mjs";

const runs = Number(process.argv[2] ?? 5);
const upstream = upstreamInstallation(process.env);
if (!upstream) throw new Error("diskimage-builder is not installed");
const python = process.env.DIB_PYTHON_EXEC ?? "/usr/bin/python3";
const names = readdirSync(upstream.elements, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "__pycache__")
  .map((entry) => entry.name)
  .sort();

await withDirectory("elements", (root) => {
  printMachine();
  const rows = [];
  const row = (what, { wall, cpu, megabytes }, theirs) => {
    console.error(`${what}: ${seconds(wall)}`);
    rows.push([
      what,
      seconds(wall),
      seconds(cpu),
      `${megabytes.toFixed(0)} MB`,
      theirs ? seconds(theirs.wall) : "–",
      theirs ? times(theirs.wall, wall) : "–",
    ]);
  };
  compileRows(root, row);
  importRows(root, row);
  resolveRows(root, row);
  printTable(["", "dibkit", "cpu", "memory", "upstream", "faster"], rows);
});

function run(root, ...words) {
  const env = { XDG_CACHE_HOME: join(root, "cache"), NO_COLOR: "1" };
  return timed([process.execPath, dibkit, ...words], { cwd: root, env });
}

/** Upstream has nothing that writes elements, so these figures stand alone. */
function compileRows(root, row) {
  const hundred = names.slice(0, 100);
  const directories = hundred.map((name) => join(upstream.elements, name));
  run(root, "import", ...directories, "--out", "project", "--no-verify");
  const clear = (...places) => {
    for (const place of places) rmSync(join(root, place), { recursive: true, force: true });
  };
  const compile =
    (...flags) =>
    () =>
      run(root, "compile", "project", "--out", "out", ...flags);
  const count = `${hundred.length} elements`;
  row(
    `compile ${count}, nothing there`,
    median(runs, compile(), () => clear("out", "cache")),
  );
  row(
    `compile ${count}, one edited`,
    median(runs, compile(), (index) => edit(root, index)),
  );
  row(`compile ${count}, nothing changed`, median(runs, compile()));
  row(
    `compile --check ${count}, cold`,
    median(runs, compile("--check"), () => clear("cache")),
  );
  row(`compile --check ${count}, checked before`, median(runs, compile("--check")));
  row(
    `compile --no-typecheck ${count}`,
    median(runs, compile("--no-typecheck"), () => clear("out")),
  );
}

function edit(root, index) {
  const module = readdirSync(join(root, "project"), { recursive: true }).find((path) => path.endsWith(".ts"));
  appendFileSync(join(root, "project", module), `// edit ${index}\n`);
}

function importRows(root, row) {
  mkdirSync(join(root, "imports"));
  const into = (index, ...flags) =>
    run(root, "import", ...names.map((name) => join(upstream.elements, name)), "--out", `imports/${index}`, ...flags);
  row(
    `import ${names.length} elements, verified`,
    median(runs, (index) => into(`verified-${index}`)),
  );
  row(
    `import --no-verify ${names.length} elements`,
    median(runs, (index) => into(`plain-${index}`, "--no-verify")),
  );
}

function resolveRows(root, row) {
  const env = { ELEMENTS_PATH: upstream.elements, PYTHONDONTWRITEBYTECODE: "1" };
  const info = (...elements) => timed([python, join(upstream.lib, "element-info.py"), ...elements], { cwd: root, env });
  const image = ["vm", "debian-minimal"];
  row(
    `resolve ${image.join(" ")}`,
    median(runs, () => run(root, "resolve", ...image)),
    median(runs, () => info(...withBlockDevice(image))),
  );
  const requests = [...names.map((name) => [name]), ...sets(1000)].map(withBlockDevice);
  const input = JSON.stringify({ path: upstream.elements, requests });
  const ours = fileURLToPath(new URL("resolve-many.mjs", import.meta.url));
  const theirs = fileURLToPath(new URL("../packages/model/test/expand-elements.py", import.meta.url));
  row(
    `resolve ${requests.length} sets, one process`,
    median(runs, () => timed([process.execPath, ours], { cwd: root, input })),
    median(runs, () => timed([python, theirs], { cwd: root, input, env })),
  );
}

/** What disk-image-create adds before it asks its resolver. */
function withBlockDevice(elements) {
  return elements.includes("vm") ? [...elements, "block-device-mbr"] : elements;
}

/** The same sets of two to six elements in every run. */
function sets(count) {
  let state = 1;
  const below = (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: count }, () => Array.from({ length: 2 + below(5) }, () => names[below(names.length)]));
}
