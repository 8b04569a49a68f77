import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { sha256Of } from "../apt-repository.js";
import { tinyOs } from "../tiny-os.mjs";
import { dibkit } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";

const USER = { name: "builder", password: "pass:word" };
const ANSWERS: Readonly<Record<string, string>> = { one: "first\n", two: "second\n", empty: "", held: "of a secret\n" };
const digestOf = (name: string) => sha256Of(ANSWERS[name] ?? "");

describe.skipIf(!mayBuild)("the bytes of a lock in a registry", () => {
  let registry: LoopbackRegistry;
  let project: TinyProject;
  let mirror = "";
  const server = createServer((incoming, outgoing) => {
    const answer = ANSWERS[(incoming.url ?? "").slice(1)];
    outgoing.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  const path = (name: string) => join(project.directory, name);
  const repository = () => `${registry.address}/team/locks`;
  const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    dibkit(words, {
      cwd: project.directory,
      env: { HOME: path("home"), SOURCE_DATE_EPOCH: "1700000000", DIB_TOKEN: "correct horse battery", ...env },
    });
  const image = (...elements: readonly string[]) => [
    ...["tiny-os", ...elements, "-n", "-t", "tar", "--image-size", "0.2", "--elements-path", "elements"],
  ];
  /** A build on a machine that has nothing but the lock and what the registry gives. */
  const locked = (store: string, file: string, elements: readonly string[], ...more: readonly string[]) => {
    const words = ["build", "--locked", "--lock-file", file, ...image(...elements), "--cache-from", repository()];
    return run([...words, "-o", "out/image", "--cache-dir", store, ...more]);
  };
  const lock = (file: string, elements: readonly string[], ...more: readonly string[]) =>
    run(["lock", "--lock-file", file, ...image(...elements), "--cache-to", repository(), "-o", "out/image", ...more], {
      DIBKIT_CACHE: path("store"),
    });
  const contents = (store: string) => readdirSync(path(`${store}/contents`)).sort();

  beforeAll(async () => {
    registry = await openLoopbackRegistry({ user: USER });
    project = tinyProject();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fetch = (...names: readonly string[]) =>
      `#!/bin/bash\nset -eu\n${names.map((name) => `curl -fsS ${mirror}/${name} > /etc/${name}\n`).join("")}`;
    project.element("tiny-os", { "root.d/10-tiny": tinyOs(["bash", "sh", "cat", "env", "ls", "mkdir", "rm", "curl"]) });
    project.element("probe", { "install.d/20-fetch": fetch("one", "two", "empty") });
    project.element("secret", { "install.d/30-held": `${fetch("held")}echo \${#DIB_TOKEN} > /etc/length\n` });
    const auth = Buffer.from(`${USER.name}:${USER.password}`).toString("base64");
    mkdirSync(path("home/.docker"), { recursive: true });
    writeFileSync(path("home/.docker/config.json"), JSON.stringify({ auths: { [registry.address]: { auth } } }));
  });
  afterAll(async () => {
    server.close();
    project?.remove();
    await registry?.remove();
  });

  test("are uploaded once, as they are, below manifests that name the lock", async () => {
    const made = await lock("probe.lock", ["probe"]);
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    expect(made.stdout).toContain(`uploaded 3 downloads (13 B) of 3 to ${repository()}\n`);
    const again = await lock("probe.lock", ["probe"], "--update", "--only", "elements");
    expect(again.stdout).toContain(`uploaded 0 downloads (0 B) of 3 to ${repository()}\n`);
    const shown = await registry.skopeo(
      ...["inspect", "--raw", "--tls-verify=false", "--creds", `${USER.name}:${USER.password}`],
      `docker://${repository()}:lock-${sha256Of(readFileSync(path("probe.lock")))}`,
    );
    const { artifactType, config, layers } = JSON.parse(shown.stdout);
    expect(artifactType).toBe("application/vnd.dibkit.lock.v1+json");
    expect(config.digest).toBe(`sha256:${sha256Of(readFileSync(path("probe.lock")))}`);
    const digests = ["one", "two", "empty"].map((name) => `sha256:${digestOf(name)}`);
    expect(layers.map(({ digest }: { digest: string }) => digest)).toEqual(digests.sort());
  });

  test("what a step fetched that could see a secret stays where it is, and is told", async () => {
    const made = await lock("secret.lock", ["probe", "secret"], "--secret", "DIB_TOKEN");
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    expect(made.stderr).toContain(
      "warning: 1 download of the lock stays here: install.d/30-held, which fetched it, could see the value of a secret",
    );
    expect(made.stdout).toContain(`uploaded 0 downloads (0 B) of 3 to ${repository()}\n`);
    expect(() => readFileSync(registry.blobFile(digestOf("held")))).toThrow("ENOENT");
  });

  test("are listed, and stay when what is unused is deleted and garbage collected", async () => {
    const listed = await run(["cache", "list", "--remote", repository()]);
    expect(listed.stdout).toMatch(/^lock [0-9a-f]{12} of tiny-os probe: 3 downloads, 13 B$/m);
    const deleted = await run(["cache", "unused", "--remote", repository(), "--since", "2099-01-01", "--delete"]);
    expect(deleted, deleted.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^[1-9]\d* layers/m) });
    registry.collectGarbage();
    expect(readFileSync(registry.blobFile(digestOf("one")), "utf8")).toBe(ANSWERS.one);
  });

  test("are enough for a locked build on an empty machine whose mirror is gone", async () => {
    await new Promise((resolve) => server.close(resolve));
    const built = await locked("other", "probe.lock", ["probe"]);
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    expect(built.stderr).toContain(`3 downloads of the lock came from ${repository()} (0.0 MB)\n`);
    expect(contents("other")).toEqual(["one", "two", "empty"].map(digestOf).sort());
  });

  test("count only when they are right; of others nothing is kept, and what is missing is told", async () => {
    writeFileSync(registry.blobFile(digestOf("two")), "damage\n");
    const damaged = await locked("third", "probe.lock", ["probe"]);
    expect(damaged).toMatchObject({ exitCode: 3 });
    const told = `the cache ${repository()} sent a blob that is not sha256:${digestOf("two").slice(0, 12)}`;
    expect(damaged.stderr).toContain(told);
    expect(damaged.stderr).toContain(
      `asked for ${mirror}/two: its bytes, which the lock names, are not on this machine`,
    );
    expect(contents("third")).toEqual([digestOf("one")]);
    writeFileSync(registry.blobFile(digestOf("two")), ANSWERS.two ?? "");
    const missing = await locked("third", "secret.lock", ["probe", "secret"]);
    expect(missing.stderr).toContain(`${mirror}/held: its bytes, which the lock names, are not on this machine nor in`);
    copyFileSync(path(`store/contents/${digestOf("held")}`), path(`third/contents/${digestOf("held")}`));
    const whole = await locked("third", "secret.lock", ["probe", "secret"]);
    expect(whole, whole.stderr).toMatchObject({ exitCode: 0 });
  });

  test("a registry that is down is told of, and by dibkit lock as an error", async () => {
    await registry.stop();
    rmSync(path("third"), { recursive: true });
    const built = await locked("third", "probe.lock", ["probe"]);
    expect(built).toMatchObject({ exitCode: 3 });
    expect(built.stderr.match(/the cache .* the build goes on without it/g)).toHaveLength(2);
    const locking = await lock("probe.lock", ["probe"], "--update", "--only", "elements");
    expect(locking).toMatchObject({ exitCode: 1 });
    expect(locking.stderr).toContain(`error: not all that the lock names is shared: the registry of ${repository()}`);
  });
});
