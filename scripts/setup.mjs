// Everything a fresh Debian or Ubuntu machine with Node and npm needs for this repository: Debian packages,
// node_modules, the build. Uses nothing but Node, says what it does, and does nothing that is done already.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../", import.meta.url));
export const dibkit = `${repository}packages/cli/bin/dibkit.js`;
export const isRoot = process.getuid?.() === 0;
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Says what is run, runs it on this terminal, ends the process when it fails. */
export function run(command, args, options = {}) {
  const started = Date.now();
  console.log(`\n$ ${[options.shown ?? command, ...args].join(" ")}`);
  const result = spawnSync(command, args, { stdio: "inherit", cwd: repository, ...options });
  if (result.status !== 0 && !options.allowFailure) {
    const how = result.error ? result.error.message : `exit code ${result.status ?? result.signal}`;
    console.error(`\nerror: "${[options.shown ?? command, ...args].join(" ")}" failed: ${how}`);
    process.exit(result.status || 1);
  }
  return { status: result.status ?? 1, took: seconds(started) };
}

const testLists = [
  "test-packages.json",
  "openstack/packages.json",
  "libvirt/packages.json",
  "../test/synthetic-rpm/packages.json",
];

/** @param {{ tests?: boolean }} options whether to install what only the tests need, too */
export function setup(options = {}) {
  requireNode();
  installHostPackages(options.tests ? ["host-packages.json", ...testLists] : ["host-packages.json"]);
  installNodeModules();
  run("npm", ["run", "--silent", "build"]);
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`error: node ${process.version} is too old, dibkit needs 20.19 or later (Debian package: nodejs)`);
  process.exit(1);
}

export function installHostPackages(lists) {
  const tools = lists.flatMap((list) => JSON.parse(readFileSync(new URL(list, import.meta.url), "utf8")));
  const missing = tools.filter(({ tool }) => !findProgram(tool));
  if (missing.length === 0) return console.log(`all ${tools.length} host tools are present`);
  const packages = [...new Set(missing.map((one) => one.package))].sort();
  console.log("These programs are missing:");
  for (const one of missing)
    console.log(`  ${one.tool.padEnd(20)} needed to ${one.purpose} (Debian package: ${one.package})`);
  const rights = isRoot ? [] : sudo();
  if (!findProgram("apt-get") || !rights) {
    const why = rights ? "this machine has no apt-get" : "this needs root, and sudo is not usable here";
    console.error(`error: cannot install ${packages.join(", ")}: ${why}; install them yourself, then run this again`);
    process.exit(2);
  }
  console.log(`Installing these Debian packages: ${packages.join(" ")}`);
  const apt = (...args) => {
    const [command, ...words] = [...rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", ...args];
    run(command, words);
  };
  apt("update");
  apt("install", "-y", "--no-install-recommends", ...packages);
  const still = missing.filter(({ tool }) => !findProgram(tool));
  for (const one of still) {
    console.error(`error: "${one.tool}" is still missing, needed to ${one.purpose}, expected in ${one.package}`);
  }
  if (still.length > 0) process.exit(2);
}

/** The words to put before a command that needs root, or undefined when there is no way. */
export function sudo() {
  if (isRoot) return [];
  if (!findProgram("sudo")) return undefined;
  const withoutPassword = spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return withoutPassword || process.stdin.isTTY ? ["sudo"] : undefined;
}

/** A program on the search path, or a file by its absolute path for packages that bring no program. */
export function findProgram(name) {
  if (name.startsWith("/")) return existsSync(name);
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** `npm ci`, unless node_modules already is what the lock file says. */
function installNodeModules() {
  const stamp = `${repository}node_modules/.dibkit-lock`;
  const lock = createHash("sha256")
    .update(readFileSync(`${repository}package-lock.json`))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return console.log("node_modules is up to date");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
  writeFileSync(stamp, lock);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup();
