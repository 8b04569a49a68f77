// What a cold build of `vm debian-minimal` costs, upstream's and dibkit's one after the other, with an empty store and
// without one: time, memory, disk space.
// node bench/cost.mjs [--types qcow2,tar] [--ways WAY,…] [--runs N] [--downloads DIR]    (after npm run build; needs root)
// Every way is compared with the first one: upstream, dibkit, no-store, files (disks without loop devices), namespace (the
// same in a user namespace). Each type is a build of its own. The download cache is warm; dibkit's layer store is empty before each of its builds.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { debianSources } from "./debian-sources.mjs";
import { dibkit, printMachine, printTable, seconds, withDirectory } from "./timed.mjs";
import { watched } from "./watched.mjs";

const { values } = parseArgs({
  options: {
    types: { type: "string", default: "qcow2,tar" },
    ways: { type: "string", default: "upstream,dibkit,no-store" },
    runs: { type: "string", default: "1" },
    downloads: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const WAYS = {
  upstream: ["--engine", "upstream"],
  dibkit: [],
  "no-store": ["--no-store"],
  files: ["--disk", "files"],
  namespace: ["--privilege", "namespace"],
};
const ways = values.ways.split(",");
if (values.help || ways.some((way) => WAYS[way] === undefined)) {
  console.log(`node bench/cost.mjs [--types qcow2,tar] [--ways ${Object.keys(WAYS)}] [--runs N] [--downloads DIR]`);
  process.exit(values.help ? 0 : 2);
}
const ELEMENTS = ["vm", "debian-minimal"];

await withDirectory("cost", async (root) => {
  printMachine();
  const downloads = values.downloads ?? join(root, "downloads");
  const rows = [];
  await withFilesystem(root, async (scratch) => {
    if (!existsSync(downloads)) {
      console.error("filling the download cache");
      await build(scratch, downloads, "dibkit", "tar");
    }
    for (const type of values.types.split(",")) {
      const results = Object.fromEntries(ways.map((way) => [way, []]));
      for (let run = 0; run < Number(values.runs); run++) {
        for (const way of ways) results[way].push(await build(scratch, downloads, way, type));
      }
      for (const way of ways.slice(1))
        rows.push(row(`${way} -t ${type}`, middle(results[ways[0]]), middle(results[way])));
    }
  });
  printTable(
    [
      "vm debian-minimal",
      ...["time", "cpu", "memory", "disk"].flatMap((what) => [`${ways[0]} ${what}`, "this way", "of it"]),
    ],
    rows,
  );
});

function row(name, theirs, ours) {
  const mib = (value) => `${value.toFixed(0)} MiB`;
  const share = (key) => (ours[key] / theirs[key]).toFixed(2);
  return [
    name,
    ...[seconds(theirs.wall), seconds(ours.wall), share("wall")],
    ...[seconds(theirs.cpu), seconds(ours.cpu), share("cpu")],
    ...[mib(theirs.memory), mib(ours.memory), share("memory")],
    ...[mib(theirs.disk), mib(ours.disk), share("disk")],
  ];
}

function middle(results) {
  return [...results].sort((a, b) => a.wall - b.wall)[Math.floor((results.length - 1) / 2)];
}

/** A filesystem of its own, so that nobody else's files are counted. */
async function withFilesystem(root, use) {
  const [image, scratch] = [join(root, "scratch.ext4"), join(root, "scratch")];
  mkdirSync(scratch);
  for (const words of [
    ["truncate", "-s", "20G", image],
    ["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=1", image],
    ["mount", "-o", "loop", image, scratch],
  ]) {
    if (spawnSync(words[0], words.slice(1), { stdio: "inherit" }).status !== 0) throw new Error(words.join(" "));
  }
  try {
    await use(scratch);
  } finally {
    spawnSync("umount", [scratch]);
  }
}

async function build(scratch, downloads, way, type) {
  // New directories for each: for minutes ext4 looks slowly for inodes where many files were removed.
  const place = mkdtempSync(join(scratch, "build-"));
  for (const name of ["store", "tmp", "out"]) mkdirSync(join(place, name));
  const places = ["--image-cache", downloads, "--cache-dir", join(place, "store"), "-o", join(place, "out/image")];
  const words = ["build", ...ELEMENTS, "-t", type, ...places, ...WAYS[way]];
  const result = await watched([process.execPath, dibkit, ...words], {
    cwd: scratch,
    disk: scratch,
    env: { ...debianSources("bookworm").environment, NO_COLOR: "1", TMP_DIR: join(place, "tmp") },
  });
  console.error(
    `${way} -t ${type}: ${seconds(result.wall)} (cpu ${seconds(result.cpu)}), ${result.memory.toFixed(0)} MiB of memory, ${result.disk.toFixed(0)} MiB of disk`,
  );
  return result;
}
