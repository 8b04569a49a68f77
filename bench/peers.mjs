// The same image by all of them: upstream's installed version and another one, mkosi, dibkit with debian-minimal and with
// debian-express. The same mirror, release, list of packages and format.
// node bench/peers.mjs [--rounds 1|3] [--only PART,…] [--release NAME] [--upstream 3.40] [--keep DIR] [--no-boot]
// (after npm run build; needs root, and mmdebstrap for mkosi and debian-express)
// Parts: upstream, newer, mkosi, minimal, express, and of a last install.d script edited: mkosi-warm, minimal-warm, express-warm.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { upstreamVersion } from "../test/upstream-version.mjs";
import { debianSources, hostRelease } from "./debian-sources.mjs";
import { makeMkosiRoot, mkosiBuild, writeMkosiProject } from "./mkosi.mjs";
import { dibkit, medianRun, printMachine, printTable, seconds, timed, withDirectory } from "./timed.mjs";

const COLD = ["upstream", "newer", "mkosi", "minimal", "express"];
const WARM = ["mkosi-warm", "minimal-warm", "express-warm"];
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "1" },
    only: { type: "string", default: [...COLD, ...WARM].join(",") },
    release: { type: "string", default: hostRelease() ?? "bookworm" },
    upstream: { type: "string", default: "3.40" },
    keep: { type: "string" },
    "no-boot": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const only = new Set(values.only.split(","));
if (values.help || [...only].some((part) => ![...COLD, ...WARM].includes(part))) {
  console.log(
    `node bench/peers.mjs [--rounds 1|3] [--only ${[...COLD, ...WARM].join(",")}] [--release NAME] [--upstream VERSION] [--keep DIR] [--no-boot]`,
  );
  process.exit(values.help ? 0 : 2);
}

const TITLES = {
  upstream: "upstream, installed",
  newer: `upstream ${values.upstream}`,
  mkosi: "mkosi",
  minimal: "dibkit, debian-minimal",
  express: "dibkit, debian-express",
  "mkosi-warm": "mkosi --incremental, script edited",
  "minimal-warm": "dibkit, debian-minimal, script edited",
  "express-warm": "dibkit, debian-express, script edited",
};
const sources = debianSources(values.release);

const run = async (root) => {
  printMachine();
  const results = new Map();
  const images = new Map();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const part of turned(
      [...COLD, ...WARM].filter((one) => only.has(one)),
      round,
    )) {
      const { image, ...figures } = PARTS[part](root, round);
      results.set(part, [...(results.get(part) ?? []), figures]);
      images.set(part, image);
      console.error(`${TITLES[part]}: ${seconds(figures.wall)}`);
    }
  }
  show(results);
  compare(images);
  if (!values["no-boot"]) for (const [part, image] of images) boot(part, image);
};
/** Each round begins with another part, because what runs first may find the machine in another state. */
function turned(parts, round) {
  const at = round % parts.length;
  return [...parts.slice(at), ...parts.slice(0, at)];
}

function show(results) {
  const full = results.get("upstream") && medianRun(results.get("upstream"));
  const ratio = (value, whole) => (whole === undefined ? "–" : (value / whole).toFixed(2));
  printTable(
    [`vm debian-minimal, ${values.release}, qcow2`, "time", "cpu", "of upstream", "of its cpu"],
    [...Object.keys(TITLES)]
      .filter((part) => results.has(part))
      .map((part) => {
        const { wall, cpu } = medianRun(results.get(part));
        return [TITLES[part], seconds(wall), seconds(cpu), ratio(wall, full?.wall), ratio(cpu, full?.cpu)];
      }),
  );
}

/** How the packages of each image differ from those of dibkit's debian-minimal, or of the first. */
function compare(images) {
  const [first, reference] = images.has("minimal") ? ["minimal", images.get("minimal")] : [...images][0];
  const theirs = packagesOf(reference);
  for (const [part, image] of images) {
    if (image === reference) continue;
    const own = packagesOf(image);
    const [more, less] = [own.filter((name) => !theirs.includes(name)), theirs.filter((name) => !own.includes(name))];
    const count = `${own.length} packages, ${theirs.length} in ${TITLES[first]}`;
    console.log(`${TITLES[part]}: ${count}; also ${more.join(" ") || "nothing"}; lacks ${less.join(" ") || "nothing"}`);
  }
}

