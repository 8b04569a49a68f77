// What a build has left: told apart from everything else on the machine, where others may build at the same time.
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "./place.mjs";

const numbers = (directory) => readdirSync(directory).filter((name) => /^\d+$/.test(name));
const read = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
const link = (path) => {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
};

const own = link("/proc/self/ns/pid");

/** Watches a running build: which processes and loop devices are its, and how much memory the processes take. */
export function watchBuild(place) {
  const seen = { processes: new Set(), loops: new Set(), peak: 0 };
  const look = () => {
    const processes = numbers("/proc").map((pid) => ({ pid, namespace: link(`/proc/${pid}/ns/pid`) }));
    const marked = processes.filter(({ pid }) => isMarked(place, pid));
    // The kernel gives the number of a namespace that is gone to the next one, so it counts for this moment only.
    const namespaces = new Set(marked.map(({ namespace }) => namespace).filter((one) => one !== "" && one !== own));
    for (const { pid, namespace } of processes) {
      if (namespaces.has(namespace)) seen.processes.add(identityOf(pid));
    }
    for (const { pid } of marked) {
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`)) ?? [];
      seen.peak = Math.max(seen.peak, Number(kilobytes ?? 0) / 1024);
    }
    for (const device of loopsOf(place)) seen.loops.add(device);
  };
  look();
  const timer = setInterval(look, 250);
  return { seen, stop: () => clearInterval(timer) };
}

/** A process by its number and the time it began, because numbers are used again. */
function identityOf(pid) {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ");
  return `${pid} ${fields[19]}`;
}

function isMarked(place, pid) {
  return pid !== String(process.pid) && read(`/proc/${pid}/environ`).includes(`DIBKIT_FAULTS=${place.root}\0`);
}

/** Loop devices over files of the place; the one that holds the place itself is none of them. */
function loopsOf(place) {
  return readdirSync("/sys/block").filter((name) => {
    const file = /^loop/.test(name) ? read(`/sys/block/${name}/loop/backing_file`) : "";
    return (
      file.includes(`${place.root}/`) ||
      (/\/(store|cold|mirror|builds)[^ ]*\/image\/image\d/.test(file) && isOnDevice(place, name))
    );
  });
}

function isOnDevice(place, name) {
  try {
    return sh("losetup", "--noheadings", "--raw", "--output", "BACK-MAJ:MIN", `/dev/${name}`).trim() === place.device;
  } catch {
    return false;
  }
}

/** The mount points of this namespace. */
export function mountPoints() {
  return read("/proc/self/mountinfo")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "");
}

/** Everything that is still there of builds in the place, in words; empty when nothing is. */
export function leftovers(place, mountsBefore, seen, outputs) {
  const found = [];
  for (const pid of numbers("/proc")) {
    if (isMarked(place, pid) || seen.processes.has(identityOf(pid))) {
      found.push(`process ${pid} ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").slice(0, 80)}`);
    }
  }
  found.push(...mountPoints().flatMap((point) => (mountsBefore.includes(point) ? [] : [`mount ${point}`])));
  found.push(...loopsOf(place).map((name) => `loop device ${name}`));
  for (const name of seen.loops) {
    // Another program may have got the device by now.
    if (read(`/sys/block/${name}/loop/backing_file`) !== "") continue;
    found.push(
      ...readdirSync(`/sys/block/${name}`).flatMap((part) =>
        part.startsWith(`${name}p`) ? [`partition ${part}`] : [],
      ),
    );
  }
  for (const store of readdirSync(place.root).filter((name) => existsSync(place.path(name, "builds")))) {
    for (const id of readdirSync(place.path(store, "builds"))) {
      for (const name of ["view", "host", "staging", "scratch", "image"]) {
        if (existsSync(place.path(store, "builds", id, name))) found.push(`directory ${store}/builds/${id}/${name}`);
      }
    }
    found.push(
      ...readdirSync(place.path(store)).flatMap((name) => (name.endsWith(".tmp") ? [`file ${store}/${name}`] : [])),
    );
  }
  for (const name of readdirSync(outputs)) if (name.includes(".partial")) found.push(`file ${join(outputs, name)}`);
  return found;
}

/** Leftovers after the time that the kernel and the tidying process of a killed build may take. */
export async function lastingLeftovers(place, mountsBefore, seen, outputs, seconds = 10) {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const found = leftovers(place, mountsBefore, seen, outputs);
    if (found.length === 0 || performance.now() > until) return found;
    await sleep(100);
  }
}

/** Descendants of a process, those in other PID namespaces too. */
export function descendants(root) {
  const children = new Map();
  for (const pid of numbers("/proc")) {
    const [, parent] = /\nPPid:\s+(\d+)/.exec(read(`/proc/${pid}/status`)) ?? [];
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = [];
  const add = (pid) => {
    for (const child of children.get(String(pid)) ?? []) {
      found.push({ pid: Number(child), name: read(`/proc/${child}/comm`).trim() });
      add(child);
    }
  };
  add(root);
  return found;
}
