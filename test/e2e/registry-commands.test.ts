import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { openRegistryClient } from "@dibkit/registry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LayerStore, openLayerStore } from "../../packages/runner/src/layers/layer-store.js";
import { pushUse } from "../../packages/runner/src/remote/use-record.js";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { dibkit } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";

const DAY_MS = 86_400_000;
const ONE = "install.d/10-one";
const TWO = "install.d/20-two";
const PASSWORD = { DIB_PASSWORD: "correct horse" };

let registry: LoopbackRegistry;
let directory: string;
let first: TinyProject;
const projects: TinyProject[] = [];

function machine(two = "echo two > /etc/two"): TinyProject {
  const project = tinyProject();
  project.element("probe", {
    [ONE]: "#!/bin/bash\necho one > /etc/one\n",
    [TWO]: `#!/bin/bash\n${two}\n`,
    "install.d/30-three": "#!/bin/bash\necho three > /etc/three\n",
  });
  projects.push(project);
  return project;
}

/** The built command line on the store of a machine. */
function command(project: TinyProject, ...words: readonly string[]) {
  const env = {
    ...{ HOME: project.directory, ELEMENTS_PATH: join(project.directory, "elements"), SKIP_BASE: "1", ARCH: "amd64" },
    DIB_IMAGE_SIZE: "0.2",
    DIB_LOCKFILES: join(project.directory, "locks"),
  };
  return dibkit([...words, "--cache-dir", join(project.directory, "store")], { cwd: project.directory, env });
}

const cache = (project: TinyProject, ...words: readonly string[]) => command(project, "cache", ...words);

/** As the command line has it: a key is made of the whole environment, so both sides of a pull are built alike. */
function build(project: TinyProject) {
  const words = ["tiny-os", "probe", "-t", "tar", "-o", join(project.directory, "out/image")];
  return command(project, "build", ...words);
}

const remote = (name: string) => `${registry.address}/commands/${name}`;
const storeOf = (project: TinyProject): Promise<LayerStore> => openLayerStore(join(project.directory, "store"));
const dayFromNow = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

async function keyOf(project: TinyProject, step: string): Promise<string> {
  const entry = (await (await storeOf(project)).all()).find(({ label }) => `${label.phase}/${label.script}` === step);
  if (entry === undefined) throw new Error(`no layer of ${step}`);
  return entry.key;
}

async function tagsOf(name: string): Promise<readonly string[]> {
  const answer = await fetch(`http://${registry.address}/v2/commands/${name}/tags/list`);
  return ((await answer.json()) as { tags: readonly string[] | null }).tags ?? [];
}

