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
for (const name of readdirSync(join(root, "packages")).sort()) {
  const described = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
  if (described.private !== true) console.log(packOne(name, described));
}

function packOne(name, described) {
  const directory = join(root, "packages", name);
  if (!existsSync(join(directory, "dist")))
    throw new Error(`packages/${name} is not compiled: run "npm run build" first`);
  const stage = mkdtempSync(join(tmpdir(), "dibkit-pack-"));
  try {
    for (const part of described.files) {
      // What the compiler notes for its next run is of no use to anybody else.
      const filter = (path) => basename(path) !== ".tsbuildinfo";
      cpSync(join(directory, part), join(stage, part), { recursive: true, filter });
    }
    cpSync(join(root, "LICENSE"), join(stage, "LICENSE"));
    const readme = readFileSync(join(directory, "README.md"), "utf8");
    writeFileSync(join(stage, "README.md"), withWebLinks(readme, `packages/${name}`));
    const { devDependencies, ...published } = described;
    const where = repository && { repository: { type: "git", url: repository, directory: `packages/${name}` } };
    writeFileSync(join(stage, "package.json"), `${JSON.stringify({ ...published, ...where }, null, 2)}\n`);
    const words = ["pack", "--json", "--ignore-scripts", "--pack-destination", out];
    const packed = JSON.parse(execFileSync("npm", words, { cwd: stage, encoding: "utf8" }));
    const [{ filename, entryCount, size }] = Array.isArray(packed) ? packed : Object.values(packed);
    return `${join(out, filename)}: ${entryCount} files, ${Math.ceil(size / 1024)} KiB`;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
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
