import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { openRegistryClient, sha256Digest } from "@dibkit/registry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dibkit, type ProgramRun } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry, type RegistryOptions } from "./loopback-registry.js";
import { openTokenService } from "./token-service.js";

const USER = { name: "builder", password: "pass:word" };
const IDENTITY = "identity-of-the-builder";
const NAME = "team/cache";

let directory: string;
let open: LoopbackRegistry;
const opened: LoopbackRegistry[] = [];
/** Files of a key and its certificate for 127.0.0.1, which is its own authority. */
let own: { readonly key: string; readonly certificate: string };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "dibkit-login-"));
  own = { key: join(directory, "own.key"), certificate: join(directory, "own.crt") };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", own.key];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...key, ...subject, "-out", own.certificate], { stdio: "pipe" });
  open = await start({});
});

afterAll(async () => {
  for (const registry of opened) await registry.remove();
  rmSync(directory, { recursive: true, force: true });
});

async function start(options: RegistryOptions): Promise<LoopbackRegistry> {
  const registry = await openLoopbackRegistry({ ...(open === undefined ? {} : { root: open.root }), ...options });
  opened.push(registry);
  return registry;
}

/** A home directory with such a file for a registry. */
function home(name: string, file: string, content: string): Readonly<Record<string, string>> {
  const place = join(directory, name);
  mkdirSync(join(place, file, ".."), { recursive: true });
  writeFileSync(join(place, file), content);
  return { HOME: place };
}

function dockerConfig(content: unknown, name: string): Readonly<Record<string, string>> {
  return home(name, ".docker/config.json", JSON.stringify(content));
}

const auth = Buffer.from(`${USER.name}:${USER.password}`).toString("base64");

/** `dibkit cache list` of a repository, as somebody whose environment is such. */
function list(registry: LoopbackRegistry, env: Readonly<Record<string, string>>, words = ""): Promise<ProgramRun> {
  const remote = `${registry.address}/${NAME}${words}`;
  return dibkit(["cache", "list", "--remote", remote], { env: { HOME: join(directory, "nobody"), ...env } });
}

/** Uploads a blob and reads it again with a client of its own. */
async function pushAndRead(registry: LoopbackRegistry, env: Readonly<Record<string, string>>, text: string) {
  const repository = { registry: registry.address, name: NAME, tlsVerify: true };
  const context = { env: { PATH: process.env.PATH, ...env }, commands: createCommandRunner() };
  const client = openRegistryClient(repository, { ...context, signal: new AbortController().signal });
  const descriptor = { mediaType: "text/plain", digest: sha256Digest(text), size: text.length };
  const pushed = await client.pushBlob(descriptor, Buffer.from(text));
  const read = pushed.ok ? await client.readBlob(descriptor) : pushed;
  client.close();
  return read.ok && Buffer.isBuffer(read.value) ? read.value.toString() : read;
}

describe("login", () => {
  test.each([
    ["a password that docker login keeps", (address: string) => ({ auths: { [address]: { auth } } })],
    ["a password for the repository alone", (address: string) => ({ auths: { [`${address}/${NAME}`]: { auth } } })],
    ["a credential helper for the registry", (address: string) => ({ credHelpers: { [address]: "test" } })],
    ["a credential helper for all", () => ({ credsStore: "test" })],
  ] as const)("htpasswd: %s", async (name, content) => {
    const registry = await start({ user: USER });
    const bin = join(directory, "bin");
    mkdirSync(bin, { recursive: true });
    const helper = join(bin, "docker-credential-test");
    const answer = JSON.stringify({ ServerURL: registry.address, Username: USER.name, Secret: USER.password });
    writeFileSync(helper, `#!/bin/sh\n[ "$1 $(cat)" = "get ${registry.address}" ] && printf '%s' '${answer}'\n`);
    chmodSync(helper, 0o755);
    const env = {
      ...dockerConfig(content(registry.address), name.replaceAll(" ", "-")),
      PATH: `${bin}:${process.env.PATH}`,
    };
    expect(await list(registry, env)).toMatchObject({ exitCode: 0, stderr: "" });
    const stranger = await list(registry, {});
    expect(stranger).toMatchObject({ exitCode: 2 });
    expect(stranger.stderr).toContain("wants a name and a password");
  });

  test.each([
    ["a password", { auth }, "GET"],
    ["an identity token", { identitytoken: IDENTITY }, "POST"],
  ] as const)("tokens: %s is exchanged for one that is good for what is done", async (name, kept, method) => {
    const tokens = await openTokenService({
      ...{ service: "registry.test", issuer: "tokens.test", ...own, user: USER.name, password: USER.password },
      ...{ identity: IDENTITY, seconds: 60 },
    });
    const registry = await start({
      token: { realm: tokens.realm, service: "registry.test", issuer: "tokens.test", bundle: own.certificate },
    });
    const env = dockerConfig({ auths: { [registry.address]: kept } }, `tokens-${name.replaceAll(" ", "-")}`);
    expect(await pushAndRead(registry, env, name)).toBe(name);
    expect([...new Set(tokens.asked)].sort()).toEqual([
      `${method} repository:${NAME}:pull`,
      `${method} repository:${NAME}:pull,push`,
    ]);
    const wrong = dockerConfig({ auths: { [registry.address]: { auth: "eDp5" } } }, "tokens-wrong");
    expect((await list(registry, wrong)).stderr).toContain("the credentials kept for it are not accepted");
    expect((await list(registry, {})).stderr).toContain("no credentials are kept for it");
    await tokens.close();
  });

  test("a token that has ended is replaced", async () => {
    const tokens = await openTokenService({
      ...{ service: "registry.test", issuer: "tokens.test", ...own, user: USER.name, password: USER.password },
      // Less than the client keeps in hand, so each of its requests has to ask anew.
      ...{ identity: IDENTITY, seconds: 5 },
    });
    const registry = await start({
      token: { realm: tokens.realm, service: "registry.test", issuer: "tokens.test", bundle: own.certificate },
    });
    const env = dockerConfig({ auths: { [registry.address]: { auth } } }, "tokens-short");
    expect(await pushAndRead(registry, env, "short")).toBe("short");
    expect(tokens.asked.length).toBeGreaterThan(2);
    await tokens.close();
  });
});

