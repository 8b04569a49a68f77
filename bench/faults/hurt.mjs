// One build that is hurt, and everything that has to be true afterwards.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { dibkit } from "../timed.mjs";
import { lastingLeftovers, mountPoints, watchBuild } from "./leftovers.mjs";
import { imagesIn, sh } from "./place.mjs";

const known = new Map();

/** SHA-256 of a file; of one that has not changed since the last time, the same without reading it. */
async function sumOf(path) {
  const { ino, size, ctimeMs } = statSync(path);
  // A file that is renamed keeps its content, and gets a new ctime.
  const stamp = `${ino} ${size} ${ctimeMs}`;
  const before = known.get(path);
  if (before?.stamp === stamp) return before.sum;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const sum = hash.digest("hex");
  known.set(path, { stamp, sum });
  return sum;
}

const sumsIn = async (directory) =>
  new Map(await Promise.all(imagesIn(directory).map(async (name) => [name, await sumOf(join(directory, name))])));

/**
 * Builds, harms the build while it runs, and checks what is left. `expected` are the exit codes that are right (a
 * signal's name for a killed dibkit). Gives a row of the report; `wrong` is empty when all is well.
 */
export async function hurt(place, { name, build = {}, harm, expected, saying, next = true }) {
  const out = build.out ?? place.path("out");
  const store = build.store ?? "store";
  const before = await sumsIn(out);
  const mountsBefore = mountPoints();
  const run = place.start(build);
  const watch = watchBuild(place);
  const harmed = await harm(run);
  const { code, signal } = await endOf(run);
  watch.stop();
  await harmed?.mend?.();
  const wrong = [];
  const result = signal ?? code;
  // A signal that comes while Node itself is starting finds nobody yet who would tell of it.
  const hadNotBegun = signal !== null && signal === harmed?.row?.signal && run.text === "";
  if (!expected.includes(result) && !hadNotBegun)
    wrong.push(`ended with ${result} instead of ${expected.join(" or ")}`);
  wrong.push(...messageTrouble(run.text, result), ...sayingTrouble(run.text, result, saying));
  wrong.push(...(await lastingLeftovers(place, mountsBefore, watch.seen, out)).map((what) => `left ${what}`));
  // What ends after the image is whole, and has been named, leaves it there.
  const isNamed = run.text.includes(`✔ ${out}/`) || /after the image was written/.test(run.text);
  const written = result === 0 || typeof result === "string" || isNamed;
  wrong.push(...(await imageTrouble(out, before, written)));
  // Reading all layers of a Debian takes longer than a build: that is done once behind each part.
  if (build.system === "tiny") wrong.push(...verifyTrouble(place, store));
  if (next) wrong.push(...(await nextTrouble(place, build, harmed?.next)));
  if (wrong.length > 0)
    wrong.push(
      ...run.text
        .trimEnd()
        .split("\n")
        .slice(-8)
        .map((line) => `  | ${line.slice(0, 200)}`),
    );
  return {
    name,
    ...harmed?.row,
    stage: harmed?.row?.stage ?? run.lastLine,
    result: String(result),
    seconds: run.seconds,
    peak: watch.seen.peak,
    wrong,
  };
}

const PATIENCE_S = 900;

/** A build that hangs is a fault too. */
async function endOf(run) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ code: "hung", signal: null }), PATIENCE_S * 1000);
  });
  const ended = await Promise.race([run.ended, late]);
  clearTimeout(timer);
  if (ended.code === "hung") process.kill(-run.pid, "SIGKILL");
  return ended;
}

/** One clear message, and never the one about a bug. */
function messageTrouble(text, result) {
  const errors = text.split("\n").filter((line) => /^error\b/.test(line));
  if (/this is a bug/.test(text)) return ["said that dibkit has a bug"];
  if ((result === 3 || result === 2) && errors.length !== 1)
    return [`printed ${errors.length} messages instead of one`];
  if (result === 130 && !/interrupted/.test(text)) return ["did not say that it was interrupted"];
  if (result === 0 && errors.length > 0) return ["printed an error and ended with 0"];
  return [];
}

function sayingTrouble(text, result, saying) {
  if (saying === undefined || result === 0 || saying.test(text)) return [];
  return [`did not say ${saying}`];
}

/** Earlier images are there with the same content; a new one is whole, and is there only after a success. */
async function imageTrouble(out, before, written) {
  const wrong = [];
  const after = await sumsIn(out);
  const contents = new Set(after.values());
  for (const [name, sum] of before) if (!contents.has(sum)) wrong.push(`the earlier image ${name} is gone or changed`);
  const old = new Set(before.values());
  for (const [name, sum] of after) {
    if (old.has(sum)) continue;
    if (!written) wrong.push(`wrote ${name} although it failed`);
    else if (name.endsWith(".qcow2") && !isWhole(join(out, name))) wrong.push(`${name} is not whole`);
  }
  return wrong;
}

function isWhole(path) {
  try {
    sh("qemu-img", "check", "-q", path);
    return true;
  } catch {
    return false;
  }
}

/** What `dibkit cache verify` finds in a store. */
export function verifyTrouble(place, store = "store") {
  if (!existsSync(place.path(store, "l"))) return [];
  try {
    sh(process.execPath, dibkit, "cache", "verify", "--cache-dir", place.path(store));
    return [];
  } catch (error) {
    return [`the store is damaged: ${String(error.stdout).trim()}`];
  }
}

/** The same build again, unharmed; its image has to be whole. Older images are removed, for the space. */
async function nextTrouble(place, build, change = {}) {
  const out = build.out ?? place.path("out");
  const again = { ...build, through: undefined, ...change };
  const run = place.start(again);
  const { code } = await endOf(run);
  const image = join(out, `${again.image ?? again.system ?? "debian"}.qcow2`);
  if (code !== 0 || !existsSync(image)) return [`the next build ended with ${code}: ${run.text.slice(-600)}`];
  if (!isWhole(image)) return ["the next build's image is not whole"];
  for (const name of imagesIn(out)) {
    if (name.startsWith(`${basename(image, ".qcow2")}-`)) rmSync(join(out, name));
  }
  return [];
}

/** What a file of a built image holds; `guest` is its path there. */
export function fileOf(place, image, guest) {
  const raw = place.path("looked-at.raw");
  sh("qemu-img", "convert", "-O", "raw", image, raw);
  try {
    const offset = /start=\s*(\d+)/.exec(sh("sfdisk", "--dump", raw))?.[1];
    const text = sh("debugfs", "-R", `cat ${guest}`, `${raw}?offset=${Number(offset) * 512}`);
    return text.trim();
  } finally {
    rmSync(raw, { force: true });
  }
}

/** Moves what a build has left out of the way, for a part that wants to begin with nothing. */
export function setAside(path) {
  if (!existsSync(path)) return;
  renameSync(path, `${path}.aside`);
  rmSync(`${path}.aside`, { recursive: true, force: true });
}
