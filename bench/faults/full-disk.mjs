// Disks that run full at ten points of a build, and caches that are read-only.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { hurt } from "./hurt.mjs";
import { MIB, sh } from "./place.mjs";

/**
 * Which line of the build fills which directory, and what is left there. `onDisk`: nothing is written to memory first.
 */
const POINTS = [
  { name: "store almost full before the build", at: undefined, fills: "store", leave: 100 * MIB, expected: [2] },
  { name: "store, when a script writes", at: /^▶ install\.d\/96-faults/, leave: 2 * MIB, onDisk: true },
  { name: "store, when a layer is copied from memory", at: /^▶ install\.d\/96-faults/, leave: 0 },
  { name: "store, when the disk is made", at: /^▶ disk\/create/, leave: MIB, onDisk: true },
  { name: "store, when the tree is copied", at: /^▶ disk\/copy/, leave: 20 * MIB, onDisk: true },
  { name: "store, when the disk is kept", at: /^▶ disk\/keep/, leave: 20 * MIB },
  { name: "store, when scripts run on the disk", at: /^▶ finalise\.d/, leave: 0, onDisk: true },
  { name: "store and outputs, when formats are written", at: /^▶ formats\/qcow2/, leave: 4 * MIB },
  { name: "outputs, before formats are written", at: /^▶ finalise\.d/, out: "600M", leave: 4 * MIB },
  { name: "image cache, from the beginning", cache: "300M", leave: 0, expected: [0, 2] },
];

const NO_SPACE = /no space|space left|GiB are free/i;

/** Gives a row for each point. */
export async function* fullDisks(place, { system }) {
  for (const [index, point] of POINTS.entries()) {
    place.edit(["install", "finalise"], `full-${index}-${Date.now()}`);
    const own = ownFilesystem(place, point);
    const build = { system, flags: ["-v", ...(point.onDisk ? ["--no-tmpfs"] : [])], ...own.build };
    const row = await hurt(place, {
      name: point.name,
      build,
      // A disk that cannot be kept is no reason for a build to fail.
      expected: point.expected ?? [3, ...(point.name.includes("kept") ? [0] : [])],
      saying: NO_SPACE,
      harm: async (run) => {
        if (point.at !== undefined) await run.line(point.at);
        const free = place.fill(own.fills, point.leave);
        await run.ended;
        return { mend: free };
      },
      next: point.out === undefined && point.cache === undefined,
    });
    own.close();
    yield row;
  }
}

/** A small filesystem for the outputs or the image cache, when the point wants one. */
function ownFilesystem(place, { out, cache }) {
  const size = out ?? cache;
  if (size === undefined) return { build: {}, fills: place.root, close: () => {} };
  const directory = place.path("small");
  mkdirSync(directory, { recursive: true });
  sh("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", directory);
  return {
    build: out === undefined ? { cache: "small" } : { out: directory },
    fills: directory,
    close() {
      sh("umount", "-l", directory);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Gives a row for each place that cannot be written. */
export async function* readOnlyPlaces(place, { system }) {
  for (const [what, directory] of [
    ["image cache", "cache"],
    ["layer store", "store"],
    ["output directory", "out"],
  ]) {
    place.edit(["finalise"], `read-only-${directory}-${Date.now()}`);
    const at = place.path(directory);
    const before = readdirSync(at).length;
    sh("mount", "--bind", at, at);
    sh("mount", "-o", "remount,bind,ro", at);
    const row = await hurt(place, {
      name: `${what} read-only`,
      build: { system },
      expected: [2],
      saying: /cannot be written/,
      harm: async (run) => {
        await run.ended;
        return { mend: () => sh("umount", at) };
      },
    });
    if (readdirSync(at).length < before) row.wrong.push(`${directory} lost files`);
    yield row;
  }
}
