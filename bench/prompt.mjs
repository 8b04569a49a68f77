// How long a person waits at the prompt: until a build says its first word, until a shell in the middle of a build is
// open. Beside Node alone, which both begin with.
// node bench/prompt.mjs [--runs N] [--image FILE --cache-dir DIR]   (after npm run build; needs root)
// Without an image a tiny system is built for it.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { tinyOs } from "../test/tiny-os.mjs";
import { dibkit, medianRun, printMachine, printTable, timed, times, withDirectory } from "./timed.mjs";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "7" },
    image: { type: "string" },
    "cache-dir": { type: "string" },
    before: { type: "string", default: "install.d/01-nothing" },
    help: { type: "boolean", default: false },
  },
});
if (values.help || (values.image === undefined) !== (values["cache-dir"] === undefined)) {
  console.log("node bench/prompt.mjs [--runs N] [--image FILE --cache-dir DIR] [--before STEP]");
  process.exit(values.help ? 0 : 2);
}
const runs = Number(values.runs);

printMachine();
await withDirectory("prompt", async (directory) => {
  const { image, store, build } = values.image === undefined ? tiny(directory) : existing();
  const shell = [
    process.execPath,
    dibkit,
    "shell",
    image,
    "--cache-dir",
    store,
    "--before",
    values.before,
    "-c",
    "true",
  ];
  const alone = await each(() => timed([process.execPath, "-e", "0"]));
  const rows = {
    "node -e 0": alone,
    "dibkit build: its first line": await each(() => firstLine(build)),
    [`dibkit shell --before ${values.before} -c true`]: await each(() => timed(shell)),
  };
  printTable(
    ["at the prompt", "time", "of Node alone"],
    Object.entries(rows).map(([name, { wall }]) => [name, `${(wall * 1000).toFixed(0)} ms`, times(wall, alone.wall)]),
  );
});

async function each(measure) {
  const results = [];
  for (let run = 0; run < runs; run += 1) results.push(await measure());
  return medianRun(results);
}

/** Until a command writes anything; it is ended then. */
function firstLine(words) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(words[0], words.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
    let wall;
    child.on("error", reject);
    child.stderr.once("data", () => {
      wall = (performance.now() - started) / 1000;
      child.kill();
    });
    child.on("exit", () =>
      wall === undefined ? reject(new Error(`${words.join(" ")} said nothing`)) : resolve({ wall }),
    );
  });
}

function existing() {
  const store = values["cache-dir"];
  const build = [process.execPath, dibkit, "build", "vm", "debian-minimal", "-o", "image", "--cache-dir", store];
  return { image: values.image, store, build };
}

function tiny(directory) {
  const script = (path, text) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    chmodSync(join(directory, path), 0o755);
  };
  script("elements/tiny-os/element-provides", "operating-system\n");
  script("elements/tiny-os/root.d/10-tiny", tinyOs(["bash", "sh", "env", "true"]));
  script("elements/probe/install.d/01-nothing", "#!/bin/bash\n:\n");
  const store = join(directory, "store");
  const image = join(directory, "image.tar");
  const words = [
    "build",
    "--skip-base",
    "--image-size",
    "1",
    "-t",
    "tar",
    "-o",
    join(directory, "image"),
    "--cache-dir",
    store,
  ];
  const build = [
    process.execPath,
    dibkit,
    ...words,
    "--elements-path",
    join(directory, "elements"),
    "tiny-os",
    "probe",
  ];
  timed(build);
  return { image, store, build };
}
