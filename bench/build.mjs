// Figures of rebuilding: upstream's full build of `vm debian-minimal` and one element, against dibkit's after an edit.
// node bench/build.mjs [--runs N] [--only PART,…] [--types FORMATS] [--keep]    (after npm run build; needs root)
// Parts: upstream, cold, two, nothing, install, finalise, finalise-new-tree, finalise-again, package, no-store.
// Mirrors: DIB_DISTRIBUTION_MIRROR and the like, or those of apt here.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { debianSources, hostRelease } from "./debian-sources.mjs";
import { dibkit, medianRun, middle, printMachine, printTable, seconds, timed, times, withDirectory } from "./timed.mjs";

const WARM = ["nothing", "finalise", "install", "finalise-new-tree", "finalise-again", "package"];
const PARTS = ["upstream", "cold", "two", ...WARM, "no-store"];
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    only: { type: "string", default: PARTS.join(",") },
    types: { type: "string", default: "qcow2" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const only = new Set(values.only.split(","));
const unknown = [...only].filter((part) => !PARTS.includes(part));
if (values.help || unknown.length > 0) {
  console.log(`node bench/build.mjs [--runs N] [--only ${PARTS.join(",")}] [--types FORMATS] [--keep]`);
  process.exit(values.help ? 0 : 2);
}
const rounds = Number(values.runs);
const ELEMENTS = ["vm", "debian-minimal", "bench-element"];
/** A package without dependencies of its own that upstream's image lacks. */
const ADDED = "tree";

const TITLES = {
  upstream: "disk-image-create, everything",
  "no-store": "dibkit, everything, --no-store",
  cold: "dibkit, everything, empty store",
  two: "dibkit, two images at once, that differ in their last script",
  nothing: "dibkit, nothing changed",
  install: "dibkit, last script of install.d edited",
  finalise: "dibkit, script of finalise.d edited",
  "finalise-new-tree": "dibkit, the same, first after an edit of install.d",
  "finalise-again": "dibkit, the same edited once more",
  package: `dibkit, package "${ADDED}" added at the end`,
};
const WANTED = {
  nothing: "60×",
  install: "10×",
  finalise: "12×",
  "finalise-new-tree": "12×",
  "finalise-again": "12×",
  package: "5×",
};

await withDirectory("build", async (root) => {
  printMachine();
  const results = measure(root);
  const full = results.get("upstream");
  const ratios = (part) => results.get(part).map(({ wall }, round) => full[round].wall / wall);
  printTable(
    ["vm debian-minimal + one element", "time", "cpu", "upstream takes", "from … to", "wanted"],
    [...results].map(([part, runs]) => {
      const { wall, cpu } = medianRun(runs);
      const against = full && !["upstream", "no-store"].includes(part) ? ratios(part).sort((a, b) => a - b) : undefined;
      return [
        TITLES[part],
        seconds(wall),
        seconds(cpu),
        against ? times(middle(against), 1) : "–",
        against ? `${times(against[0], 1)} … ${times(against.at(-1), 1)}` : "–",
        WANTED[part] ?? "–",
      ];
    }),
  );
  const [two, one] = ["two", "cold"].map((part) => results.get(part) && medianRun(results.get(part)));
  if (two && one) console.log(`two images against one: ${(two.wall / one.wall).toFixed(2)} of the time (wanted: 1.15)`);
  const [kept, unkept] = ["cold", "no-store"].map((part) => results.get(part) && medianRun(results.get(part)));
  if (kept && unkept) {
    const ratio = (key) => (kept[key] / unkept[key]).toFixed(3);
    console.log(`an empty store against none: ${ratio("wall")} of the time, ${ratio("cpu")} of the cpu (wanted: 1.05)`);
  }
  if (values.keep) {
    console.log(`kept in ${root}; press Enter to remove it`);
    readFileSync(0);
  }
});

/**
 * The runs of every part that is asked for. They go in rounds, because a machine is slow for minutes and fast for
 * minutes: what a round measures is compared with upstream's run of that round.
 */
function measure(root) {
  const results = new Map();
  const part = (name, run) => {
    if (!only.has(name)) return;
    const result = run();
    results.set(name, [...(results.get(name) ?? []), result]);
    console.error(`${TITLES[name]}: ${seconds(result.wall)}`);
  };
  // A store of its own for each round: for minutes ext4 looks slowly for inodes where many files were removed.
  for (let round = 0; round < rounds; round++) {
    const store = join(root, `store-${round}`);
    writeFirst(root);
    // First, so that dibkit finds the same downloads as all but upstream's first run.
    part("upstream", () => build(root, "upstream", ["--engine", "upstream"]));
    part("cold", () => build(root, "cold", ["--cache-dir", store]));
    part("two", () => buildTwo(root, join(root, `store-two-${round}`)));
    if (WARM.some((name) => only.has(name))) measureWarm(root, store, round, part);
  }
  writeFirst(root);
  // Last, because it removes its layers when it ends.
  for (let round = 0; round < rounds; round++) part("no-store", () => build(root, "no-store", ["--no-store"]));
  return results;
}

/** The parts that find a store as the last build has left it. */
function measureWarm(root, store, round, part) {
  const again = (...flags) => build(root, "warm", ["--cache-dir", store, ...flags]);
  const edit = (script, text) => writeScript(root, `${script}.d/99-bench`, `${text} ${round}`);
  // The store and the image as the last build left them.
  again();
  part("nothing", () => again());
  // On the tree and the disk that the first build has left.
  edit("finalise", "edited");
  part("finalise", () => again());
  edit("install", "edited");
  part("install", () => again());
  // After a new tree. The first edit leaves the populated disk for the next.
  if (only.has("finalise-new-tree") || only.has("finalise-again")) {
    edit("install", "a new tree");
    again();
    edit("finalise", "after a new tree");
    const first = () => again();
    if (only.has("finalise-new-tree")) part("finalise-new-tree", first);
    else first();
    edit("finalise", "after a new tree, again");
    part("finalise-again", () => again());
  }
  // Built without the package first, so that the package is all that is new.
  if (only.has("package")) {
    edit("install", "before the package");
    again();
    part("package", () => again("-p", ADDED));
  }
}

/** Builds as a user does; upstream runs unchanged, with a shim for `kpartx` where the kernel has no device-mapper. */
function build(root, name, flags) {
  const output = join(root, name, "image");
  mkdirSync(join(root, name), { recursive: true });
  const run = runBuild(root, [...ELEMENTS, "-o", output, "-t", values.types, ...flags]);
  const built = readdirSync(join(root, name)).filter((file) => file.startsWith("image."));
  if (built.length === 0) throw new Error(`"${name}" built no image`);
  return run;
}

/** Two image definitions by one command, with all but their last element in common. */
function buildTwo(root, store) {
  const project = join(root, "two");
  const images = ["one", "other"].map((name) => {
    writeScript(root, "install.d/99-bench", name, `bench-${name}`);
    writeScript(root, "finalise.d/99-bench", name, `bench-${name}`);
    return [join(project, `${name}.image.ts`), name];
  });
  mkdirSync(project, { recursive: true });
  for (const [file, name] of images) {
    const elements = [...ELEMENTS.slice(0, -1), `bench-${name}`].map((element) => `elementRef("${element}")`);
    const definition = {
      name: `"${name}"`,
      elements: `[${elements}]`,
      formats: JSON.stringify(values.types.split(",")),
    };
    const fields = Object.entries(definition).map(([key, value]) => `  ${key}: ${value},\n`);
    const imports = 'import { defineImage, elementRef } from "@dibkit/model";\n';
    writeFileSync(file, `${imports}export default defineImage({\n${fields.join("")}});\n`);
  }
  writeFileSync(join(project, "package.json"), '{ "name": "two", "type": "module", "private": true }\n');
  const modules = join(project, "node_modules");
  if (!existsSync(modules)) symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), modules);
  return runBuild(project, [...images.map(([file]) => file), "--no-typecheck", "--cache-dir", store], root);
}

function runBuild(cwd, words, root = cwd) {
  const directories = ["--elements-path", join(root, "elements"), "--image-cache", join(root, "downloads")];
  return timed([process.execPath, dibkit, "build", ...words, ...directories], {
    cwd,
    env: { ...mirrors(), NO_COLOR: "1", XDG_CACHE_HOME: join(root, "cache") },
  });
}

/** The element as every cold build finds it. */
function writeFirst(root) {
  for (const phase of ["install", "finalise"]) writeScript(root, `${phase}.d/99-bench`, "first");
}

function writeScript(root, path, text, element = "bench-element") {
  const file = join(root, "elements", element, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `#!/bin/bash\nset -eu\necho ${text} > /etc/bench-${path.replace(/\W/g, "-")}\n`);
  chmodSync(file, 0o755);
}

/** The environment's release and mirrors, else those of Debian that apt uses here. */
function mirrors() {
  if (process.env.DIB_DISTRIBUTION_MIRROR) return {};
  const release = hostRelease();
  return release === undefined ? {} : debianSources(release).environment;
}