describe("TLS", () => {
  test("a certificate of one's own is taken from certs.d, SSL_CERT_FILE, or not looked at", async () => {
    const registry = await start({ tls: { certificate: own.certificate, key: own.key } });
    const certificate = execFileSync("cat", [own.certificate], { encoding: "utf8" });
    const place = `.config/containers/certs.d/${registry.address}/ca.crt`;
    const refused = await list(registry, {});
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toMatch(/its certificate is self-signed/);
    expect(await list(registry, home("certs", place, certificate))).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await list(registry, { SSL_CERT_FILE: own.certificate })).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await list(registry, {}, ",tls-verify=false")).toMatchObject({ exitCode: 0 });
  });

  test("HTTP/2 is spoken where the registry has it, with uploads, large blobs and broken connections", async () => {
    const registry = await start({ tls: { certificate: own.certificate, key: own.key } });
    const env = { SSL_CERT_FILE: own.certificate };
    expect(await pushAndRead(registry, env, "small")).toBe("small");
    const large = "0123456789abcdef".repeat(500_000);
    expect(await pushAndRead(registry, env, large)).toBe(large);
    const requests = registry.log().match(/"[A-Z]+ \/v2\/\S* HTTP\/[\d.]+"/g) ?? [];
    expect(requests.length).toBeGreaterThan(6);
    expect(requests.filter((request) => !request.endsWith('HTTP/2.0"'))).toEqual([]);
    await registry.stop();
    expect(await pushAndRead(registry, env, "gone")).toMatchObject({ ok: false, error: { kind: "unavailable" } });
    await registry.start();
    expect(await pushAndRead(registry, env, "again")).toBe("again");
  });
});

describe("proxies", () => {
  test.each(["http", "https"] as const)("%s_proxy is used, and no_proxy says where it is not", async (scheme) => {
    const registry = scheme === "http" ? open : await start({ tls: { certificate: own.certificate, key: own.key } });
    const proxy = await openProxy();
    const env = { [`${scheme}_proxy`]: proxy.address, SSL_CERT_FILE: own.certificate };
    expect(await list(registry, env, scheme === "http" ? ",tls-verify=false" : "")).toMatchObject({ exitCode: 0 });
    expect(proxy.seen.some((request) => request.includes(registry.address))).toBe(true);
    const before = proxy.seen.length;
    expect(await list(registry, { ...env, no_proxy: "127.0.0.1" })).toMatchObject({ exitCode: 0 });
    expect(proxy.seen).toHaveLength(before);
    await proxy.close();
  });
});

/** A proxy as in company networks: requests by whole address, and tunnels. */
async function openProxy() {
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const { method, headers } = incoming;
    const behind = httpRequest(incoming.url ?? "", { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    behind.on("error", () => outgoing.destroy());
    incoming.pipe(behind);
  });
  server.on("connect", (incoming, socket, head) => {
    seen.push(`CONNECT ${incoming.url}`);
    const [host = "", port] = (incoming.url ?? "").split(":");
    const behind = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      behind.write(head);
      behind.pipe(socket);
      socket.pipe(behind);
    });
    behind.on("error", () => socket.destroy());
    socket.on("error", () => behind.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    seen,
    address: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
