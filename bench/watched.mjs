// Runs a program and samples what it and everything it starts takes: memory, and space on one filesystem.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statfsSync, statSync } from "node:fs";

const EVERY_MS = 250;
const MIB = 1024 ** 2;

/**
 * Runs `words` to the end. Gives seconds on the clock and of processor time, and in MiB the peaks of memory (anonymous
 * pages of all its processes, and what lies in a tmpfs that only they see) and of space on the filesystem of `disk`.
 */
export function watched(words, { cwd, env = {}, disk }) {
  const used = () => {
    const { blocks, bfree, bsize } = statfsSync(disk);
    return ((blocks - bfree) * bsize) / MIB;
  };
  const before = used();
  const peak = { memory: 0, disk: 0 };
  const started = performance.now();
  const child = spawn("/usr/bin/time", ["-f", "%U %S", ...words], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let tail = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    tail = (tail + text).slice(-4000);
  });
  const timer = setInterval(() => {
    peak.memory = Math.max(peak.memory, memoryOf(child.pid));
    peak.disk = Math.max(peak.disk, used() - before);
  }, EVERY_MS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      if (code !== 0) return reject(new Error(`"${words.join(" ")}" failed with exit code ${code}\n${tail}`));
      const [user, system] = tail.trim().split("\n").at(-1).split(" ").map(Number);
      resolve({ wall: (performance.now() - started) / 1000, cpu: user + system, ...peak });
    });
  });
}

function memoryOf(root) {
  const family = familyOf(root);
  const own = tmpfsMounts("self");
  const seen = new Map();
  let bytes = 0;
  for (const pid of family) {
    const status = read(`/proc/${pid}/status`);
    bytes += Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
    for (const [device, at] of tmpfsMounts(pid)) {
      if (own.has(device) || seen.has(device)) continue;
      const size = tmpfsBytes(device, `/proc/${pid}/root${at}`);
      if (size !== undefined) seen.set(device, size);
    }
  }
  return (bytes + [...seen.values()].reduce((sum, size) => sum + size, 0)) / MIB;
}

/** The process and all its descendants. */
function familyOf(root) {
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${name}/stat`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  return family;
}

/** Mount point by device number. */
function tmpfsMounts(pid) {
  const lines = read(`/proc/${pid}/mountinfo`).split("\n");
  return new Map(
    lines.filter((line) => line.includes(" - tmpfs ")).map((line) => [line.split(" ")[2], line.split(" ")[4]]),
  );
}

/** Undefined where something else is mounted over it, which may be a disk with much more on it. */
function tmpfsBytes(device, path) {
  try {
    if (deviceNumber(statSync(path).dev) !== device) return undefined;
    const { blocks, bfree, bsize } = statfsSync(path);
    return (blocks - bfree) * bsize;
  } catch {
    return undefined;
  }
}

/** As mountinfo writes it, from what stat gives (makedev(3)). */
function deviceNumber(dev) {
  return `${(dev >>> 8) & 0xfff}:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`;
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
