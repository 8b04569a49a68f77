import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { aptDownload, aptRepository, sha256Of } from "../apt-repository.js";
import { tinyOs } from "../tiny-os.mjs";
import { dibkit, type ProgramRun } from "./dibkit.js";

/** What apt and curl bring, and git's words to a server, without a Debian around them. */
const PROBE = `#!/bin/bash
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
${aptDownload("MIRROR/apt", "dibkit-probe")}
dpkg-deb -x dibkit-probe_*_all.deb out
sudo mkdir -p $TMP_MOUNT_PATH/var/lib/dpkg/info $TMP_MOUNT_PATH/etc
sudo cp -a out/. $TMP_MOUNT_PATH/
{ dpkg-deb -f dibkit-probe_*_all.deb; echo "Status: install ok installed"; echo; } |
  sudo tee $TMP_MOUNT_PATH/var/lib/dpkg/status > /dev/null
echo /etc/probe | sudo tee $TMP_MOUNT_PATH/var/lib/dpkg/info/dibkit-probe.list > /dev/null
printf 'ID=debian\\nVERSION_ID=12\\n' | sudo tee $TMP_MOUNT_PATH/etc/os-release > /dev/null
`;

const ELEMENTS = ["--elements-path", "elements"];

const PAST = "Thu, 01 Jan 2026 00:00:00 UTC";

const FETCH = `#!/bin/bash
set -eu
# Of a locked build, in the image too.
[ -z "\${APT_CONFIG:-}" ] || [ -n "$(cat "$APT_CONFIG")" ]
curl -fsSL "MIRROR/moved?token=abc" > /etc/moved
curl -fsS -d "what is sent" MIRROR/answer > /etc/answer
curl -sS -o /dev/null -w "%{http_code}" MIRROR/missing > /etc/missing
curl -fsS -z "2030-01-01" MIRROR/files/one > /etc/one
# What it comes to does not matter.
[ -z "\${PROBE_PATH:-}" ] || curl -fsS "MIRROR/$PROBE_PATH" || true
`;

