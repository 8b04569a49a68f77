// The directory that everything of a run of the tests lies below: it is removed at the end, however the tests ended, and
// what a run has left that was killed is removed by the next one. Builds fill gigabytes.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "dibkit-tests-";
/** A file in the directory from the moment on in which it is locked: before, nobody may take it for left alone. */
const LOCKED = "locked";
const GIB = 1024 ** 3;
const REMOVALS = 5;

/** How far free space has been seen to go down in a whole run, in GiB, with something to spare. */
export const NEEDED = 24;

/** Makes the directory; `close` removes it, `used` is how far free space went down since, in GiB. */
export function openScratch() {
  for (const directory of abandoned(tmpdir())) remove(directory);
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  // As `/tmp` is: some tests are those of other users.
  chmodSync(directory, 0o1777);
  const lock = hold(directory);
  const before = free(directory);
  let least = before;
  const look = () => {
    least = Math.min(least, free(directory));
  };
  const timer = setInterval(look, 2000).unref();
  return {
    directory,
    free: before,
    used() {
      look();
      return before - least;
    },
    close() {
      clearInterval(timer);
      lock.stdin.end();
      remove(directory);
    },
  };
}

/** Directories of runs that have ended without removing them. A lock tells, because numbers of processes come again. */
export function abandoned(parent) {
  return readdirSync(parent)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(parent, name))
    .filter((directory) => existsSync(join(directory, LOCKED)))
    .filter((directory) => spawnSync("flock", ["--nonblock", directory, "true"]).status === 0);
}

/** Locks the directory for as long as this process lives: the kernel closes the pipe with it. */
function hold(directory) {
  const wait = ["sh", "-c", '> "$1" && exec cat', "sh", join(directory, LOCKED)];
  const stdio = ["pipe", "ignore", "inherit"];
  return spawn("flock", ["--no-fork", directory, ...wait], { stdio, detached: true });
}

function remove(directory) {
  const devices = spawnSync("losetup", ["--list", "--noheadings", "--raw", "--output", "NAME,BACK-FILE"]).stdout ?? "";
  for (const line of String(devices).split("\n")) {
    const [device, file = ""] = line.split(" ");
    // A file that is removed keeps its blocks for as long as a device stands on it.
    if (file.startsWith(`${directory}/`)) spawnSync("losetup", ["--detach", device]);
  }
  // Builds that were broken off may still be tidying up there.
  for (let left = REMOVALS; left > 0; left -= 1) {
    const stderr = left > 1 ? "ignore" : "inherit";
    const rm = spawnSync("rm", ["-rf", "--one-file-system", directory], { stdio: ["ignore", "ignore", stderr] });
    if (rm.status === 0) return;
    if (left > 1) spawnSync("sleep", ["2"]);
  }
  console.error(`warning: "${directory}" could not be removed: remove it as root`);
}

function free(directory) {
  const { bavail, bsize } = statfsSync(directory);
  return (bavail * bsize) / GIB;
}
