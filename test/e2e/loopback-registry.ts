import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { unpackPackages } from "../debian-packages.mjs";
import { type ProgramRun, runProgram } from "./dibkit.js";

/** Debian's docker-registry on loopback, with skopeo beside it; neither is installed on the machine. */
export interface LoopbackRegistry {
  readonly root: string;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly port: number;
  skopeo(...words: readonly string[]): Promise<ProgramRun>;
  /** The requests that it got, a line for each. */
  log(): string;
  /** Removes what no tag leads to, as its administrator does while nobody writes. */
  collectGarbage(): void;
  /** Path of the file that has the bytes of a digest in hexadecimal digits. */
  blobFile(sha256: string): string;
  /** Kills it, as a power failure would. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes all it has. */
  remove(): Promise<void>;
}

const PACKAGES = ["docker-registry", "skopeo", "libgpgme11", "libassuan0", "libdevmapper1.02.1"];

export interface RegistryOptions {
  /** Where the programs are; unpacked anew by default. */
  readonly root?: string;
  /** The only user that may do anything. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Files in PEM: it speaks TLS, and HTTP/2, only. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** A service whose tokens it takes; `bundle` is the file of the certificate that they are signed with. */
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly bundle: string;
  };
}

export async function openLoopbackRegistry({
  root: given,
  user,
  tls,
  token,
}: RegistryOptions = {}): Promise<LoopbackRegistry> {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-registry-"));
  const root = given ?? unpackPackages(directory, PACKAGES);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const log = join(directory, "access.log");
  const configuration = join(directory, "config.json");
  // JSON is YAML too.
  const content = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: join(directory, "data") }, delete: { enabled: true } },
    http: { addr: address, ...(tls === undefined ? {} : { tls }) },
    ...(user === undefined ? {} : { auth: { htpasswd: { realm: "test", path: join(directory, "users") } } }),
    ...(token === undefined ? {} : { auth: { token: { ...token, rootcertbundle: token.bundle } } }),
  };
  if (user !== undefined) writeFileSync(join(directory, "users"), `${user.name}:${bcrypt(user.password)}\n`);
  writeFileSync(configuration, JSON.stringify(content));
  let running: ChildProcess | undefined;
  const registry: LoopbackRegistry = {
    root,
    address,
    port,
    skopeo: (...words) => {
      const libraries = ["usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib/x86_64-linux-gnu"];
      const env = { LD_LIBRARY_PATH: libraries.map((path) => join(root, path)).join(":") };
      return runProgram([join(root, "usr/bin/skopeo"), "--insecure-policy", ...words], { env });
    },
    async start() {
      running = spawn(join(root, "usr/bin/docker-registry"), ["serve", configuration], {
        stdio: ["ignore", openSync(log, "a"), "ignore"],
      });
      for (;;) {
        if (await listens(port)) return;
        if (running.exitCode !== null) throw new Error(`docker-registry ended with ${running.exitCode}`);
        await delay(100);
      }
    },
    collectGarbage() {
      execFileSync(join(root, "usr/bin/docker-registry"), ["garbage-collect", "--delete-untagged", configuration]);
    },
    blobFile: (sha256) => join(directory, "data/docker/registry/v2/blobs/sha256", sha256.slice(0, 2), sha256, "data"),
    log: () => readFileSync(log, "utf8"),
    async stop() {
      const child = running;
      running = undefined;
      if (child === undefined) return;
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await ended;
    },
    async remove() {
      await registry.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await registry.start();
  return registry;
}

/** The only kind of hash that the registry takes. */
function bcrypt(password: string): string {
  const script = 'print crypt($ARGV[0], "\\$2b\\$05\\$abcdefghijklmnopqrstuu")';
  return execFileSync("perl", ["-e", script, password], { encoding: "utf8" });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
