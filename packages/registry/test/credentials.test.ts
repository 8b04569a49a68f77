import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findCredentials } from "../src/credentials.js";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "dibkit-credentials-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), typeof content === "string" ? content : JSON.stringify(content));
}

const auth = (words: string) => ({ auth: Buffer.from(words).toString("base64") });
const REPOSITORY = { registry: "r.example.org", name: "team/cache", tlsVerify: true };

function find(env: Readonly<Record<string, string>> = {}) {
  const commands = createCommandRunner({ env: { PATH: `${join(home, "bin")}:${process.env.PATH}` } });
  return findCredentials(REPOSITORY, { HOME: home, ...env }, commands);
}

const password = (user: string, word: string) => ({ ok: true, value: { kind: "password", user, password: word } });

describe("credentials for a registry", () => {
  test("there are none where nobody has logged in", async () => {
    expect(await find()).toEqual({ ok: true, value: undefined });
    write(".docker/config.json", { auths: { "other.example.org": auth("a:b") } });
    expect(await find()).toEqual({ ok: true, value: undefined });
  });

  test("are those of docker, with a colon in the password", async () => {
    write(".docker/config.json", { auths: { "r.example.org": auth("user:pass:word") } });
    expect(await find()).toEqual(password("user", "pass:word"));
  });

  test("of podman count more, and the most exact name counts most", async () => {
    write(".docker/config.json", { auths: { "r.example.org": auth("docker:x") } });
    write(".config/containers/auth.json", {
      auths: { "r.example.org": auth("all:x"), "r.example.org/team": auth("team:x") },
    });
    expect(await find()).toEqual(password("team", "x"));
    write("mine.json", { auths: { "r.example.org": auth("mine:x") } });
    expect(await find({ REGISTRY_AUTH_FILE: join(home, "mine.json") })).toEqual(password("mine", "x"));
  });

  test("come from DOCKER_CONFIG and XDG_RUNTIME_DIR too", async () => {
    write("d/config.json", { auths: { "https://r.example.org": { identitytoken: "token" } } });
    expect(await find({ DOCKER_CONFIG: join(home, "d") })).toEqual({
      ok: true,
      value: { kind: "identity-token", token: "token" },
    });
    write("run/containers/auth.json", { auths: { "r.example.org": auth("run:x") } });
    expect(await find({ DOCKER_CONFIG: join(home, "d"), XDG_RUNTIME_DIR: join(home, "run") })).toEqual(
      password("run", "x"),
    );
  });

  test("come from a helper, which is told the registry on its standard input", async () => {
    write(
      "bin/docker-credential-vault",
      '#!/bin/sh\nread -r host\nprintf \'{"Username": "%s", "Secret": "%s"}\' "$host" "$1"\n',
    );
    chmodSync(join(home, "bin/docker-credential-vault"), 0o755);
    write(".docker/config.json", { credHelpers: { "r.example.org": "vault" } });
    expect(await find()).toEqual(password("r.example.org", "get"));
    write(".docker/config.json", { credsStore: "vault" });
    expect(await find()).toEqual(password("r.example.org", "get"));
  });

  test("a helper that has none, one that is missing, and files that are broken", async () => {
    write("bin/docker-credential-empty", "#!/bin/sh\necho credentials not found in native keychain\nexit 1\n");
    chmodSync(join(home, "bin/docker-credential-empty"), 0o755);
    write(".docker/config.json", { credsStore: "empty" });
    expect(await find()).toEqual({ ok: true, value: undefined });
    write(".docker/config.json", { credsStore: "missing" });
    expect(await find()).toEqual({
      ok: false,
      error: 'the credential helper cannot be used: program "docker-credential-missing" was not found',
    });
    write(".docker/config.json", "{");
    expect(await find()).toMatchObject({ ok: false, error: expect.stringMatching(/it is not JSON$/) });
    write(".docker/config.json", { auths: { "r.example.org": auth("nocolon") } });
    expect(await find()).toMatchObject({ ok: false, error: expect.not.stringContaining("nocolon") });
  });
});
