import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTrustedKey, signatureTag, type TrustedKey } from "@dibkit/registry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LayerStore, openLayerStore } from "../../packages/runner/src/layers/layer-store.js";
import { mayBuild, type TinyBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { unpackPackagesOf } from "../debian-packages.mjs";
import { type ProgramRun, runProgram } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";
import { openRemoteTrial } from "./registry-faults.js";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const STEP = "install.d/10-one";

let registry: LoopbackRegistry;
let directory: string;
let cosignProgram: string;
let store: LayerStore;
let keys: Readonly<Record<"ed25519" | "ec" | "stranger", KeyFiles>>;
const projects: TinyProject[] = [];

interface KeyFiles {
  readonly secret: string;
  readonly open: string;
  readonly trusted: TrustedKey;
}

function machine(): TinyProject {
  const project = tinyProject();
  project.element("probe", { [STEP]: "#!/bin/bash\necho one > /etc/one\n", "install.d/20-two": "#!/bin/bash\ntrue\n" });
  projects.push(project);
  return project;
}

function writeKeys(name: string, pair: { readonly privateKey: string; readonly publicKey: string }): KeyFiles {
  const [secret, open] = [join(directory, `${name}.key`), join(directory, `${name}.pub`)];
  writeFileSync(secret, pair.privateKey, { mode: 0o600 });
  writeFileSync(open, pair.publicKey);
  const key = parseTrustedKey(pair.publicKey);
  if (!key.ok) throw new Error(key.error.message);
  return { secret, open, trusted: key.value };
}

/** As openssl writes them: the reader is not to live on what its own library writes alone. */
function opensslKeys(name: string, ...words: readonly string[]): KeyFiles {
  const run = (...more: readonly string[]) => execFileSync("openssl", more, { encoding: "utf8", stdio: "pipe" });
  const file = join(directory, `${name}.pem`);
  run("genpkey", ...words, "-out", file);
  return writeKeys(name, { privateKey: run("pkey", "-in", file), publicKey: run("pkey", "-in", file, "-pubout") });
}

beforeAll(async () => {
  if (!mayBuild) return;
  directory = mkdtempSync(join(tmpdir(), "dibkit-trust-"));
  registry = await openLoopbackRegistry();
  cosignProgram = join(unpackPackagesOf("trixie", directory, ["cosign"]), "usr/bin/cosign");
  const pem = { type: "pkcs8", format: "pem" } as const;
  const publicKeyEncoding = { type: "spki", format: "pem" } as const;
  keys = {
    ed25519: opensslKeys("ed25519", "-algorithm", "ed25519"),
    ec: opensslKeys("ec", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    stranger: writeKeys(
      "stranger",
      generateKeyPairSync("ed25519", { privateKeyEncoding: pem, publicKeyEncoding }) as never,
    ),
  };
  const first = machine();
  await first.build({ formats: "tar" });
  store = await openLayerStore(join(first.directory, "store"));
});

afterAll(async () => {
  for (const project of projects) project.remove();
  await registry?.remove();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

const repository = (name: string) => `${registry.address}/trust/${name}`;

/** Uploads all of the first machine's layers, as a build that signs does, or one that does not. */
async function push(name: string, key?: KeyFiles): Promise<readonly string[]> {
  const signed = key === undefined ? {} : { cacheSign: key.secret, trustedKeys: [key.trusted] };
  const trial = await openRemoteTrial({ cacheTo: repository(name), ...signed }, store);
  for (const entry of await store.all()) trial.remote.offer(entry);
  await trial.remote.finish();
  return trial.messages;
}

/** What a machine without layers is told when it asks for a step, and whether it gets it. */
async function take(name: string, ...trusted: readonly KeyFiles[]) {
  const trial = await openRemoteTrial({
    cacheFrom: [repository(name)],
    trustedKeys: trusted.map((key) => key.trusted),
  });
  const entry = await trial.fetch(await keyOf(STEP));
  trial.remove();
  return { entry, messages: trial.messages };
}

async function keyOf(step: string): Promise<string> {
  const entry = (await store.all()).find(({ label }) => `${label.phase}/${label.script}` === step);
  if (entry === undefined) throw new Error(`no layer of ${step}`);
  return entry.key;
}

function cosign(...words: readonly string[]): Promise<ProgramRun> {
  const env = { HOME: directory, COSIGN_PASSWORD: "", LC_ALL: "C" };
  return runProgram([cosignProgram, ...words], { env });
}

function cosignVerify(name: string, key: string, tag: string, claim = tag): Promise<ProgramRun> {
  const offline = ["--insecure-ignore-tlog=true", "--allow-http-registry", "--allow-insecure-registry"];
  return cosign("verify", "--key", key, ...offline, "-a", `dibkit.key=${claim}`, `${repository(name)}:${tag}`);
}

interface Manifest {
  readonly text: string;
  readonly digest: string;
}

async function manifest(name: string, reference: string): Promise<Manifest> {
  const url = `http://${registry.address}/v2/trust/${name}/manifests/${reference}`;
  const answer = await fetch(url, { headers: { accept: MANIFEST } });
  return { text: await answer.text(), digest: answer.headers.get("docker-content-digest") ?? "" };
}

async function put(name: string, reference: string, body: string): Promise<void> {
  const url = `http://${registry.address}/v2/trust/${name}/manifests/${reference}`;
  const answer = await fetch(url, { method: "PUT", headers: { "content-type": MANIFEST }, body });
  expect(answer.status).toBe(201);
}

const told = ({ events }: TinyBuild) =>
  events.flatMap((event) => (event.type === "note" || event.type === "warning" ? [event.message] : []));

describe.skipIf(!mayBuild)("signed layers in a registry", () => {
  test.each(["ed25519", "ec"] as const)(
    "a key of the kind %s signs, cosign verifies, a machine takes",
    async (kind) => {
      expect(await push(kind, keys[kind])).toEqual([expect.stringMatching(/^uploaded \d+ layers to .*MB\)$/)]);
      const [key, other] = [await keyOf(STEP), await keyOf("install.d/20-two")];
      expect(await cosignVerify(kind, keys[kind].open, key)).toMatchObject({ exitCode: 0 });
      expect(await cosignVerify(kind, keys[kind].open, key, other)).not.toMatchObject({ exitCode: 0 });
      expect(await cosignVerify(kind, keys.stranger.open, key)).not.toMatchObject({ exitCode: 0 });
      expect(await take(kind, keys.stranger, keys[kind])).toMatchObject({
        entry: { key, origin: { registry: repository(kind), signedBy: keys[kind].trusted.fingerprint } },
        messages: [],
      });
      // The second time everything is there.
      expect(await push(kind, keys[kind])).toEqual([expect.stringMatching(/^uploaded 0 layers/)]);
    },
  );

  test("what cosign signs is taken", async () => {
    await push("cosign");
    const prefix = join(directory, "cosign");
    expect(await cosign("generate-key-pair", "--output-key-prefix", prefix)).toMatchObject({ exitCode: 0 });
    const key = await keyOf(STEP);
    const { digest } = await manifest("cosign", key);
    const words = ["--key", `${prefix}.key`, "--tlog-upload=false", "-y", "-a", `dibkit.key=${key}`];
    const signed = await cosign("sign", ...words, "--allow-http-registry", `${repository("cosign")}@${digest}`);
    expect(signed, signed.stderr).toMatchObject({ exitCode: 0 });
    const pair = parseTrustedKey(execFileSync("cat", [`${prefix}.pub`], { encoding: "utf8" }));
    if (!pair.ok) throw new Error(pair.error.message);
    const trial = await openRemoteTrial({ cacheFrom: [repository("cosign")], trustedKeys: [pair.value] });
    expect(await trial.fetch(key)).toMatchObject({ key });
    trial.remove();
  });

  test("an unsigned layer is refused", async () => {
    await push("unsigned");
    const { entry, messages } = await take("unsigned", keys.ed25519);
    expect(entry).toBeUndefined();
    expect(messages).toEqual([
      `the cache ${repository("unsigned")} has a layer there that is not signed: install.d/10-kinds is not taken from there`,
    ]);
  });

  test("a layer that another key has signed is refused", async () => {
    const { entry, messages } = await take("ed25519", keys.stranger);
    expect(entry).toBeUndefined();
    expect(messages).toEqual([expect.stringMatching(/that is signed by nobody who is trusted/)]);
  });

  test("a signature that was taken from another layer is refused", async () => {
    await push("replayed");
    const [mine, other] = [await keyOf(STEP), await keyOf("install.d/20-two")];
    await push("replayed-from", keys.ed25519);
    const theirs = await manifest("replayed-from", other);
    const signature = await manifest("replayed-from", signatureTag(theirs.digest));
    await mountBlobs(signature.text, "replayed-from", "replayed");
    await put("replayed", signatureTag((await manifest("replayed", mine)).digest), signature.text);
    const { entry, messages } = await take("replayed", keys.ed25519);
    expect(entry).toBeUndefined();
    expect(messages).toEqual([expect.stringMatching(/that has the signature of another layer/)]);
  });

  test("the signed image of another step is refused under this step's tag", async () => {
    await push("moved", keys.ed25519);
    const other = await manifest("moved", await keyOf("install.d/20-two"));
    await put("moved", await keyOf(STEP), other.text);
    const { entry, messages } = await take("moved", keys.ed25519);
    expect(entry).toBeUndefined();
    expect(messages).toEqual([expect.stringMatching(/has the image of another key/)]);
  });

  test("a signature of which a bit is another one is refused", async () => {
    await push("wrong", keys.ed25519);
    const { digest } = await manifest("wrong", await keyOf(STEP));
    const { text } = await manifest("wrong", signatureTag(digest));
    const document = JSON.parse(text) as { layers: { annotations: Record<string, string> }[] };
    const [layer] = document.layers;
    const name = "dev.cosignproject.cosign/signature";
    const bytes = Buffer.from(layer?.annotations[name] ?? "", "base64");
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    if (layer) layer.annotations[name] = bytes.toString("base64");
    await put("wrong", signatureTag(digest), JSON.stringify(document));
    const { entry, messages } = await take("wrong", keys.ed25519);
    expect(entry).toBeUndefined();
    expect(messages).toEqual([expect.stringMatching(/that is signed by nobody who is trusted/)]);
    // Who signs puts a right one beside it.
    expect(await push("wrong", keys.ed25519)).toEqual([expect.stringMatching(/^uploaded 1 layer /)]);
    expect((await take("wrong", keys.ed25519)).entry).toBeDefined();
  });

  test("a build that signs takes nothing unsigned, and puts its own in place of it", async () => {
    await push("mixed");
    const target = repository("mixed");
    const build = await machine().build({ cacheFrom: [target], cacheTo: target, cacheSign: keys.ec.secret });
    expect(build.outcome).toMatchObject({ kind: "built" });
    expect(build.steps).toMatchObject({ [STEP]: "ran" });
    expect(told(build)).toEqual([
      expect.stringMatching(/has a layer there that is not signed: root\.d.* is not taken from there$/),
      expect.stringMatching(/^\d+ layers in .* were not taken, because nobody who is trusted has signed them$/),
      expect.stringMatching(/^uploaded \d+ layers/),
    ]);
    expect(await cosignVerify("mixed", keys.ec.open, await keyOf(STEP))).toMatchObject({ exitCode: 0 });
  });

  test("unsigned layers that are in the store already do not count where signatures are asked for", async () => {
    await push("early");
    const project = machine();
    const early = await project.build({ cacheFrom: [repository("early")] });
    expect(early.steps).toMatchObject({ [STEP]: "cached" });
    const trusting = { cacheFrom: [repository("ed25519")], cacheTrust: [keys.ed25519.open] };
    const plan = await project.plan(trusting);
    expect(plan.document.steps.find(({ phase }) => phase === "root.d")).toMatchObject({
      cached: false,
      reason: `its layer came from ${repository("early")}, and no key that is trusted has signed it`,
    });
    const later = await project.build(trusting);
    expect(later.steps).toMatchObject({ [STEP]: "cached" });
    expect(told(later)).toContainEqual(expect.stringMatching(/layers came from .*\/trust\/ed25519/));
    const alone = await project.build({ cacheTrust: [keys.stranger.open] });
    expect(alone.steps).toMatchObject({ [STEP]: "ran" });
  });
});

/** Makes the blobs that a manifest names known in another repository of the registry. */
async function mountBlobs(text: string, from: string, to: string): Promise<void> {
  const { config, layers } = JSON.parse(text) as { config: { digest: string }; layers: { digest: string }[] };
  for (const { digest } of [config, ...layers]) {
    const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(`trust/${from}`)}`;
    const answer = await fetch(`http://${registry.address}/v2/trust/${to}/blobs/uploads/?${query}`, { method: "POST" });
    expect(answer.status).toBe(201);
  }
}