beforeAll(async () => {
  if (!mayBuild) return;
  directory = mkdtempSync(join(tmpdir(), "dibkit-commands-"));
  registry = await openLoopbackRegistry();
  execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", join(directory, "key")], { stdio: "pipe" });
  execFileSync("openssl", ["pkey", "-in", join(directory, "key"), "-pubout", "-out", join(directory, "key.pub")]);
  first = machine();
  expect(await build(first)).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  for (const project of projects) project.remove();
  await registry?.remove();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(!mayBuild)("dibkit cache with a registry", () => {
  test("push uploads the store, signed, and pull brings it without running anything", async () => {
    const pushed = await cache(first, "push", "--remote", remote("whole"), "--cache-sign", join(directory, "key"));
    expect(pushed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(pushed.stdout).toMatch(/^uploaded \d+ layers to .*\/commands\/whole \(.* MB\)\n$/);
    const second = machine();
    const trust = ["--cache-trust", join(directory, "key.pub")];
    const pulled = await cache(second, "pull", "tiny-os", "probe", "--remote", remote("whole"), ...trust);
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    const keys = (await (await storeOf(second)).all()).map(({ key }) => key);
    expect(keys).toContain(await keyOf(first, "install.d/30-three"));
    const built = await build(second);
    expect(built.exitCode, built.stderr).toBe(0);
    const all = await (await storeOf(second)).all();
    expect(all.filter(({ kind, origin }) => kind === "step" && origin === undefined)).toEqual([]);
  });

  test("pull stops at the first step that nobody has made, and says which", async () => {
    const other = machine("echo another > /etc/two");
    const pulled = await cache(other, "pull", "tiny-os", "probe", "--remote", remote("whole"));
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    expect(pulled.stderr).toContain(`${TWO} is in no cache: a build would run it`);
    const steps = (await (await storeOf(other)).all()).map(({ label }) => `${label.phase}/${label.script}`);
    expect(steps).toContain(ONE);
    expect(steps).not.toContain(TWO);
  });

  test("plan says which steps a registry has, also after a step that this machine lacks", async () => {
    const edit = "#!/bin/bash\necho planned > /etc/two\n";
    const edited = machine();
    edited.element("probe", { [TWO]: edit });
    expect(await build(edited)).toMatchObject({ exitCode: 0 });
    expect(await cache(edited, "push", "--remote", remote("planned"))).toMatchObject({ exitCode: 0 });
    const other = machine();
    expect(await build(other)).toMatchObject({ exitCode: 0 });
    other.element("probe", { [TWO]: edit });
    const words = ["plan", "tiny-os", "probe", "-t", "tar", "-o", join(other.directory, "out/image")];
    const planned = await command(other, ...words, "--cache-from", remote("planned"), "--format", "json");
    const { steps } = JSON.parse(planned.stdout) as { steps: readonly { script: string; phase: string }[] };
    expect(steps).toContainEqual(expect.objectContaining({ phase: "install.d", script: "10-one", cached: true }));
    for (const script of ["20-two", "30-three"])
      expect(steps).toContainEqual(expect.objectContaining({ script, cached: false, registry: remote("planned") }));
    const text = await command(other, ...words, "--cache-from", remote("planned"));
    expect(text.stdout).toMatch(new RegExp(`install.d/20-two .*in the registry: ${remote("planned")}\n`));
    const gone = await command(other, ...words, "--cache-from", "127.0.0.1:1/team/cache");
    expect(gone).toMatchObject({ exitCode: 0 });
    expect(gone.stderr).toContain("the plan does not know what is there");
  });

  test("push leaves layers here that could hold a secret", async () => {
    const secret = machine('echo "$DIB_PASSWORD" > /etc/two');
    await secret.build({ environment: PASSWORD });
    const pushed = await cache(secret, "push", "--remote", `${remote("secret")},mode=max`);
    expect(pushed.stdout).toMatch(/\d+ layers stayed here: they could hold a secret/);
    const tags = await tagsOf("secret");
    expect(tags).toContain(await keyOf(secret, ONE));
    expect(tags).not.toContain(await keyOf(secret, TWO));
    expect(tags).not.toContain(await keyOf(secret, "install.d/30-three"));
    const why = await cache(secret, "why", TWO, "--remote", remote("secret"));
    expect(why).toMatchObject({ exitCode: 1 });
    expect(why.stdout).toContain("it could hold a secret, so it is not uploaded");
  });

  test("why says what is there, what differs from the nearest layer, and whose signature is missing", async () => {
    const there = await cache(first, "why", ONE, "--remote", remote("whole"));
    expect(there).toMatchObject({ exitCode: 0 });
    expect(there.stdout).toMatch(new RegExp(`^${ONE} is in .*/commands/whole\n {2}made \\d{4}-`));
    const edited = machine("echo edited > /etc/two");
    await build(edited);
    const differs = await cache(edited, "why", TWO, "--remote", remote("whole"));
    expect(differs).toMatchObject({ exitCode: 1 });
    const nearest = (await keyOf(first, TWO)).slice(0, 12);
    expect(differs.stdout).toMatch(new RegExp(`the nearest there is ${nearest}; since then: script changed`));
    await cache(first, "push", "--remote", remote("unsigned"));
    const trust = ["--cache-trust", join(directory, "key.pub")];
    const unsigned = await cache(first, "why", ONE, "--remote", remote("unsigned"), ...trust);
    expect(unsigned).toMatchObject({ exitCode: 1 });
    expect(unsigned.stdout).toContain("it is not signed");
  });

  test("unused names what no build has noted since a day, and deletes it with its signatures", async () => {
    await cache(first, "push", "--remote", remote("old"), "--cache-sign", join(directory, "key"));
    const key = await keyOf(first, ONE);
    const words = ["unused", "--remote", remote("old"), "--format", "json"];
    const today = await cache(first, ...words, "--since", "0d");
    expect(JSON.parse(today.stdout)).toMatchObject({ tags: [], deleted: false });
    await noteUse("old", [key], 2);
    const later = await cache(first, ...words, "--since", dayFromNow(1));
    const { tags } = JSON.parse(later.stdout) as { tags: readonly string[] };
    expect(tags).toContain(await keyOf(first, TWO));
    expect(tags).not.toContain(key);
    const all = await tagsOf("old");
    const deleted = await cache(first, ...words, "--since", dayFromNow(1), "--delete");
    expect(deleted).toMatchObject({ exitCode: 0, stderr: "" });
    const left = await tagsOf("old");
    expect([...left].sort()).toEqual(all.filter((tag) => !tags.includes(tag)).sort());
    expect(left.filter((tag) => tag.endsWith(".sig"))).toHaveLength(1);
    const trust = ["--cache-trust", join(directory, "key.pub")];
    expect(await cache(first, "why", ONE, "--remote", remote("old"), ...trust)).toMatchObject({ exitCode: 0 });
  });

  test("a build that uploads leaves a note of what it used", async () => {
    const noted = machine();
    await noted.build({ cacheTo: remote("noted") });
    const [note] = (await tagsOf("noted")).filter((tag) => tag.startsWith("used-"));
    expect(note).toMatch(
      new RegExp(`^used-${new Date().toISOString().slice(0, 10).replaceAll("-", "")}-[0-9a-f]{12}$`),
    );
    const answer = await fetch(`http://${registry.address}/v2/commands/noted/manifests/${note}`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    const { config } = (await answer.json()) as { config: { digest: string } };
    const blob = await fetch(`http://${registry.address}/v2/commands/noted/blobs/${config.digest}`);
    expect(((await blob.json()) as { keys: readonly string[] }).keys).toContain(await keyOf(noted, TWO));
  });

  test.each([
    ["a registry is missing", ["push"], "cache push needs a registry"],
    ["the day is missing", ["unused", "--remote", "r.example.org/a"], "cache unused needs a day"],
    ["the day is none", ["unused", "--remote", "r.example.org/a", "--since", "soon"], '"soon" is not a day'],
    ["an image is missing", ["pull", "--remote", "r.example.org/a"], "cache pull needs an image"],
    ["the repository is none", ["push", "--remote", "team/cache"], '"team/cache" must begin with a registry'],
    [
      "a key is none",
      ["push", "--remote", "r.example.org/a", "--cache-sign", "/nowhere/key"],
      '"/nowhere/key" is not there',
    ],
  ] as const)("%s: that is said before anything happens", async (_, words, message) => {
    const run = await cache(first, ...words);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain(message);
  });
});

/** A note as a build would leave it some days from now. */
async function noteUse(name: string, keys: readonly string[], days: number): Promise<void> {
  const client = openRegistryClient(
    { registry: registry.address, name: `commands/${name}`, tlsVerify: true },
    { env: { HOME: directory }, commands: createCommandRunner(), signal: new AbortController().signal },
  );
  const pushed = await pushUse(client, "0123456789ab", keys, new Date(Date.now() + days * DAY_MS));
  client.close();
  expect(pushed.ok).toBe(true);
}
