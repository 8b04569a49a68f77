import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { sha256Of } from "../apt-repository.js";
import { unpackPackages } from "../debian-packages.mjs";
import { tinyOs, UPSTREAM_PROGRAMS } from "../tiny-os.mjs";
import { dibkit } from "./dibkit.js";

const WHEEL = "probe-1.0-py3-none-any.whl";
const INFO = "probe-1.0.dist-info";
const WHEEL_FILES: Readonly<Record<string, string>> = {
  "probe.py": "print('probe')\n",
  [`${INFO}/METADATA`]: "Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n",
  [`${INFO}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
  [`${INFO}/RECORD`]: `probe.py,,\n${INFO}/METADATA,,\n${INFO}/WHEEL,,\n${INFO}/RECORD,,\n`,
};

describe.skipIf(!mayBuild)("a lock of what git, pip and source-repositories bring", () => {
  let project: TinyProject;
  let commit = "";
  const path = (name: string) => join(project.directory, name);
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? "", "http://x");
    if (pathname.startsWith("/git/")) return void gitBackend(path("served"), incoming, outgoing);
    try {
      outgoing.setHeader("Content-Type", pathname.endsWith("/") ? "text/html" : "application/octet-stream");
      outgoing.end(readFileSync(path(`served${pathname}${pathname.endsWith("/") ? "index.html" : ""}`)));
    } catch {
      outgoing.writeHead(404).end();
    }
  });
  const run = (words: readonly string[], store: string, env: Readonly<Record<string, string>> = {}) =>
    dibkit(words, {
      cwd: project.directory,
      env: { DIBKIT_CACHE: path(store), SOURCE_DATE_EPOCH: "1700000000", HOME: path("home"), ...env },
    });
  const image = ["tiny-os", "sources", "-n", "-t", "tar", "--image-size", "0.2", "--elements-path", "elements"];

  beforeAll(async () => {
    project = tinyProject();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    mkdirSync(path("home"), { recursive: true });
    commit = makeRepository(path("served/git/probe.git"), path("work"));
    makeIndex(path("served/simple/probe"), path("wheel"));
    writeFileSync(path("served/one"), "a file\n");
    const wheels = join(unpackPackages(path("pip"), ["python3-pip-whl"]), "usr/share/python-wheels");
    const pip = readdirSync(wheels).find((name) => name.startsWith("pip-")) ?? "";
    project.element("tiny-os", { "root.d/10-tiny": tinyOs([...UPSTREAM_PROGRAMS, "cp", "install"]) });
    project.element("package-installs", { "README.rst": "nothing is installed in a small system\n" });
    project.element("sources", {
      "element-deps": "source-repositories\n",
      "source-repository-probe": `probe git /opt/probe ${mirror}/git/probe.git main\n`,
      "source-repository-file": `one file /opt/one ${mirror}/one\n`,
      "extra-data.d/60-pip": `#!/bin/bash
set -eu
target=$TMP_MOUNT_PATH/usr/lib/python3/dist-packages
sudo mkdir -p $target
sudo python3 ${join(wheels, pip)}/pip --isolated install --no-compile --root-user-action ignore \\
  --index-url ${mirror}/simple/ --target $target probe
printf 'ID=debian\\nVERSION_ID=12\\n' | sudo tee $TMP_MOUNT_PATH/etc/os-release > /dev/null
`,
    });
  });
  afterAll(() => {
    server.close();
    project?.remove();
  });

  test("has commits and digests, and says the same when it is made in a user namespace", async () => {
    const made = await run(["lock", ...image, "-o", "out/image"], "store");
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    const words = ["lock", ...image, "-o", "out/image", "--lock-file", "namespace.lock", "--privilege", "namespace"];
    const inside = await run(words, "namespace");
    expect(inside, inside.stderr).toMatchObject({ exitCode: 0 });
    expect(inside.stderr).not.toContain("warning: ");
    const [ofRoot, ofNamespace] = ["dibkit.lock", "namespace.lock"].map((name) =>
      JSON.parse(readFileSync(path(name), "utf8")),
    );
    // A server of git packs what it is asked for anew each time.
    const asked = ({ url, method, body }: Readonly<Record<string, string>>) => [url, method, body];
    expect({ ...ofNamespace, fetched: ofNamespace.fetched.map(asked) }).toEqual({
      ...ofRoot,
      fetched: ofRoot.fetched.map(asked),
    });
    expect(ofRoot.sources).toMatchObject([{ name: "probe", commit }]);
    const sha256 = sha256Of(readFileSync(path(`served/simple/probe/${WHEEL}`)));
    expect(ofRoot.packages).toMatchObject([{ name: "probe", version: "1.0", sha256 }]);
  });

  test("is enough to build from in a user namespace when the servers are gone", async () => {
    await new Promise((resolve) => server.close(resolve));
    cpSync(path("store/contents"), path("other/contents"), { recursive: true });
    const words = ["build", "--locked", ...image, "-o", "out/other", "--privilege", "namespace"];
    const built = await run(words, "other");
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const files = ["opt/probe/file", "opt/one", "usr/lib/python3/dist-packages/probe.py"].map((name) => `./${name}`);
    const text = execFileSync("tar", ["-xOf", path("out/other.tar"), ...files], { encoding: "utf8" });
    for (const line of ["from git", "a file", "print('probe')"]) expect(text).toContain(line);
  });
});

/** A bare repository with one commit on main; gives its digest. */
function makeRepository(bare: string, work: string): string {
  mkdirSync(work, { recursive: true });
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-C", work, "-c", "user.name=x", "-c", "user.email=x@example.org", ...words], {
      encoding: "utf8",
    });
  git("init", "-q", "-b", "main");
  writeFileSync(join(work, "file"), "from git\n");
  git("add", "file");
  git("commit", "-q", "-m", "begin");
  mkdirSync(dirname(bare), { recursive: true });
  git("clone", "-q", "--bare", work, bare);
  return git("rev-parse", "HEAD").trim();
}

/** An index of Python packages with one wheel. */
function makeIndex(directory: string, files: string): void {
  for (const [name, text] of Object.entries(WHEEL_FILES)) {
    mkdirSync(dirname(join(files, name)), { recursive: true });
    writeFileSync(join(files, name), text);
  }
  mkdirSync(directory, { recursive: true });
  execFileSync("python3", ["-m", "zipfile", "-c", join(directory, WHEEL), "probe.py", INFO], { cwd: files });
  writeFileSync(join(directory, "index.html"), `<a href="${WHEEL}">${WHEEL}</a>\n`);
}

/** Answers as a web server with git's own program does. */
async function gitBackend(root: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(incoming.url ?? "", "http://x");
  const { headers } = incoming;
  const child = spawn("git", ["http-backend"], {
    env: {
      ...{ PATH: process.env.PATH, GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: "1", PATH_INFO: pathname },
      ...{ QUERY_STRING: searchParams.toString(), REQUEST_METHOD: incoming.method },
      ...{ CONTENT_TYPE: headers["content-type"], HTTP_CONTENT_ENCODING: headers["content-encoding"] },
      GIT_PROTOCOL: headers["git-protocol"]?.toString(),
    },
  });
  incoming.pipe(child.stdin);
  const answer = await buffer(child.stdout);
  const end = answer.indexOf("\r\n\r\n");
  for (const line of answer.subarray(0, end).toString("utf8").split("\r\n")) {
    const [name = "", value = ""] = line.split(": ", 2);
    if (name === "Status") outgoing.statusCode = Number(value.split(" ")[0]);
    else outgoing.setHeader(name, value);
  }
  outgoing.end(answer.subarray(end + 4));
}
