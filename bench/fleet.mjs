// What a registry cache is worth: the web-server example built cold without one and with one to upload to, by a second
// machine that has nothing, and by a third after an edit of the last install.d script. The registry is docker-registry
// on loopback, started here.
// node bench/fleet.mjs [--only upload] [--record FILE] [--keep]      (after npm run build; needs root, docker-registry)
// A machine is a store, a download cache and a home directory of its own, all at the same paths, as on real builders;
// all take packages from the same mirror.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { unpackPackages } from "../test/debian-packages.mjs";
import { dibkit, printMachine, printTable, seconds, timed, withDirectory } from "./timed.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    record: { type: "string" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log("node bench/fleet.mjs [--only upload] [--record FILE] [--keep]");
  process.exit(0);
}
if (values.only !== undefined && values.only !== "upload")
  throw new Error(`--only is "${values.only}" but must be upload`);
const repository = fileURLToPath(new URL("../", import.meta.url));
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const COLUMNS = ["web-server, amd64, qcow2", "time", "cpu", "of cold", "scripts run"];
const LAST_SCRIPT = "bench-last/install.d/99-bench-last";

await withDirectory("fleet", async (root) => {
  printMachine();
  const project = makeProject(root);
  const registry = await openRegistry(root);
  try {
    await measure(root, project, registry);
    if (values.keep) {
      console.log(`kept in ${root}; press Enter to remove it`);
      readFileSync(0);
    }
  } finally {
    registry.stop();
  }
});

async function measure(root, project, registry) {
  const cache = `${registry.address}/bench/cache`;
  const from = ["--cache-from", cache];
  const to = ["--cache-to", `${cache},mode=max`];
  const build = (machine, flags) => {
    const run = buildOn(root, project, machine, flags);
    console.error(`${machine} ${flags.join(" ")}: ${seconds(run.wall)}, ${run.ran.length} scripts run`);
    return run;
  };
  const alone = build("alone", []);
  const pushing = build("first", to);
  const of = (part, whole) => `${((part / whole) * 100).toFixed(0)} %`;
  const cold = [row("cold, no registry", alone), row("cold, uploads everything", pushing)];
  const upload = `uploading adds ${of(pushing.wall - alone.wall, alone.wall)} to a cold build (wanted: at most 10 %)`;
  if (values.only === "upload") {
    printTable(COLUMNS, cold);
    return console.log(upload);
  }
  const space = directorySize(registry.data);
  const before = registry.requests();
  const second = build("second", from);
  const requests = registry.requests() - before;
  const again = build("second", from);
  const download = await downloadAll(registry, "bench/cache");
  editLast(project, "edited");
  const third = build("third", from);
  // Everything is in its store: what is uploaded now is what an edit adds.
  build("third", to);
  const edit = directorySize(registry.data) - space;
  const unedited = build("alone", []);
  if (second.ran.length > 0) throw new Error(`the second machine ran ${second.ran.join(" ")}`);
  const transfer = second.wall - again.wall;
  printTable(COLUMNS, [
    ...cold,
    row("second machine, nothing but the registry", second),
    row("the same again, from its own store", again),
    row("third machine, last install.d script edited", third),
    row("the first machine after that edit", unedited),
  ]);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(upload);
  console.log(`the second machine needs ${of(second.wall, alone.wall)} of a cold build (wanted: at most 25 %),`);
  console.log(`of that ${of(transfer, second.wall)} is download, unpacking and verification (${seconds(transfer)}),`);
  console.log(
    `the download alone ${seconds(download.seconds)} (${megabytes(download.bytes)} in ${download.layers} layers)`,
  );
  console.log(
    `space in the registry ${megabytes(space)}; an edit of the last script of install.d adds ${megabytes(edit)}`,
  );
  if (values.record !== undefined) {
    const figures = {
      ...{ coldSeconds: alone.wall, secondSeconds: second.wall },
      ...{ layerBytes: download.bytes - download.outputBytes, outputBytes: download.outputBytes },
      ...{ editBytes: edit - download.outputBytes, layers: download.layers },
      requestsPerBuild: requests,
    };
    writeFileSync(values.record, `${JSON.stringify(rounded(figures), null, 2)}\n`);
  }

  function row(title, run) {
    return [title, seconds(run.wall), seconds(run.cpu), of(run.wall, alone.wall), String(run.ran.length)];
  }
}

function rounded(figures) {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value)]));
}

