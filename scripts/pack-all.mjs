// Makes what is published: one tarball for each package, with the licence, without what only a checkout needs, and with
// links of its README that lead somewhere on a registry's page.
// node scripts/pack-all.mjs [--out DIR] [--repository URL]      (after npm run build)
// The repository is that of the remote "origin" unless given; without one READMEs have no links to other files of it.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({
  options: { out: { type: "string", default: join(root, "build/packages") }, repository: { type: "string" } },
});
const out = resolve(values.out);
const repository = webAddress(values.repository ?? originOf(root));

mkdirSync(out, { recursive: true });
const stage = mkdtempSync(join(tmpdir(), "dibkit-pack-"));
try {
  const staged = readdirSync(join(root, "packages"))
    .sort()
    .flatMap((name) => stageOne(name));
  const words = ["pack", ...staged, "--json", "--ignore-scripts", "--pack-destination", out];
  const packed = JSON.parse(execFileSync("npm", words, { cwd: stage, encoding: "utf8" }));
  for (const { filename, entryCount, size } of Array.isArray(packed) ? packed : Object.values(packed))
    console.log(`${join(out, filename)}: ${entryCount} files, ${Math.ceil(size / 1024)} KiB`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** Writes what a package consists of into a directory of its own; nothing for a private one. */
function stageOne(name) {
  const from = join(root, "packages", name);
  const { devDependencies, ...described } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  if (described.private === true) return [];
  if (!existsSync(join(from, "dist"))) throw new Error(`packages/${name} is not compiled: run "npm run build" first`);
  const to = join(stage, name);
  for (const part of described.files) {
    // What the compiler notes for its next run is of no use to anybody else.
    const filter = (path) => basename(path) !== ".tsbuildinfo";
    cpSync(join(from, part), join(to, part), { recursive: true, filter });
  }
  cpSync(join(root, "LICENSE"), join(to, "LICENSE"));
  const readme = readFileSync(join(from, "README.md"), "utf8");
  writeFileSync(join(to, "README.md"), withWebLinks(readme, `packages/${name}`));
  const where = repository && { repository: { type: "git", url: repository, directory: `packages/${name}` } };
  writeFileSync(join(to, "package.json"), `${JSON.stringify({ ...described, ...where }, null, 2)}\n`);
  return [`./${name}`];
}

/** Links to files of the repository as addresses in it, or as their text alone when nobody knows where it is. */
function withWebLinks(text, directory) {
  return text.replace(/\[([^\]]*)\]\((?![a-z]+:|#)([^)\s]*)\)/g, (_, words, link) => {
    const [path, fragment] = link.split("#");
    const at = posix.join(directory, path).replace(/\/$/, "");
    return repository ? `[${words}](${repository}/blob/HEAD/${at}${fragment ? `#${fragment}` : ""})` : words;
  });
}

function originOf(directory) {
  const { status, stdout } = spawnSync("git", ["-C", directory, "remote", "get-url", "origin"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** The address of a repository for people: `git@host:owner/name.git` is `https://host/owner/name`. */
function webAddress(remote) {
  const [, host, path] = /^(?:https?:\/\/|(?:ssh:\/\/)?git@)([^/:]+)[/:](.+?)(?:\.git)?\/?$/.exec(remote ?? "") ?? [];
  return host === undefined ? undefined : `https://${host}/${path}`;
}