function packagesOf(image) {
  const { stdout } = timed([process.execPath, dibkit, "sbom", image]);
  return [...new Set(JSON.parse(stdout).packages.map(({ name }) => name))].sort();
}

function boot(part, image) {
  const words = [dibkit, "boot", image, "--timeout", "1200", "--log", `${image}.console.log`];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  console.log(`${TITLES[part]}: ${status === 0 ? stdout.trim() : `did not boot: ${stderr.trim().split("\n").at(-1)}`}`);
}

/** A project whose image takes debian-express from the workspace, and the element that is edited. */
function writeProject(root) {
  const project = join(root, "project");
  const script = join(project, "elements/bench-element/install.d/99-bench");
  mkdirSync(join(script, ".."), { recursive: true });
  const edit = (text) => {
    writeFileSync(script, `#!/bin/bash\nset -eu\necho ${text} >/etc/bench-edit\n`);
    chmodSync(script, 0o755);
  };
  writeFileSync(join(project, "package.json"), '{ "name": "peers", "type": "module", "private": true }\n');
  const config = `import { debianExpress } from "@dibkit/elements";
import { defineConfig } from "@dibkit/model";
export default defineConfig({ elements: [debianExpress] });
`;
  writeFileSync(join(project, "dibkit.config.ts"), config);
  try {
    symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(project, "node_modules"));
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  return { project, edit };
}

function build(root, name, os, flags, env = {}) {
  const { project, edit } = writeProject(root);
  edit(name.endsWith("-warm") ? `edited ${performance.now()}` : "first");
  // The same image that was built before: its name is a variable that scripts may read.
  const directory = join(root, name.replace("-warm", ""));
  const output = join(directory, "image");
  mkdirSync(directory, { recursive: true });
  const words = ["build", "vm", os, "bench-element", "-o", output, "-t", "qcow2", "--no-typecheck"];
  const places = ["--elements-path", join(project, "elements"), "--image-cache", join(root, "downloads")];
  const figures = timed([process.execPath, dibkit, ...words, ...places, ...flags], {
    cwd: project,
    env: { ...sources.environment, NO_COLOR: "1", XDG_CACHE_HOME: join(root, "xdg"), ...env },
  });
  return { ...figures, image: `${output}.qcow2` };
}

function warm(root, name, os, round) {
  const store = ["--cache-dir", join(root, `store-${os}-${round}`)];
  // What is edited was built before; `cold` has done that when it was asked for.
  if (!only.has(name.replace("-warm", ""))) build(root, name.replace("-warm", ""), os, store);
  return build(root, name, os, store);
}

function buildMkosi(root, name, flags, edited) {
  const [work, project] = [join(root, name), join(root, `${name}-project`)];
  writeMkosiProject(project, { release: values.release, edited });
  const figures = mkosiBuild(makeMkosiRoot(join(root, "mkosi-root")), project, work, flags);
  return { ...figures, image: join(work, "out/image.qcow2") };
}

const PARTS = {
  upstream: (root) => build(root, "upstream", "debian-minimal", ["--engine", "upstream"]),
  newer: (root) =>
    build(root, "newer", "debian-minimal", ["--engine", "upstream"], {
      DIB_LIB: upstreamVersion(values.upstream),
      DIB_PYTHON_VERSION: "3",
    }),
  minimal: (root, round) =>
    build(root, "minimal", "debian-minimal", ["--cache-dir", join(root, `store-debian-minimal-${round}`)]),
  express: (root, round) =>
    build(root, "express", "debian-express", ["--cache-dir", join(root, `store-debian-express-${round}`)]),
  mkosi: (root) => buildMkosi(root, "mkosi", [], "first"),
  "minimal-warm": (root, round) => warm(root, "minimal-warm", "debian-minimal", round),
  "express-warm": (root, round) => warm(root, "express-warm", "debian-express", round),
  "mkosi-warm": (root, round) => {
    buildMkosi(root, "mkosi-warm", ["--incremental=yes"], "first");
    return buildMkosi(root, "mkosi-warm", ["--incremental=yes"], `edited ${round}`);
  },
};

if (values.keep === undefined) await withDirectory("peers", run);
else {
  mkdirSync(values.keep, { recursive: true });
  await run(values.keep);
}
