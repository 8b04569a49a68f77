// A filesystem of its own for the builds that are hurt: its device number tells which mounts and loop devices are theirs.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tinyOs } from "../../test/tiny-os.mjs";
import { debianSources, hostRelease } from "../debian-sources.mjs";
import { dibkit } from "../timed.mjs";

export const MIB = 1024 ** 2;

/** Runs a program to its end and gives what it printed. */
export function sh(program, ...words) {
  return execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** An operating system of a few programs of this machine: every phase in seconds. */
const TINY_OS = tinyOs(["bash", "sh", "cat", "env", "ls", "mkdir", "rm", "sleep", "head", "sync"]);

/** Something that takes a while in every phase a script can run in. */
const work = (phase, round) => `#!/bin/bash
set -eu
root=\${TARGET_ROOT:-}
echo ${round} > $root/etc/faults-${phase}
head -c 8388608 /dev/urandom > $root/etc/faults-${phase}-data
`;

/** The systems that are built: words of the command line, and what its environment holds. */
export const SYSTEMS = {
  debian: { elements: ["vm", "debian-minimal", "faults"], flags: ["-t", "qcow2"], env: {} },
  tiny: {
    elements: ["tiny-os", "faults"],
    flags: ["-n", "-t", "qcow2", "--image-size", "0.2"],
    env: { DIB_JOURNAL_SIZE: "4" },
  },
};

/** The Debian that this machine runs, from the mirrors it uses. */
let sources;
export function debian() {
  sources ??= debianSources(hostRelease());
  return sources;
}

/** Makes the filesystem at `directory`, with caches that are kept when they are there already. */
export function openPlace(directory) {
  const disk = join(directory, "place.img");
  const root = join(directory, "place");
  mkdirSync(root, { recursive: true });
  if (!existsSync(disk)) {
    sh("truncate", "-s", "24G", disk);
    // No reserve for root, who builds: a full disk is full.
    sh("mkfs.ext4", "-q", "-F", "-m", "0", disk);
  }
  sh("mount", "-o", "loop", disk, root);
  for (const name of ["elements", "out", "store", "cache", "home"]) mkdirSync(join(root, name), { recursive: true });
  rmSync(join(root, "ballast"), { force: true });
  const place = {
    root,
    device: sh("stat", "-c", "%Hd:%Ld", root).trim(),
    path: (...names) => join(root, ...names),
    element(name, files) {
      for (const [path, text] of Object.entries(files)) {
        const file = join(root, "elements", name, path);
        mkdirSync(dirname(file), { recursive: true });
        if (text === null) rmSync(file, { force: true });
        else writeFileSync(file, text);
        if (text !== null && /^[a-z-]+\.d\//.test(path)) chmodSync(file, 0o755);
      }
    },
    /** Changes the element whose scripts run in some phases, so that a build has that to do. */
    edit(phases, round) {
      place.element("faults", Object.fromEntries(phases.map((phase) => [`${phase}.d/96-faults`, work(phase, round)])));
    },
    /** Takes the free space of a filesystem but for some bytes; gives a function that frees it again. */
    fill(directory, leave) {
      const ballast = join(directory, "ballast");
      const { bavail, bsize } = statfsSync(directory);
      // Somebody may be writing at the same time: what cannot be had at once is tried again with less.
      for (let bytes = bavail * bsize - leave; bytes > 0; bytes -= MIB) {
        try {
          sh("fallocate", "-l", String(bytes), ballast);
          break;
        } catch {
          rmSync(ballast, { force: true });
        }
      }
      return () => rmSync(ballast, { force: true });
    },
    /** Starts a build in a process group of its own. */
    start(options) {
      return startBuild(place, options);
    },
    close: () => sh("umount", "-l", root),
  };
  place.element("tiny-os", { "element-provides": "operating-system\n", "root.d/10-tiny": TINY_OS });
  place.edit(["install", "finalise"], 0);
  return place;
}

function startBuild(place, options) {
  const { system = "debian", elements = [], image = system, store = "store", cache = "cache" } = options;
  const { flags = [], env = {}, out = place.path("out"), through = [] } = options;
  const known = SYSTEMS[system];
  // Each round leaves layers and outputs that no later one uses.
  const size = ["--cache-size", "8G"];
  const words = ["build", ...known.elements, ...elements, "-o", join(out, image), ...size, ...known.flags, ...flags];
  const places = ["--elements-path", place.path("elements"), "--cache-dir", place.path(store)];
  const argv = [...through, process.execPath, dibkit, ...words, ...places, "--image-cache", place.path(cache)];
  const child = spawn(argv[0], argv.slice(1), {
    cwd: place.root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: place.path("home"),
      NO_COLOR: "1",
      // Scripts do not get it; processes of a build are told by it.
      DIBKIT_FAULTS: place.root,
      DIB_LOCKFILES: place.path("locks"),
      DIBKIT_PRIVILEGE: process.env.DIBKIT_PRIVILEGE,
      ...(system === "debian" ? debian().environment : {}),
      ...known.env,
      ...env,
    },
  });
  const run = { child, pid: child.pid, started: performance.now(), text: "", lastLine: "", listeners: [] };
  let rest = "";
  child.stdout.resume();
  child.stderr.setEncoding("utf8").on("data", (text) => {
    // Of a gigabyte only the end is of use.
    run.text = (run.text + text).slice(-200_000);
    const lines = (rest + text).split("\n");
    rest = lines.pop().slice(-10_000);
    run.lastLine = lines.findLast((line) => /^[✔▶=✘…] /u.test(line)) ?? run.lastLine;
    for (const line of lines) for (const listener of run.listeners) listener(line);
  });
  run.ended = new Promise((resolve) => {
    child.on("close", (code, signal) => {
      run.seconds = (performance.now() - run.started) / 1000;
      resolve({ code, signal });
    });
  });
  /** Resolves when a line that matches is printed, or the build has ended. */
  run.line = (pattern) =>
    Promise.race([new Promise((resolve) => run.listeners.push((line) => pattern.test(line) && resolve())), run.ended]);
  return run;
}

/** Names of the images in a directory: finished outputs, older ones too. */
export function imagesIn(directory) {
  return readdirSync(directory).filter((name) => /\.(qcow2|raw|tar)$/.test(name) && !name.startsWith("."));
}
