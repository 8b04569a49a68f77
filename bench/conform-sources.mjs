// What the elements that `conform.mjs` builds fetch from elsewhere, served on this machine: two git repositories and a
// Python package index.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { timed } from "./timed.mjs";

const INDEX_MAKER = fileURLToPath(new URL("conform-index.py", import.meta.url));

/** Always the same, so that what upstream built with it can be used again. */
const PORT = 19418;

/** The repository that the element conform-sample clones. */
const SAMPLE = {
  "README.md": "A repository for source-repositories.\n",
  "bin/sample": '#!/bin/sh\necho "a sample"\n',
};

/**
 * Stands in for glean, which the element simple-init installs and which only opendev.org and PyPI have: its programs by
 * their names, of which glean-install leaves a unit as the real one does.
 */
const GLEAN = {
  "setup.py": `from setuptools import setup

setup(
    name="glean",
    version="1.24.0",
    packages=["glean"],
    install_requires=["pbr"],
    scripts=["glean.sh"],
    entry_points={"console_scripts": ["glean=glean.cmd:main", "glean-install=glean.install:main"]},
)
`,
  "glean.sh": '#!/bin/sh\nexec /usr/local/bin/glean "$@"\n',
  "glean/__init__.py": "",
  "glean/cmd.py": 'def main():\n    print("glean")\n',
  "glean/install.py": `import pathlib
import sys

UNIT = """[Unit]
Description=Glean for interface %I

[Service]
Type=oneshot
ExecStart=/usr/local/bin/glean.sh --interface %I
"""


def main():
    pathlib.Path("/etc/systemd/system/glean@.service").write_text(UNIT)
    print("installed", sys.argv[1:])
`,
};

/** Writes the sources below `root` and serves the repositories; `run` gets the address of the server. */
export async function withSources(root, run) {
  const repositories = join(root, "repositories");
  rmSync(repositories, { recursive: true, force: true });
  writeRepository(join(repositories, "sample.git"), "main", SAMPLE);
  writeRepository(join(repositories, "glean.git"), "master", GLEAN);
  const words = ["--reuseaddr", "--export-all", "--listen=127.0.0.1", `--port=${PORT}`, `--base-path=${repositories}`];
  const program = join(timed(["git", "--exec-path"]).stdout.trim(), "git-daemon");
  // It ends with this process, however that ends.
  const server = spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...words], { stdio: "ignore" });
  try {
    return await run(`git://127.0.0.1:${PORT}`);
  } finally {
    server.kill();
  }
}

/** An index of the one project that simple-init installs from PyPI, out of Debian's package of it. */
export function writePythonIndex(directory) {
  const downloads = join(directory, ".deb");
  mkdirSync(downloads, { recursive: true });
  timed(["apt-get", "download", "python3-pbr"], { cwd: downloads });
  const deb = readdirSync(downloads).find((name) => name.endsWith(".deb"));
  timed(["python3", INDEX_MAKER, join(downloads, deb), "pbr", directory]);
}

/** One commit whose date and author are always the same. */
function writeRepository(directory, branch, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
  const date = "2026-01-01T00:00:00Z";
  const person = { NAME: "dibkit", EMAIL: "dibkit@localhost", DATE: date };
  const env = Object.fromEntries(
    Object.entries(person).flatMap(([name, value]) => [
      [`GIT_AUTHOR_${name}`, value],
      [`GIT_COMMITTER_${name}`, value],
    ]),
  );
  for (const words of [
    ["init", "--quiet", `--initial-branch=${branch}`],
    ["add", "--all"],
    ["commit", "--quiet", "-m", "One"],
  ]) {
    timed(["git", "-C", directory, ...words], { env });
  }
}