describe.skipIf(!mayBuild)("a lock of what an image is built from", () => {
  let project: TinyProject;
  let server: Server | undefined;
  let mirror = "";
  const run = (
    words: readonly string[],
    { store = "store", ...env }: Readonly<Record<string, string>> = {},
    through: readonly string[] = [],
  ): Promise<ProgramRun> =>
    dibkit(words, {
      cwd: project.directory,
      env: { DIBKIT_CACHE: join(project.directory, store), SOURCE_DATE_EPOCH: "1700000000", ...env },
      through,
    });
  const image = (format: string) => ["-n", "tiny-os", "probe", "-t", format, "--image-size", "0.2", ...ELEMENTS];
  const lock = (...more: readonly string[]) => run(["lock", ...image("tar"), "-o", "out/tar/image", ...more]);
  const locked = (env: Readonly<Record<string, string>> = {}, ...more: readonly string[]) =>
    run(["build", "--locked", ...image("tar"), "-o", "out/locked/image", ...more], env);
  const path = (name: string) => join(project.directory, name);
  const lockText = () => readFileSync(path("dibkit.lock"), "utf8");
  const serve = (name: string, text: string | Buffer) => {
    const file = path(`served/${name}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const start = async (port = 0) => {
    const fresh = createServer((incoming, outgoing) => {
      const { pathname } = new URL(incoming.url ?? "", "http://x");
      if (pathname === "/moved") return outgoing.writeHead(302, { Location: "/files/moved-to" }).end();
      if (pathname === "/answer") return incoming.pipe(outgoing);
      try {
        return outgoing.end(readFileSync(path(`served${pathname}`)));
      } catch {
        return outgoing.writeHead(404).end();
      }
    });
    server = fresh;
    await new Promise<void>((resolve) => fresh.listen(port, "127.0.0.1", resolve));
    return (fresh.address() as AddressInfo).port;
  };
  const stop = () => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  };
  const writeFetch = (text: string) =>
    project.element("probe", { "install.d/20-fetch": text.replaceAll("MIRROR", mirror) });

  beforeAll(async () => {
    project = tinyProject();
    project.element("tiny-os", { "root.d/10-tiny": tinyOs(["bash", "sh", "cat", "env", "ls", "mkdir", "rm", "curl"]) });
    mirror = `http://127.0.0.1:${await start()}`;
    for (const name of ["one", "moved-to"]) serve(`files/${name}`, `${name}\n`);
    makeRepository(project.directory, serve, "1");
    project.element("probe", { "extra-data.d/10-apt": PROBE.replaceAll("MIRROR", mirror) });
    writeFetch(FETCH);
  });
  afterAll(() => {
    stop();
    project?.remove();
  });

  test("is written by a build, sorted, with what packages were installed from, and without credentials", async () => {
    const made = await run(["lock", ...image("raw"), "-o", "out/here/image"]);
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    expect(made.stdout).toMatch(/^dibkit\.lock: 1 package, \d+ requests\n$/);
    const text = lockText();
    const read = JSON.parse(text);
    expect(read).toMatchObject({ version: 1, image: { elements: ["tiny-os", "probe"] }, sources: [] });
    expect(Object.keys(read.elements)).toEqual(["probe", "tiny-os"]);
    const sha256 = sha256Of(readFileSync(path("served/apt/dibkit-probe_1_all.deb")));
    expect(read.packages).toEqual([expect.objectContaining({ name: "dibkit-probe", version: "1", sha256 })]);
    const urls = read.fetched.map(({ url }: { url: string }) => url.slice(mirror.length));
    expect(urls).toEqual([...urls].sort());
    expect(urls).toEqual(expect.arrayContaining(["/apt/dibkit-probe_1_all.deb", "/missing", "/moved?token=[secret]"]));
    expect(read.fetched).toContainEqual(expect.objectContaining({ url: `${mirror}/answer`, method: "POST" }));
    // One thing, one line.
    expect(text.split("\n").filter((line) => line.includes(mirror))).toHaveLength(urls.length);
    for (const word of [project.directory, "token=abc"]) expect(text).not.toContain(word);
    expect(await lock()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("give --update") });
  });

  test("is enough to build from on another machine without a network, bit for bit, when the mirror's word has run out", async () => {
    stop();
    cpSync(path("store/contents"), path("other/contents"), { recursive: true });
    const old = readFileSync(path("served/apt/Release"), "utf8").replace(/^Valid-Until: .*$/m, `Valid-Until: ${PAST}`);
    const [before, after] = [sha256Of(readFileSync(path("served/apt/Release"))), sha256Of(old)];
    const text = lockText();
    expect(text).toContain(before);
    writeFileSync(path(`other/contents/${after}`), old);
    writeFileSync(path("old.lock"), text.replaceAll(before, after));
    const words = ["build", "--locked", "--lock-file", "old.lock", ...image("raw"), "-o", "out/there/image"];
    const built = await run(words, { store: "other" }, ["unshare", "-n", "--"]);
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const [here, there] = ["here", "there"].map((name) => readFileSync(path(`out/${name}/image.raw`)));
    expect(here?.equals(there as Buffer)).toBe(true);
  });

  test("uses layers again that were made of what it has, and no others", async () => {
    const again = await locked();
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    expect(again.stderr).toMatch(/^= extra-data\.d\/10-apt /m);
    expect(again.stderr).toMatch(/^= install\.d\/20-fetch /m);
  });

  test("everything else is refused, and it is said which script asked for it and what the lock has instead", async () => {
    const refused = await locked({ PROBE_PATH: "apt/dibkit-probe_2_all.deb" });
    expect(refused, refused.stderr).toMatchObject({ exitCode: 3 });
    expect(refused.stderr).toContain(
      `hook script install.d/20-fetch of element "probe" asked for ${mirror}/apt/dibkit-probe_2_all.deb: the lock does not have it`,
    );
    expect(refused.stderr).toContain(`the lock has ${mirror}/apt/dibkit-probe_1_all.deb instead`);
    expect(existsSync(path("out/locked/image.tar"))).toBe(true);
  });

  test("an element that has changed is told, and needs no network to get into the lock", async () => {
    writeFetch(`${FETCH}cat /proc/sys/kernel/random/uuid > /etc/more\n`);
    const told = await locked();
    expect(told).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('the element "probe" has changed') });
    const updated = await lock("--update", "--only", "elements");
    expect(updated, updated.stderr).toMatchObject({ exitCode: 0 });
    expect(updated.stdout).toMatch(/^~ element probe \S+ → \S+\ndibkit\.lock: 1 package, \d+ requests\n$/);
    // What two builds from the same do not have in common is a script's own doing, and it is named.
    const verified = await locked({}, "--verify");
    expect(verified, verified.stderr).toMatchObject({ exitCode: 1 });
    expect(verified.stdout).toMatch(
      /^1 file of the image differs:\n {2}\/etc\/more: content\n {4}by install\.d\/20-fetch of element probe$/m,
    );
    // So it is when the other build was another machine's, whose image is all that there is.
    const words = ["build", "--locked", ...image("tar"), "-o", "out/elsewhere/image"];
    const elsewhere = await run(words, { store: "other" });
    expect(elsewhere, elsewhere.stderr).toMatchObject({ exitCode: 0 });
    const differences = await run(["diff", "out/tar/image", "out/elsewhere/image.tar"]);
    expect(differences.stdout).toContain("files: 1\n  ~ /etc/more  (content; by install.d/20-fetch of probe)\n");
  });

  test("an update takes what it is asked for, and shows what differs", async () => {
    await start(Number(new URL(mirror).port));
    makeRepository(project.directory, serve, "2");
    serve("files/one", "another one\n");
    const updated = await lock("--update", "--only", "apt");
    expect(updated, updated.stderr).toMatchObject({ exitCode: 0 });
    expect(updated.stdout).toContain("~ package dibkit-probe (all) 1 → 2\n");
    expect(updated.stdout).toMatch(/^~ fetched \S+\/apt\/Packages \S+ → \S+$/m);
    expect(updated.stdout).not.toContain("files/one");
    const text = lockText();
    const all = await lock("--update", "--check");
    expect(all, all.stderr).toMatchObject({ exitCode: 1 });
    expect(all.stderr).toMatch(/^dibkit\.lock is out of date$/m);
    expect(all.stdout).toMatch(/^~ fetched \S+\/files\/one \S+ → \S+\n$/);
    expect(lockText()).toBe(text);
    stop();
  });

  test("what is installed and not in the lock is told, and no image is left", async () => {
    const text = lockText();
    writeFileSync(path("dibkit.lock"), text.replace('"version":"2","architecture"', '"version":"3","architecture"'));
    const built = await locked();
    expect(built).toMatchObject({ exitCode: 3, stdout: "" });
    expect(built.stderr).toContain("~ package dibkit-probe (all) 3 → 2");
    expect(existsSync(path("out/locked/image.tar"))).toBe(false);
    writeFileSync(path("dibkit.lock"), text);
  });

  test("a root out of a container engine is refused before anything runs, because its bytes cannot be given again", async () => {
    project.element("docker", { "root.d/08-docker": "#!/bin/bash\nexit 1\n" });
    const words = ["lock", ...image("tar"), "docker", "--lock-file", "container.lock", "-o", "out/container/image"];
    const refused = await run(words);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toContain('error: element "docker" makes the root of a container image: its engine fetches');
    expect(existsSync(path("container.lock"))).toBe(false);
  });

  test.each([
    [
      "a merge left in it",
      (text: string) => text.replace("{", "{\n<<<<<<< ours"),
      /both sides of a conflict.*dibkit\.lock:2:1\n/s,
    ],
    [
      "a digest that is none",
      (text: string) => text.replace(/"sha256":"\w{9}/, '"sha256":"'),
      /"sha256" of item 1 of "packages" .*dibkit\.lock:9:\d+\n/s,
    ],
    ["no JSON", () => "{", /closing brace .*dibkit\.lock:1:2\n/s],
  ])("with %s it is refused by its line", async (_name, change, words) => {
    const text = lockText();
    writeFileSync(path("dibkit.lock"), change(text));
    const built = await locked();
    writeFileSync(path("dibkit.lock"), text);
    expect(built).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(words) });
  });
});

/** A repository with one package, whose word runs out tomorrow. */
function makeRepository(
  directory: string,
  serve: (path: string, text: string | Buffer) => void,
  version: string,
): void {
  const probe = { name: "dibkit-probe", version, files: { "etc/probe": `${version}\n` } };
  const until = new Date(Date.now() + 24 * 60 * 60 * 1000).toUTCString().replace("GMT", "UTC");
  for (const [name, bytes] of Object.entries(aptRepository(directory, [probe], until))) serve(`apt/${name}`, bytes);
}