/** The example with one script more, the last of install.d. */
function makeProject(root) {
  const project = join(root, "project");
  cpSync(join(repository, "examples/web-server"), project, { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(project, "node_modules"));
  const image = join(project, "web-server.image.ts");
  const text = readFileSync(image, "utf8");
  const named = text.replace("acmeWeb]", 'acmeWeb, elementRef("bench-last")]');
  if (named === text) throw new Error("the example's list of elements is not where it was");
  writeFileSync(image, named);
  editLast(project, "first");
  return project;
}

function editLast(project, word) {
  const script = join(project, "static", LAST_SCRIPT);
  mkdirSync(join(script, ".."), { recursive: true });
  writeFileSync(script, `#!/bin/bash\nset -eu\necho ${word} > /etc/bench-last\n`, { mode: 0o755 });
}

/** Builds on a machine; `ran` are the scripts that were run. */
function buildOn(root, project, machine, flags) {
  const [own, here] = [join(root, machine), join(root, "machine")];
  if (existsSync(own)) renameSync(own, here);
  const place = (name) => join(here, name);
  mkdirSync(place("home"), { recursive: true });
  const places = ["--cache-dir", place("store"), "--image-cache", place("downloads"), "-o", place("web-server")];
  const words = ["build", "web-server.image.ts", "--no-typecheck", "--elements-path", join(project, "static")];
  const run = timed([process.execPath, dibkit, ...words, ...places, ...flags], {
    cwd: project,
    env: { NO_COLOR: "1", HOME: place("home"), XDG_CACHE_HOME: place("home/.cache") },
  });
  if (!existsSync(place("web-server.qcow2"))) throw new Error(`"${machine}" built no image`);
  const builds = join(place("store"), "builds");
  const newest = readdirSync(builds).sort().at(-1);
  const { steps } = JSON.parse(readFileSync(join(builds, newest, "timeline.json"), "utf8"));
  renameSync(here, own);
  const scripts = steps.filter(({ id, outcome }) => outcome === "ran" && /^[a-z-]+\.d\//.test(id));
  return { ...run, ran: scripts.map(({ id }) => id) };
}

/** Debian's docker-registry, with the requests that it got. */
async function openRegistry(root) {
  const installed = "/usr/bin/docker-registry";
  const program = existsSync(installed)
    ? installed
    : join(unpackPackages(join(root, "registry"), ["docker-registry"]), "usr/bin/docker-registry");
  const address = `127.0.0.1:${await freePort()}`;
  const data = join(root, "registry-data");
  mkdirSync(data);
  const configuration = join(root, "registry.json");
  const log = join(root, "registry.log");
  // JSON is YAML too.
  const content = {
    ...{ version: "0.1", log: { level: "error", accesslog: { disabled: false } }, http: { addr: address } },
    storage: { filesystem: { rootdirectory: data }, delete: { enabled: true } },
  };
  writeFileSync(configuration, JSON.stringify(content));
  const running = spawn("bash", ["-c", 'exec "$0" serve "$1" >"$2" 2>&1', program, configuration, log]);
  for (;;) {
    if ((await fetch(`http://${address}/v2/`).catch(() => undefined))?.ok) break;
    if (running.exitCode !== null) throw new Error(`docker-registry ended with ${running.exitCode}`);
    await delay(100);
  }
  return {
    ...{ address, data },
    requests: () => (readFileSync(log, "utf8").match(/"(GET|HEAD|POST|PUT|PATCH) \/v2\//g) ?? []).length,
    stop: () => running.kill(),
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Downloads every blob once and hashes it, as the least that a transfer can be. */
async function downloadAll({ address }, name) {
  const get = async (path) => fetch(`http://${address}/v2/${name}/${path}`, { headers: { accept: MANIFEST } });
  const { tags } = await (await get("tags/list")).json();
  const found = new Map();
  let outputBytes = 0;
  const keys = tags.filter((tag) => /^[0-9a-f]{40}$/.test(tag));
  for (const tag of keys) {
    const { config, layers } = await (await get(`manifests/${tag}`)).json();
    for (const { digest, size, annotations } of [config, ...layers]) {
      found.set(digest, size);
      if (annotations?.["dibkit.tree"] === "output") outputBytes += size;
    }
  }
  const started = performance.now();
  for (const digest of found.keys()) {
    const hash = createHash("sha256");
    for await (const chunk of (await get(`blobs/${digest}`)).body) hash.update(chunk);
    if (`sha256:${hash.digest("hex")}` !== digest) throw new Error(`${digest} is another blob`);
  }
  const bytes = [...found.values()].reduce((sum, size) => sum + size, 0);
  return { seconds: (performance.now() - started) / 1000, bytes, outputBytes, layers: keys.length };
}

function directorySize(path) {
  const { stdout } = spawnSync("du", ["-s", "-B1", path], { encoding: "utf8" });
  return Number(stdout.split("\t")[0]);
}
