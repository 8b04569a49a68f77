// Makes a release: all packages at one version, its section of the changelog dated, a commit, a tag, and every package
// published, each after those it stands on.
// npm run release -- VERSION [--registry URL] [--provenance] [--tag NAME] [--repository URL] [--no-publish] [--dry-run]
// VERSION is a number, or major, minor or patch. Where it is published, and who may do so, is in npm's configuration.
// Nothing is pushed. What is wrong is said before anything changes; when publishing breaks off, the same command goes on.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import semver from "semver";
import { hasSection, releasedChangelog, unreleasedEntries } from "./release/changelog.mjs";
import { inPublishOrder, publishAll, versionsThere } from "./release/publish.mjs";
import { withVersion } from "./release/with-version.mjs";

/** What the person who releases has to mend. */
class Refusal extends Error {}

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");
const tarballs = mkdtempSync(join(tmpdir(), "dibkit-release-"));
const undo = new Map();

// npm and git get the signal too and end; what was changed is put back then.
process.on("SIGINT", () => {});
try {
  await release();
} catch (error) {
  console.error(`error: ${error.message}`);
  if (!(error instanceof Refusal)) console.error(error.stack);
  process.exitCode = 1;
} finally {
  for (const [path, text] of undo) writeFileSync(join(root, path), text);
  rmSync(tarballs, { recursive: true, force: true });
}

async function release() {
  const { values: options, positionals } = given();
  const current = JSON.parse(read("package.json")).version;
  const version = semver.inc(current, positionals[0]) ?? semver.valid(positionals[0]);
  if (positionals.length !== 1 || version === null)
    throw new Refusal(`"${positionals.join(" ")}" is no version: write one such as 1.2.0, or major, minor or patch`);
  const repository = options.repository ?? git("remote", "get-url", "origin");
  // A tag here is a release that was begun: nothing is done but to publish what is not in the registry yet.
  const isBegun = git("tag", "--points-at", "HEAD").split("\n").includes(`v${version}`);
  refuse([...troubleHere(options, repository), ...(isBegun ? [] : troubleOf(version, current))]);
  const packages = publishedPackages();
  const there = options["no-publish"] ? [] : await versionsThere(packages, version, options.registry);
  if (!isBegun) refuse(there.map((name) => `${name}@${version} is in the registry already`));
  const missing = packages.filter(({ name }) => !there.includes(name));
  if (missing.length === 0) return say(`all packages are in the registry as ${version}\n`);

  // No compiled file names the version, so what is compiled before it is written is what is published.
  step("npm", ["run", "--silent", "build"]);
  if (!isBegun) {
    writeVersion(current, version);
    step("npm", ["run", "--silent", "release:check"]);
  }
  step("node", ["scripts/pack-all.mjs", "--out", tarballs, "--repository", repository]);
  if (options["dry-run"])
    return say(`${version} can be released, in this order: ${missing.map(({ name }) => name).join(" ")}\n`);
  if (!isBegun) commit(version);
  const next = `next: git push origin HEAD v${version}\n`;
  if (options["no-publish"]) return say(`${version} is committed and tagged, and nothing is published\n${next}`);

  const { published, failed, left } = publishAll(missing, { version, tarballs, ...options });
  if (failed !== undefined)
    throw new Refusal(`${failed}@${version} is not published
published: ${[...there, ...published].join(" ") || "nothing"}
left: ${left.join(" ")}
help: mend what npm says above and give the same command again; it goes on with ${failed}`);
  say(`${published.length} packages are published as ${version}\n${next}`);
}

function given() {
  const flag = { type: "boolean", default: false };
  const word = { type: "string" };
  const options = {
    ...{ registry: word, repository: word, tag: word },
    ...{ provenance: flag, "no-publish": flag, "dry-run": flag },
  };
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    throw new Refusal(error.message);
  }
}

function publishedPackages() {
  const manifests = readdirSync(join(root, "packages")).map((name) =>
    JSON.parse(read(`packages/${name}/package.json`)),
  );
  return inPublishOrder(manifests.filter((manifest) => manifest.private !== true));
}

/** What no release can be made with. */
function troubleHere({ provenance }, repository) {
  const trouble = [];
  if (git("status", "--porcelain") !== "") trouble.push("the tree has changes: commit or remove them (git status)");
  if (repository === "")
    trouble.push("no remote is named origin: give the address of the repository with --repository");
  // npm would say so too, but only after the tag.
  if (provenance && !process.env.ACTIONS_ID_TOKEN_REQUEST_URL && !process.env.SIGSTORE_ID_TOKEN)
    trouble.push("--provenance needs a token of a CI: id-token: write at GitHub, or SIGSTORE_ID_TOKEN at GitLab");
  return trouble;
}

/** Why this version cannot be the next one. */
function troubleOf(version, current) {
  const trouble = [];
  const changes = read("CHANGELOG.md");
  if (semver.lt(version, current)) trouble.push(`${version} is less than ${current}`);
  if (git("tag", "--list", `v${version}`) !== "")
    trouble.push(`v${version} is the tag of another commit: check that out to go on with its release`);
  if (hasSection(changes, version)) trouble.push(`CHANGELOG.md has a section of ${version}`);
  if (!unreleasedEntries(changes)) trouble.push('CHANGELOG.md says nothing under "## [Unreleased]"');
  return trouble;
}

function refuse(trouble) {
  if (trouble.length > 0) throw new Refusal(trouble.join("\nerror: "));
}

/** Writes the version wherever it is named; `undo` puts it back unless it is committed. */
function writeVersion(current, version) {
  const texts = withVersion(root, current, version);
  texts.set("CHANGELOG.md", releasedChangelog(read("CHANGELOG.md"), version, new Date().toISOString().slice(0, 10)));
  for (const path of texts.keys()) undo.set(path, read(path));
  for (const [path, text] of texts) writeFileSync(join(root, path), text);
}

function commit(version) {
  step("git", ["commit", "--quiet", "--message", `Release ${version}`, "--", ...undo.keys()]);
  try {
    step("git", ["tag", "--annotate", `v${version}`, "--message", `dibkit ${version}`]);
  } catch (error) {
    // The commit alone would be in the way of the next attempt.
    step("git", ["reset", "--quiet", "--soft", "HEAD~1"]);
    step("git", ["reset", "--quiet"]);
    throw error;
  }
  undo.clear();
}

/** Runs a program on this terminal. */
function step(command, words) {
  say(`$ ${[command, ...words].join(" ")}\n`);
  const { status, error } = spawnSync(command, words, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Refusal(`"${[command, ...words].join(" ")}" failed${error ? `: ${error.message}` : ""}`);
}

/** What git says; nothing when it fails. */
function git(...words) {
  const { stdout } = spawnSync("git", words, { cwd: root, encoding: "utf8" });
  return stdout.trim();
}

function say(text) {
  process.stderr.write(text);
}
