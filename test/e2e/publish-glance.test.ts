import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signStatement } from "@dibkit/contents";
import { loadCloudConfig } from "@dibkit/publish";
import { parseSigningKey } from "@dibkit/registry";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CloudSession, openCloudSession } from "../../packages/publish/src/openstack/cloud-session.js";
import { openHttpClient } from "../../packages/publish/src/openstack/http-client.js";
import { missing, renewTokenKeys, start, startGlance, stop, stopService } from "../../scripts/openstack/services.mjs";
import { dibkit, type ProgramRun, type RunOptions, runProgram } from "./dibkit.js";
import { type Gate, type GateOptions, openGate } from "./gate.js";
import { allCommandLines, createOpenStackClient, type OpenStackClient } from "./openstack-client.js";
import { ordinaryUser } from "./ordinary-user.js";

const MIB = 1 << 20;
const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-glance-"));
const directory = join(root, "site");
const image = join(root, "web.qcow2");
const large = join(root, "large.raw");
const huge = join(root, "huge.raw");
// In CI nothing is skipped: the set-up then fails.
const cannot = process.env.CI ? undefined : missing();

let site: Awaited<ReturnType<typeof start>>;
let client: OpenStackClient;
const gates: Gate[] = [];

describe.skipIf(cannot)(`dibkit publish glance, to a real Keystone and Glance${cannot ? ` (${cannot})` : ""}`, () => {
  beforeAll(async () => {
    await runProgram(["qemu-img", "create", "-q", "-f", "qcow2", image, "1G"]);
    writeFileSync(large, randomBytes(24 * MIB));
    writeFileSync(huge, "");
    truncateSync(huge, 200 * MIB);
    site = await start(directory, { quotaMiB: 64 });
    client = createOpenStackClient(site);
  });
  afterAll(async () => {
    if (site) await stop(site);
    rmSync(root, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(gates.splice(0).map((gate) => gate.close()));
  });

  const publish = (words: readonly string[], options: RunOptions = {}) =>
    dibkit(["publish", "glance", ...words], {
      cwd: directory,
      ...options,
      env: { OS_CLOUD: "dibkit-test", HOME: root, ...options.env },
    });

  test("uploads an image with what its consumer needs, verified and active", async () => {
    const words = ["--name", "atomic", "--property", "os_distro=fedora-atomic", "--tag", "magnum", "--min-disk", "1"];
    const run = await publish([image, ...words, "--visibility", "shared", "--format", "json"]);
    expect(run.stderr).toContain('created image "atomic", sha512 verified\n');
    expect(run.exitCode).toBe(0);
    const sent = readFileSync(image);
    const digest = { algorithm: "sha512", value: createHash("sha512").update(sent).digest("hex") };
    const result = JSON.parse(run.stdout) as { id: string };
    expect(result).toMatchObject({ version: 1, name: "atomic", outcome: "created", bytes: sent.length, digest });
    const [record, ...others] = await client.imagesNamed("atomic");
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      ...{ id: result.id, status: "active", disk_format: "qcow2", container_format: "bare", visibility: "shared" },
      ...{ min_disk: 1, os_distro: "fedora-atomic", tags: ["magnum"], os_hash_value: digest.value, protected: false },
    });
    expect(readFileSync(join(directory, "images", result.id)).equals(sent)).toBe(true);
  });

  test("takes an image of an ordinary user, who can read it and what says where the cloud is", async () => {
    for (const path of [root, directory]) chmodSync(path, 0o755);
    const env = { PATH: "/usr/bin:/bin", OS_CLOUD: "dibkit-test", HOME: root };
    const publishAsUser = () =>
      ordinaryUser(root).run(["publish", "glance", image, "--name", "users"], { cwd: directory, env });
    const config = ["clouds.yaml", "secure.yaml"].map((name) => join(directory, name));
    expect((await publishAsUser()).stderr).toBe(
      `error: cloud "dibkit-test" is not defined: there is none, and this user may not read "${config.join('", "')}"\n`,
    );
    for (const path of config) chmodSync(path, 0o644);
    const run = await publishAsUser();
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('created image "users", sha512 verified\n');
    expect(await client.imagesNamed("users")).toMatchObject([{ id: run.stdout.trim(), status: "active" }]);
  });

  test("a signed statement becomes a property, from which the image is verified when it comes back", async () => {
    const [key, publicKey] = [join(root, "build.key"), join(root, "build.pub")];
    await runProgram(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key]);
    await runProgram(["openssl", "pkey", "-in", key, "-pubout", "-out", publicKey]);
    const signing = parseSigningKey(readFileSync(key, "utf8"));
    if (!signing.ok) throw new Error(signing.error.message);
    const about = (sha256: string) => {
      const statement = { _type: "https://in-toto.io/Statement/v1", subject: [{ name: "web", digest: { sha256 } }] };
      writeFileSync(
        `${image}.intoto.jsonl`,
        `${JSON.stringify(signStatement(JSON.stringify(statement), signing.value))}\n`,
      );
    };
    const words = [image, "--name", "proven", "--provenance"];
    const unsigned = await publish(words);
    expect(unsigned).toMatchObject({ exitCode: 2 });
    expect(unsigned.stderr).toMatch(/^error: there is no signed statement ".*web.qcow2.intoto.jsonl"\n help: make it/);
    about("0".repeat(64));
    expect((await publish(words)).stderr).toMatch(
      /is about other bytes: the image has the SHA-256 .*\n help: sign the/,
    );
    about(createHash("sha256").update(readFileSync(image)).digest("hex"));
    expect(await publish(words)).toMatchObject({ exitCode: 0 });
    const [record] = (await client.imagesNamed("proven")) as unknown as { id: string; dibkit_provenance: string }[];
    const [saved, statement] = [join(root, "saved.qcow2"), join(root, "saved.qcow2.intoto.jsonl")];
    copyFileSync(join(directory, "images", record?.id ?? ""), saved);
    const unpack = `printf %s "$PROPERTY" | base64 -d | gunzip > ${statement}`;
    await runProgram(["sh", "-c", unpack], { env: { PROPERTY: record?.dibkit_provenance ?? "" } });
    expect(await dibkit(["verify", saved, "--key", publicKey])).toMatchObject({ exitCode: 0 });
    rmSync(`${image}.intoto.jsonl`);
  });

  test("meets an image of that name as it is told to", async () => {
    const before = (await client.imagesNamed("atomic"))[0]?.id as string;
    const at = ["--name", "atomic"];
    expect(await publish([image, ...at])).toEqual({
      ...{ exitCode: 2, stdout: "" },
      stderr: `error: image "atomic" already exists as ${before}\n help: give another --name, or --if-exists replace or skip\n`,
    });
    expect(await publish([image, ...at, "--if-exists", "skip"])).toMatchObject({ exitCode: 0, stdout: `${before}\n` });
    const replaced = await publish([image, ...at, "--if-exists", "replace"]);
    expect(replaced.stderr).toContain('replaced image "atomic"');
    const after = await client.imagesNamed("atomic");
    expect(after.map(({ id, status }) => ({ id, status }))).toEqual([{ id: replaced.stdout.trim(), status: "active" }]);
    expect(replaced.stdout.trim()).not.toBe(before);
    expect(await publish([image, "--name", "guarded", "--protected"])).toMatchObject({ exitCode: 0 });
    const [guarded] = await client.imagesNamed("guarded");
    expect(guarded).toMatchObject({ status: "active", protected: true });
    expect(await publish([image, "--name", "guarded", "--if-exists", "replace"])).toMatchObject({
      exitCode: 2,
      stderr: `error: image "guarded" (${guarded?.id}) is protected and cannot be replaced\n help: give another --name\n`,
    });
  });

  test("says that the quota is full, and leaves nothing", async () => {
    const run = await publish([huge]);
    expect(run.stderr).toMatch(/^error: glance has no room for 200 MiB: .*storage quota: .*\n help: delete images/m);
    expect(run).toMatchObject({ exitCode: 3, stdout: "" });
    expect(await client.imagesNamed("huge")).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, string>>, readonly string[], RegExp]>([
    [
      "a wrong password",
      { OS_CLOUD: "", OS_USERNAME: "builder", OS_PASSWORD: "not-the-password" },
      [],
      /^error: keystone at http:\S+ refused the credentials: The request you have made requires authentication\n help: check/,
    ],
    [
      "a cloud that is not there",
      { OS_CLOUD: "prod" },
      [],
      /^error: cloud "prod" is not defined in .*clouds.yaml": there are "dibkit-test"\n/,
    ],
    [
      "a region that is not there",
      {},
      ["--region", "North"],
      /^error: region "North" is not a region of cloud "dibkit-test": it has "RegionOne"\n/,
    ],
    [
      "an address where nothing listens",
      {},
      ["--image-endpoint", "http://127.0.0.1:9"],
      /^error: cannot reach glance at http:\/\/127.0.0.1:9\/v2\/images: nothing listens there/,
    ],
    [
      "what only an administrator may do",
      {},
      ["--visibility", "public"],
      /^error: glance does not let this user create images: .*publicize_image/,
    ],
  ])("says what is wrong: %s", async (_what, env, words, message) => {
    const keystone = {
      OS_AUTH_URL: `http://127.0.0.1:${site.keystonePort}`,
      OS_PROJECT_NAME: "images",
      OS_DEFAULT_DOMAIN: "default",
    };
    const run = await publish([image, "--name", "refused", ...words], {
      env: env.OS_PASSWORD ? { ...keystone, ...env } : env,
    });
    expect(run.stderr).toMatch(message);
    expect(run.exitCode).toBeGreaterThan(1);
    expect(run.stderr).not.toContain("not-the-password");
    expect(await client.imagesNamed("refused")).toEqual([]);
  });

  test("distrusts a certificate until it is told whom to trust", async () => {
    const tls = await selfSigned();
    const endpoint = ["--image-endpoint", (await gate({ tls })).url];
    const refused = await publish([image, "--name", "tls", ...endpoint]);
    expect(refused.stderr).toMatch(
      /^error: no trusted connection to glance at https:\S+: its certificate is self-signed\n help: .*--cacert/,
    );
    expect(refused.exitCode).toBe(3);
    const trusted = await publish([image, "--name", "tls", ...endpoint, "--cacert", join(root, "cert.pem")]);
    expect(trusted).toMatchObject({ exitCode: 0 });
  });

  test("takes the half image back on Ctrl-C, and shows no credential while it runs", async () => {
    const stored = storedImages();
    let commandLines = "";
    const run = await publishHeld("stopped", (child) => {
      commandLines = allCommandLines();
      child.kill("SIGINT");
    });
    expect(run.exitCode).toBe(130);
    expect(await client.imagesNamed("stopped")).toEqual([]);
    // Glance notices a moment later that nobody wants the bytes any more.
    await expect.poll(storedImages, { timeout: 600_000 }).toEqual(stored);
    expect(commandLines).toContain("publish\0glance");
    for (const password of Object.values(site.secrets)) {
      expect(commandLines).not.toContain(password);
      expect(run.stderr).not.toContain(password);
    }
  });

  test("starts again when the service comes back", async () => {
    let back: Promise<unknown> | undefined;
    const run = await publishHeld("patient", () => {
      back = stopService(site, "glance", "SIGKILL").then(() => startGlance(site));
    });
    await back;
    expect(run.stderr).toMatch(
      /the upload broke off after .* of 24.0 MiB .*; Glance cannot resume, so it starts again: attempt 2 of 3/,
    );
    expect(run).toMatchObject({ exitCode: 0 });
    const found = await client.imagesNamed("patient");
    expect(found.map(({ id, status, tags }) => ({ id, status, tags }))).toEqual([
      { id: run.stdout.trim(), status: "active", tags: [] },
    ]);
  });

  test("names what is left when the service stays away, and the next run clears it", async () => {
    let gone: Promise<unknown> | undefined;
    const run = await publishHeld("orphan", () => {
      gone = stopService(site, "glance", "SIGKILL");
    }, ["--patience", "1"]);
    await gone;
    expect(run.stderr).toMatch(/error: glance went away after .* of 24.0 MiB: /);
    expect(run.exitCode).toBe(3);
    const left = /the half image (\S+) is still in Glance .*the next publish of this name deletes it/.exec(
      run.stderr,
    )?.[1];
    await startGlance(site);
    expect(await client.imagesNamed("orphan")).toMatchObject([{ id: left, status: "saving" }]);
    const again = await publish([image, "--name", "orphan"]);
    expect(again.stderr).toContain(`deleted image ${left}, which an earlier upload that broke off had left behind`);
    expect(await client.imagesNamed("orphan")).toMatchObject([{ id: again.stdout.trim(), status: "active", tags: [] }]);
  });

  test.each(["password", "token", "application credential"])("logs in with a %s", async (kind) => {
    const { token, projectId } = await client.logIn();
    const common = { OS_AUTH_URL: client.authUrl, HOME: root };
    const user = { OS_USERNAME: "builder", OS_PASSWORD: site.secrets.user, OS_DEFAULT_DOMAIN: "default" };
    const credential = async () => {
      const { id, secret } = await client.createApplicationCredential("publish");
      const type = { OS_AUTH_TYPE: "v3applicationcredential" };
      return { ...type, OS_APPLICATION_CREDENTIAL_ID: id, OS_APPLICATION_CREDENTIAL_SECRET: secret };
    };
    const env = {
      password: async () => ({ ...user, OS_PROJECT_NAME: "images" }),
      token: async () => ({ OS_AUTH_TYPE: "v3token", OS_TOKEN: token, OS_PROJECT_ID: projectId }),
      "application credential": credential,
    }[kind];
    const session = await openSession({ ...common, ...(await env?.()) });
    expect(session.projectId).toBe(projectId);
    expect(await session.request(listing)).toMatchObject({ ok: true, value: { status: 200 } });
  });

  test("logs in again when its token is worth nothing any more", async () => {
    const session = await openSession({ OS_CLOUD: "dibkit-test", HOME: root });
    await renewTokenKeys(site);
    expect(await session.request(listing)).toMatchObject({ ok: true, value: { status: 200 } });
  });

  const listing = { method: "GET", path: "/v2/images" } as const;

  async function openSession(env: Readonly<Record<string, string>>): Promise<CloudSession> {
    const config = await loadCloudConfig(env, directory);
    if (!config.ok) throw new Error(config.error.message);
    const client = await openHttpClient(config.value.tls);
    if (!client.ok) throw new Error(client.error.kind);
    const session = await openCloudSession(config.value, client.value);
    if (!session.ok) throw new Error(session.error.kind);
    return session.value;
  }

  /** Uploads 24 MiB, stops the transfer after 8 of them, and then lets something happen. */
  async function publishHeld(
    name: string,
    onHeld: (child: { kill(signal: "SIGINT"): void }) => void,
    words: readonly string[] = [],
  ): Promise<ProgramRun> {
    let child: { kill(signal: "SIGINT"): void } | undefined;
    const way = await gate({ holdAfter: 8 * MIB, onHeld: () => child && onHeld(child) });
    return publish([large, "--name", name, "--image-endpoint", way.url, ...words], {
      onStart: async (running) => {
        child = running;
      },
    });
  }

  async function gate(options: GateOptions): Promise<Gate> {
    const opened = await openGate(site.glancePort, options);
    gates.push(opened);
    return opened;
  }

  async function selfSigned(): Promise<{ cert: string; key: string }> {
    const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"];
    const made = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"];
    expect(await runProgram(["openssl", ...words, ...made], { cwd: root })).toMatchObject({ exitCode: 0 });
    return { cert: readFileSync(join(root, "cert.pem"), "utf8"), key: readFileSync(join(root, "key.pem"), "utf8") };
  }

  const storedImages = () => readdirSync(join(directory, "images")).sort();
});
