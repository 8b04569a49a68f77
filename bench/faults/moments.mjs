// Signals to dibkit, to its process group and to random children, at random moments of real builds.
import { existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { randomNumbers } from "../random.mjs";
import { fileOf, hurt } from "./hurt.mjs";
import { descendants } from "./leftovers.mjs";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"];
const TARGETS = ["dibkit", "group", "child"];

/** What is built at a moment, and how often: `phases` are edited before it, so that everything behind them runs. */
const BUILDS = [
  { kind: "install", share: 6, system: "debian", phases: ["install", "finalise"] },
  { kind: "finalise", share: 4, system: "debian", phases: ["finalise"] },
  { kind: "tiny", share: 9, system: "tiny", phases: ["install", "finalise"], fresh: "tiny-store" },
  { kind: "debootstrap", share: 1, system: "debian", phases: [], fresh: "cold-store" },
];

/** Gives a row of the report for each moment. */
export async function* moments(place, { count, seed, systems }) {
  const random = randomNumbers(seed);
  const builds = BUILDS.filter(({ system }) => systems.includes(system));
  const seconds = await warmUp(place, builds);
  const kinds = builds.flatMap((build) => Array.from({ length: build.share }, () => build));
  for (let index = 0; index < count; index += 1) {
    const build = kinds[Math.floor(random() * kinds.length)];
    // Each signal soon, and each with each target in nine moments.
    const signal = SIGNALS[index % SIGNALS.length];
    const target = TARGETS[(index + Math.floor(index / SIGNALS.length)) % TARGETS.length];
    const round = seed * 1000 + index;
    // A little before the end of an average build, too: hence the twentieth more.
    const delay = 50 + random() * seconds.get(build.kind) * 1050;
    const choice = random();
    if (build.fresh !== undefined) rmSync(place.path(build.fresh), { recursive: true, force: true });
    if (build.phases.length > 0) place.edit(build.phases, round);
    const row = await hurt(place, {
      name: `${index + 1}`,
      build: { system: build.system, ...(build.fresh === undefined ? {} : { store: build.fresh, image: build.fresh }) },
      expected: expected(target, signal),
      harm: (run) => strike(run, { delay, target, signal, choice, kind: build.kind }),
      // A whole Debian from nothing takes minutes; that its layers are whole is checked all the same.
      next: build.kind !== "debootstrap",
    });
    if (row.wrong.length === 0 && index % 10 === 9 && build.kind === "install") {
      const found = fileOf(place, place.path("out", "debian.qcow2"), "/etc/faults-install");
      if (found !== String(round)) row.wrong.push(`the next build's image holds "${found}" instead of "${round}"`);
    }
    yield row;
  }
}

/** Builds everything once, and says how long a build of each kind takes. */
async function warmUp(place, builds) {
  const seconds = new Map();
  for (const { kind, system, phases, fresh } of builds) {
    if (kind === "debootstrap") {
      seconds.set(kind, 30);
      continue;
    }
    // The first build of a store makes everything; the second is the one that counts.
    const cold = fresh === undefined && !existsSync(place.path("out", `${system}.qcow2`));
    for (const round of cold ? ["warm", "timed"] : ["timed"]) {
      if (fresh !== undefined) rmSync(place.path(fresh), { recursive: true, force: true });
      place.edit(phases, `${kind}-${round}-${Date.now()}`);
      const run = place.start({ system, ...(fresh === undefined ? {} : { store: fresh, image: fresh }) });
      const { code } = await run.ended;
      if (code !== 0) throw new Error(`the build that comes before the faults ended with ${code}\n${run.text}`);
      seconds.set(kind, run.seconds);
    }
  }
  return seconds;
}

/** Exit codes that are right: an interrupted or killed dibkit, a script or tool that was killed; or it was over. */
function expected(target, signal) {
  if (target === "child") return [0, 3, ...(signal === "SIGKILL" ? [] : [130])];
  return signal === "SIGKILL" ? ["SIGKILL", 0] : [130, 0];
}

async function strike(run, { delay, target, signal, choice, kind }) {
  await Promise.race([sleep(delay), run.ended]);
  const row = { kind, after: delay / 1000, target, signal, stage: run.lastLine.trim() };
  try {
    if (target === "dibkit") process.kill(run.pid, signal);
    else if (target === "group") process.kill(-run.pid, signal);
    else {
      const children = descendants(run.pid);
      const child = children[Math.floor(choice * children.length)];
      if (child !== undefined) process.kill(child.pid, signal);
      row.target = child === undefined ? "nobody" : child.name;
    }
  } catch (error) {
    // It was over already.
    if (error.code !== "ESRCH") throw error;
  }
  return { row };
}
