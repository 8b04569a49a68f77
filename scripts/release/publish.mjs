// What a registry has of the packages, and publishing those that it lacks.
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Manifests in an order in which each stands on those before it, else by name. */
export function inPublishOrder(manifests) {
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  const order = new Set();
  const visit = (manifest) => {
    if (order.has(manifest)) return;
    for (const name of Object.keys(manifest.dependencies ?? {}).sort()) {
      if (byName.has(name)) visit(byName.get(name));
    }
    order.add(manifest);
  };
  for (const name of [...byName.keys()].sort()) visit(byName.get(name));
  return [...order];
}

/** The file that npm packs a package into. */
export function tarballOf(name, version) {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

const withRegistry = (registry) => (registry === undefined ? [] : ["--registry", registry]);

/** Names of the packages that the registry has with this version. Throws when it does not answer. */
export async function versionsThere(packages, version, registry) {
  const answers = await Promise.all(packages.map(({ name }) => isThere(name, version, registry)));
  return packages.filter((_, index) => answers[index]).map(({ name }) => name);
}

function isThere(name, version, registry) {
  const words = ["view", `${name}@${version}`, "version", "--json", ...withRegistry(registry)];
  return new Promise((resolve, reject) => {
    execFile("npm", words, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.includes(version));
      else if (/\bE404\b/.test(stdout + stderr)) resolve(false);
      else reject(new Error(`the registry does not say whether it has ${name}@${version}:\n${stderr.trim()}`));
    });
  });
}

/**
 * Publishes packages one after the other, and ends at the first that fails: `published` and `left` are names, `failed`
 * is the first of the latter. npm asks on this terminal for what it needs, such as a one-time password.
 */
export function publishAll(packages, { version, tarballs, registry, tag, provenance }) {
  const published = [];
  for (const [index, { name }] of packages.entries()) {
    const words = [
      ...["publish", join(tarballs, tarballOf(name, version)), "--access", "public", "--loglevel", "warn"],
      ...["--tag", tag ?? (version.includes("-") ? "next" : "latest")],
      ...withRegistry(registry),
      ...(provenance ? ["--provenance"] : []),
    ];
    const { status } = spawnSync("npm", words, { cwd: tarballs, stdio: "inherit" });
    if (status !== 0) return { published, failed: name, left: packages.slice(index).map((one) => one.name) };
    published.push(name);
  }
  return { published, left: [] };
}
