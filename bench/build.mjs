// Figures of rebuilding: upstream's full build of `vm debian-minimal` and one element, against dibkit's after an edit.
// node bench/build.mjs [--runs N] [--only PART,…] [--types FORMATS] [--keep]    (after npm run build; needs root)
// Parts: upstream, cold, nothing, install, finalise, finalise-new-tree, finalise-again, package, no-store.
// Mirrors: DIB_DISTRIBUTION_MIRROR and the like, or those of apt here.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { debianSources, hostRelease } from "./debian-sources.mjs";
import { dibkit, median, printMachine, printTable, seconds, timed, times, withDirectory } from "./timed.mjs";

const WARM = ["nothing", "finalise", "install", "finalise-new-tree", "finalise-again", "package"];
const PARTS = ["upstream", "cold", ...WARM, "no-store"];
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
const runs = Number(values.runs);
const ELEMENTS = ["vm", "debian-minimal", "bench-element"];
/** A package without dependencies of its own that upstream's image lacks. */
const ADDED = "tree";

const TITLES = {
  upstream: "disk-image-create, everything",
  "no-store": "dibkit, everything, --no-store",
  cold: "dibkit, everything, empty store",
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
  writeScript(root, "install.d/99-bench", 0);
  writeScript(root, "finalise.d/99-bench", 0);
  const results = measure(root);
  const full = results.get("upstream");
  printTable(
    ["vm debian-minimal + one element", "time", "cpu", "upstream takes", "wanted"],
    [...results].map(([part, { wall, cpu }]) => [
      TITLES[part],
      seconds(wall),
      seconds(cpu),
      full && part !== "upstream" ? times(full.wall, wall) : "–",
      WANTED[part] ?? "–",
    ]),
  );
  const [kept, unkept] = [results.get("cold"), results.get("no-store")];
  if (kept && unkept) {
    const ratio = (key) => (kept[key] / unkept[key]).toFixed(3);
    console.log(`an empty store against none: ${ratio("wall")} of the time, ${ratio("cpu")} of the cpu (wanted: 1.05)`);
  }
  if (values.keep) {
    console.log(`kept in ${root}; press Enter to remove it`);
    readFileSync(0);
  }
});

/** Every part that is asked for, in an order in which each finds the store as its user would. */
function measure(root) {
  const results = new Map();
  const warm = WARM.some((part) => only.has(part));
  // A store of its own for each cold build: for minutes ext4 looks slowly for inodes where many files were removed.
  let stores = 0;
  const store = () => join(root, `store-${stores}`);
  const part = (name, repeat, run, prepare) => {
    if (!only.has(name)) return;
    results.set(name, median(repeat, run, prepare));
    console.error(`${TITLES[name]}: ${seconds(results.get(name).wall)}`);
  };
  // First, so that dibkit finds the same downloads as all but upstream's first run.
  part("upstream", runs, () => build(root, "upstream", ["--engine", "upstream"]));
  part(
    "cold",
    runs,
    () => build(root, "cold", ["--cache-dir", store()]),
    () => stores++,
  );
  if (warm) measureWarm(root, store(), part);
  // Last, because it removes its layers when it ends.
  part("no-store", runs, () => build(root, "no-store", ["--no-store"]));
  return results;
}

/** The parts that find a store as the last build has left it. */
function measureWarm(root, store, part) {
  const again = (...flags) => build(root, "warm", ["--cache-dir", store, ...flags]);
  // The store and the image as the last build left them.
  again();
  part("nothing", runs, () => again());
  // On the tree and the disk that the first build has left.
  part(
    "finalise",
    runs,
    () => again(),
    (index) => writeScript(root, "finalise.d/99-bench", 20 + index),
  );
  part(
    "install",
    runs,
    () => again(),
    (index) => writeScript(root, "install.d/99-bench", index + 1),
  );
  // Each after a new tree. The first edit leaves the populated disk for the next.
  const newTree = (index) => {
    writeScript(root, "install.d/99-bench", index);
    again();
  };
  part(
    "finalise-new-tree",
    runs,
    () => again(),
    (index) => {
      newTree(50 + index);
      writeScript(root, "finalise.d/99-bench", 50 + index);
    },
  );
  if (only.has("finalise-again") && !only.has("finalise-new-tree")) {
    writeScript(root, "finalise.d/99-bench", 99);
    again();
  }
  part(
    "finalise-again",
    runs,
    () => again(),
    (index) => writeScript(root, "finalise.d/99-bench", 100 + index),
  );
  // With an edit before it, built without the package first, the package's layer is new in every run.
  part(
    "package",
    runs,
    () => again("-p", ADDED),
    (index) => newTree(100 + index),
  );
}

/** Builds as a user does; upstream runs unchanged, with a shim for `kpartx` where the kernel has no device-mapper. */
function build(root, name, flags) {
  const output = join(root, name, "image");
  mkdirSync(join(root, name), { recursive: true });
  const words = ["build", ...ELEMENTS, "-o", output, "-t", values.types];
  const places = ["--elements-path", join(root, "elements"), "--image-cache", join(root, "downloads")];
  const run = timed([process.execPath, dibkit, ...words, ...places, ...flags], {
    cwd: root,
    env: { ...mirrors(), NO_COLOR: "1", XDG_CACHE_HOME: join(root, "cache") },
  });
  const built = readdirSync(join(root, name)).filter((file) => file.startsWith("image."));
  if (built.length === 0) throw new Error(`"${name}" built no image`);
  return run;
}

function writeScript(root, path, round) {
  const file = join(root, "elements/bench-element", path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `#!/bin/bash\nset -eu\necho ${round} > /etc/bench-${path.replace(/\W/g, "-")}\n`);
  chmodSync(file, 0o755);
}

/** The environment's release and mirrors, else those of Debian that apt uses here. */
function mirrors() {
  if (process.env.DIB_DISTRIBUTION_MIRROR) return {};
  const release = hostRelease();
  return release === undefined ? {} : debianSources(release).environment;
}
