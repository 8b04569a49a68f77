// Hurts real builds in every way a machine or a person can, and checks that nothing is left and nothing is lost.
// node bench/faults.mjs [--moments N] [--seed N] [--only PART,…] [--on SYSTEM,…] [--privilege root|namespace] [--directory DIR]
// After npm run build; root. With --privilege namespace its builds run as the root of a user namespace.
// Systems: debian (debian-minimal and vm), tiny (a few programs of this machine).
// Parts: moments, full, readonly, mirror, once, scripts, loops. Debian comes from the sources of apt on this machine.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { atOnce } from "./faults/at-once.mjs";
import { fullDisks, readOnlyPlaces } from "./faults/full-disk.mjs";
import { verifyTrouble } from "./faults/hurt.mjs";
import { usedUpLoops } from "./faults/loop-devices.mjs";
import { goneMirrors } from "./faults/mirror.mjs";
import { moments } from "./faults/moments.mjs";
import { openPlace } from "./faults/place.mjs";
import { badScripts } from "./faults/scripts.mjs";
import { printMachine, printTable } from "./timed.mjs";

const PARTS = {
  moments: { title: "signals at random moments", rows: moments },
  full: { title: "disks that run full", rows: fullDisks },
  readonly: { title: "read-only places", rows: readOnlyPlaces },
  mirror: { title: "a mirror that goes away", rows: goneMirrors, debian: true },
  once: { title: "two builds at once", rows: atOnce },
  scripts: { title: "bad scripts", rows: badScripts },
  loops: { title: "loop devices used up", rows: usedUpLoops, root: true },
};

const { values } = parseArgs({
  options: {
    moments: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: Object.keys(PARTS).join(",") },
    on: { type: "string", default: "debian,tiny" },
    privilege: { type: "string", default: "root" },
    directory: { type: "string" },
    inside: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const only = values.only.split(",");
if (values.help || only.some((name) => PARTS[name] === undefined)) {
  console.log(
    `node bench/faults.mjs [--moments N] [--seed N] [--only ${Object.keys(PARTS)}] [--on SYSTEM,…] [--privilege root|namespace] [--directory DIR]`,
  );
  process.exit(values.help ? 0 : 2);
}
if (!values.inside) process.exit(inNamespace());

printMachine();
// Of builds, and of what looks into their store.
process.env.DIBKIT_PRIVILEGE = values.privilege;
const place = openPlace(resolve(values.directory));
const systems = values.on.split(",");
const settings = {
  count: Number(values.moments),
  seed: Number(values.seed),
  systems,
  system: systems.includes("debian") ? "debian" : "tiny",
};
let wrong = 0;
let all = 0;
const results = [];
try {
  for (const name of only) {
    const { title, rows, debian, root } = PARTS[name];
    if (debian && !systems.includes("debian")) continue;
    // A user namespace has no loop devices to begin with.
    if (root && values.privilege !== "root") continue;
    console.log(`\n${title}`);
    for await (const row of rows(place, settings)) {
      all += 1;
      wrong += row.wrong.length > 0 ? 1 : 0;
      results.push({ part: name, ...row });
      print(row);
    }
    const damage = verifyTrouble(place);
    wrong += damage.length;
    console.log(damage.length === 0 ? "ok  every layer of the store is intact" : `WRONG  ${damage.join("\n")}`);
  }
} finally {
  place.close();
}
summary();
console.log(`\n${all} faults, ${all - wrong} without trouble${wrong === 0 ? "" : `, ${wrong} WITH TROUBLE`}`);
process.exit(wrong === 0 ? 0 : 1);

/** The mounts that the parts make are gone with this namespace, and so is the place's own loop device. */
function inNamespace() {
  const directory = values.directory ?? mkdtempSync(join(tmpdir(), "dibkit-faults-"));
  mkdirSync(directory, { recursive: true });
  const script = fileURLToPath(import.meta.url);
  const words = [script, ...process.argv.slice(2), "--inside", "--directory", directory];
  const run = spawnSync("unshare", ["--mount", "--propagation", "private", process.execPath, ...words], {
    stdio: "inherit",
  });
  if (values.directory === undefined) rmSync(directory, { recursive: true, force: true });
  return run.status ?? 1;
}

function print({ name, kind, after, target, signal, stage, result, seconds, peak, wrong: troubles }) {
  const what = kind === undefined ? name : `${name} ${kind} after ${after.toFixed(1)} s: ${signal} to ${target}`;
  const where = stage === "" || stage === undefined ? "before the first step" : stage.replace(/\s+/g, " ").slice(0, 60);
  const memory = peak > 0 ? `, ${peak.toFixed(0)} MB` : "";
  console.log(
    `${troubles.length === 0 ? "ok" : "WRONG"}  ${what} -> ${result} in ${seconds.toFixed(1)} s${memory}  [${where}]`,
  );
  for (const trouble of troubles) console.log(`       ${trouble}`);
}

/** Moments by target and signal, with how the builds ended. */
function summary() {
  const struck = results.filter(({ part }) => part === "moments");
  if (struck.length === 0) return;
  const target = (row) => (row.target === "dibkit" || row.target === "group" ? row.target : "child");
  const keys = [...new Set(struck.map((row) => `${target(row)} ${row.signal}`))].sort();
  const rows = keys.map((key) => {
    const those = struck.filter((row) => `${target(row)} ${row.signal}` === key);
    const ends = new Map();
    for (const { result } of those) ends.set(result, (ends.get(result) ?? 0) + 1);
    const ended = [...ends].map(([result, times]) => `${result} ×${times}`).join(", ");
    return [key, String(those.length), ended, String(those.filter((row) => row.wrong.length > 0).length)];
  });
  console.log("");
  printTable(["struck", "moments", "ended with", "trouble"], rows);
}
