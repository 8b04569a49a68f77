import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LayerStore, openLayerStore } from "../../packages/runner/src/layers/layer-store.js";
import { mayBuild, type TinyBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { dibkit } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";
import { openRemoteTrial } from "./registry-faults.js";
import { type GateFault, openRegistryGate } from "./registry-gate.js";

/** Everything that layers can hold which archives often lose. */
const PROBE = {
  "install.d/10-kinds": `#!/bin/bash
set -eu
rm /etc/resolv.conf
rm -r /var/log
mkdir /var/log
echo new > /var/log/new
echo a > /etc/one
ln /etc/one /etc/hard
ln -s ../nowhere /etc/soft
mkfifo /etc/fifo
mknod /etc/null c 1 3
chown 12:34 /etc/one
chmod 4750 /etc/one
truncate -s 5M /var/sparse
echo end >> /var/sparse
mv /var/cache /var/renamed
mkdir -p "/etc/$(printf 'long%.0s' {1..40})"
echo x > "/etc/$(printf 'long%.0s' {1..40})/$(printf 'name%.0s' {1..30})"
`,
  "install.d/20-nothing": "#!/bin/bash\ntrue\n",
  "install.d/30-last": "#!/bin/bash\necho last > /etc/last\nrm /etc/hard\n",
  "finalise.d/50-last": "#!/bin/bash\necho final > /etc/final\n",
};
const TOOLS = { "root.d/20-tools": tools() };

function tools(): string {
  const programs = "ln mkfifo mknod chown chmod truncate mv".split(" ");
  return `#!/bin/bash
set -eu
for name in ${programs.join(" ")}; do
  program=$(readlink -f $(type -P $name))
  sudo cp $program $TARGET_ROOT/bin/$name
  for library in $(ldd $program | grep -o '/[^ ]*'); do
    sudo mkdir -p $TARGET_ROOT$(dirname $library)
    sudo cp -Lu $library $TARGET_ROOT$library
  done
done
python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.note", b"kept\\xff")' $TARGET_ROOT/bin/mv
`;
}

let registry: LoopbackRegistry;
let first: TinyProject;
let made: TinyBuild;
const projects: TinyProject[] = [];

/** A machine that shares nothing with the others but the elements. */
function machine(probe: Readonly<Record<string, string | null>> = {}): TinyProject {
  const project = tinyProject();
  project.element("probe", { ...TOOLS, ...PROBE, ...probe });
  projects.push(project);
  return project;
}

function told({ events }: TinyBuild): readonly string[] {
  return events.flatMap((event) => (event.type === "note" || event.type === "warning" ? [event.message] : []));
}

function ran({ steps }: TinyBuild): readonly string[] {
  return Object.keys(steps).filter((step) => steps[step] === "ran" && /\.d\//.test(step));
}

/** Every member of an archive with modes, owners, sizes, times and links, and a sum of all content. */
function archive(project: TinyProject): readonly string[] {
  const file = join(project.directory, "out/image.tar");
  const list = ["--numeric-owner", "--full-time", "--xattrs", "--xattrs-include=*", "-tvvf", file];
  const content = execFileSync("bash", ["-c", 'tar -xOf "$1" | sha256sum', "bash", file], { encoding: "utf8" });
  return [...execFileSync("tar", list, { encoding: "utf8" }).split("\n").map(withoutColumns).sort(), content];
}

/** A column of tar's is as wide as the widest time so far, and a time has no zeros at its end. */
function withoutColumns(line: string): string {
  return line.replace(/ +/g, " ");
}

const repository = () => `${registry.address}/team/cache`;

beforeAll(async () => {
  if (!mayBuild) return;
  registry = await openLoopbackRegistry();
  first = machine();
  made = await first.build({ cacheFrom: [repository()], cacheTo: `${repository()},mode=max` });
});

afterAll(async () => {
  for (const project of projects) project.remove();
  await registry?.remove();
});

describe.skipIf(!mayBuild)("layers in a registry", () => {
  test("the first machine runs everything and uploads all of it", () => {
    expect(made.outcome).toMatchObject({ kind: "built" });
    expect(ran(made)).toContain("install.d/10-kinds");
    expect(told(made)).toEqual([expect.stringMatching(/^uploaded 10 layers to .*\/team\/cache \([\d.]+ MB\)$/)]);
  });

  test("a second machine runs no script and gets the same image", async () => {
    const second = machine();
    const build = await second.build({ cacheFrom: [repository()] });
    expect(build.outcome).toMatchObject({ kind: "built" });
    expect(ran(build)).toEqual([]);
    expect(told(build)).toEqual([expect.stringMatching(/^10 layers came from .*\/team\/cache/)]);
    expect(archive(second)).toEqual(archive(first));
    expect(await layerFiles(second)).toEqual(await layerFiles(first));
  });

  test("an edit of the last script costs that script and those on the disk", async () => {
    const third = machine({ "install.d/30-last": "#!/bin/bash\necho another > /etc/last\n" });
    const build = await third.build({ cacheFrom: [repository()] });
    expect(build.outcome).toMatchObject({ kind: "built" });
    expect(ran(build)).toEqual(["install.d/30-last", "finalise.d/50-last"]);
  });

  test("dibkit cache list shows what is there", async () => {
    const listed = await dibkit(["cache", "list", "--remote", repository(), "--format", "json"]);
    expect(listed.stderr).toBe("");
    const { layers } = JSON.parse(listed.stdout) as { layers: { key: string; phase: string; script: string }[] };
    const step = layers.find(({ phase, script }) => `${phase}/${script}` === "install.d/10-kinds");
    expect(step?.key).toBe(await keyOf("install.d/10-kinds"));
  });

  test("skopeo reads the image of a step and copies it", async () => {
    const tag = await keyOf("install.d/10-kinds");
    const source = `docker://${repository()}:${tag}`;
    const shown = await registry.skopeo("inspect", "--tls-verify=false", source);
    expect(shown.stderr).toBe("");
    expect(JSON.parse(shown.stdout)).toMatchObject({
      Os: "linux",
      Labels: { "dibkit.step": "install.d/10-kinds", "dibkit.element": "probe", "dibkit.key": tag },
    });
    const place = join(first.directory, "copied");
    const copied = await registry.skopeo("copy", "--src-tls-verify=false", source, `oci:${place}:${tag}`);
    expect(copied).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(place, "index.json"))).toBe(true);
  });
});

const BUSY = { status: 429, headers: { "retry-after": "0" } };
const BLOB = /^GET .*\/blobs\//;
const MANIFEST = /^GET .*\/manifests\//;

/** What goes wrong, which requests it happens to, and what is told. */
const REFUSED: readonly (readonly [what: string, on: RegExp, fault: GateFault, told: RegExp])[] = [
  ["wants a login that nobody has", /^/, { status: 401 }, /answers 401.*; the build goes on without it$/],
  ["forbids", MANIFEST, { status: 403 }, /answers 403.*; the build goes on without it$/],
  ["has too much to do", MANIFEST, BUSY, /answers 429 \(too many requests\); the build goes on without it$/],
  ["fails", MANIFEST, { status: 500 }, /answers 500; the build goes on without it$/],
  ["hangs up", /^/, { hangUp: true }, /; the build goes on without it$/],
  [
    "sends garbage for a manifest",
    MANIFEST,
    { status: 200, body: "<html>" },
    /sent something that is no OCI image manifest/,
  ],
  ["changes a manifest", MANIFEST, { flip: true }, /sent a manifest that has another digest/],
  ["changes a blob", BLOB, { flip: true }, /sent a blob that is not sha256:/],
  ["cuts a blob short", BLOB, { truncateTo: 100 }, /sent (100 of the \d+ bytes of a blob|a blob that is not sha256:)/],
  ["breaks off each blob", BLOB, { breakAfter: 0 }, /failed: .*; the build goes on without it$/],
  ["has forgotten a blob", BLOB, { status: 404 }, /has not got the blob sha256:\w+ any more/],
];

const FLEETING: readonly (readonly [what: string, on: RegExp, fault: GateFault])[] = [
  ["has too much to do for a moment", MANIFEST, BUSY],
  ["fails for a moment", BLOB, { status: 503 }],
  ["breaks off in the middle of a blob", BLOB, { breakAfter: 150 }],
];

describe.skipIf(!mayBuild)("a registry that goes wrong", () => {
  test.each(REFUSED)("%s: no layer is taken", async (_, on, fault, told) => {
    const gate = await openRegistryGate(registry.port, (request) => (on.test(request) ? fault : undefined));
    const trial = await openRemoteTrial({ cacheFrom: [`${gate.address}/team/cache`] });
    expect(await trial.fetch(await keyOf("install.d/10-kinds"))).toBeUndefined();
    expect(trial.messages).toEqual([expect.stringMatching(told)]);
    expect(await trial.store.all()).toEqual([]);
    trial.remove();
    await gate.close();
  });

  test.each(FLEETING)("%s: it is asked again", async (_, on, fault) => {
    const gate = await openRegistryGate(registry.port, (request, count) =>
      on.test(request) && count === 1 ? fault : undefined,
    );
    const trial = await openRemoteTrial({ cacheFrom: [`${gate.address}/team/cache`] });
    const key = await keyOf("install.d/10-kinds");
    expect(await trial.fetch(key)).toMatchObject({ key });
    expect(trial.messages).toEqual([]);
    trial.remove();
    await gate.close();
  });

  test("has the image of another key: it is refused", async () => {
    const [key, other] = [await keyOf("install.d/10-kinds"), await keyOf("install.d/30-last")];
    const url = `http://${registry.address}/v2/team/cache/manifests/${other}`;
    const answer = await fetch(url, { headers: { accept: "application/vnd.oci.image.manifest.v1+json" } });
    const body = await answer.text();
    const gate = await openRegistryGate(registry.port, (request) =>
      MANIFEST.test(request) ? { status: 200, body } : undefined,
    );
    const trial = await openRemoteTrial({
      cacheFrom: [`${gate.address}/team/cache`, `${registry.address}/team/cache`],
    });
    // The next registry is asked.
    expect(await trial.fetch(key)).toMatchObject({ key });
    expect(trial.messages).toEqual([expect.stringMatching(/has the image of another key/)]);
    trial.remove();
    await gate.close();
  });

  test("is not there at all", async () => {
    const trial = await openRemoteTrial({ cacheFrom: ["127.0.0.1:1/team/cache"] });
    expect(await trial.fetch("0".repeat(40))).toBeUndefined();
    expect(trial.messages).toEqual([expect.stringMatching(/cannot be reached: nothing listens there/)]);
    trial.remove();
  });

  test.each([
    ["runs full", /^PUT .*\/blobs\//, { status: 507 }, /^uploaded 0 layers .*, but not .*: the cache answers 507/],
    ["does not take uploads", /^POST/, { status: 403 }, /^uploaded 0 layers .*, but not .*: the cache answers 403/],
    ["dies while it is given a blob", /^PUT .*\/blobs\//, { hangUp: true }, /^uploaded 0 layers .*, but not .*/],
  ] as const)("%s: what was not uploaded is told once", async (_, on, fault, told) => {
    const gate = await openRegistryGate(registry.port, (request) => (on.test(request) ? fault : undefined));
    const store = await storeOf(first);
    const trial = await openRemoteTrial({ cacheTo: `${gate.address}/team/other` }, store);
    for (const entry of await store.all()) trial.remote.offer(entry);
    await trial.remote.finish();
    expect(trial.messages).toEqual([expect.stringMatching(told)]);
    trial.remove();
    await gate.close();
  });

  test("dies in the middle of a build: the build ends well without it", async () => {
    let requests = 0;
    const gate = await openRegistryGate(registry.port, () => {
      requests += 1;
      return requests > 20 ? { hangUp: true } : undefined;
    });
    const address = `${gate.address}/team/cache`;
    const build = await machine().build({ cacheFrom: [address], cacheTo: `${gate.address}/team/third` });
    expect(build.outcome).toMatchObject({ kind: "built" });
    expect(ran(build)).toContain("install.d/30-last");
    expect(told(build).filter((message) => message.endsWith("the build goes on without it"))).toHaveLength(1);
    await gate.close();
  });
});

test.skipIf(!mayBuild)("a registry with a password takes it from docker's file", async () => {
  const closed = await openLoopbackRegistry({ root: registry.root, user: { name: "builder", password: "pass:word" } });
  const address = `${closed.address}/team/cache`;
  const directory = join(first.directory, "docker");
  mkdirSync(directory);
  const auth = Buffer.from("builder:pass:word").toString("base64");
  writeFileSync(join(directory, "config.json"), JSON.stringify({ auths: { [closed.address]: { auth } } }));
  const env = { DOCKER_CONFIG: directory };
  const key = await keyOf("install.d/10-kinds");
  const stranger = await openRemoteTrial({ cacheFrom: [address] });
  expect(await stranger.fetch(key)).toBeUndefined();
  expect(stranger.messages).toEqual([expect.stringMatching(/wants a name and a password: log in with "docker login"/)]);
  const store = await storeOf(first);
  const pushing = await openRemoteTrial({ cacheTo: address }, store, env);
  for (const entry of await store.all()) pushing.remote.offer(entry);
  await pushing.remote.finish();
  expect(pushing.messages).toEqual([expect.stringMatching(/^uploaded 9 layers/)]);
  const friend = await openRemoteTrial({ cacheFrom: [address] }, undefined, env);
  expect(await friend.fetch(key)).toMatchObject({ key });
  for (const trial of [stranger, pushing, friend]) trial.remove();
  await closed.remove();
});

test.skipIf(!mayBuild)("nothing is shared from the step on that could see a secret", async () => {
  const project = machine({ "install.d/20-nothing": "#!/bin/bash\necho $DIB_PASSWORD > /etc/password\n" });
  const target = `${registry.address}/team/secret`;
  const environment = { DIB_PASSWORD: "correct horse" };
  const build = await project.build({ cacheFrom: [repository()], cacheTo: `${target},mode=max`, environment });
  expect(build.outcome).toMatchObject({ kind: "built" });
  expect(told(build)).toContainEqual(expect.stringMatching(/^layers are not shared from install.d\/20-nothing on/));
  const { Tags: tags } = JSON.parse(
    (await registry.skopeo("list-tags", "--tls-verify=false", `docker://${target}`)).stdout,
  );
  const entries = await (await storeOf(project)).all();
  const steps = entries.filter(({ key }) => tags.includes(key)).map(({ label }) => `${label.phase}/${label.script}`);
  expect(tags.filter((tag: string) => !tag.startsWith("used-"))).toHaveLength(steps.length);
  expect(steps).toContain("install.d/10-kinds");
  expect(steps.filter((step) => /20-nothing|30-last|lost-and-found|outputs/.test(step))).toEqual([]);
});

/** Every file of every layer that machines share, with all that tar knows of it. */
async function layerFiles(project: TinyProject): Promise<Readonly<Record<string, readonly string[]>>> {
  const store = await storeOf(project);
  const entries = (await store.all()).filter(({ kind }) => kind === "step");
  const listed = entries.map(({ key }) => {
    const list = [
      "--full-time",
      "--numeric-owner",
      "--xattrs",
      "--xattrs-include=*",
      "--xattrs-exclude=trusted.overlay.*",
    ];
    const script =
      'shopt -s nullglob; cd "$1"; tar "${@:2}" --exclude=./meta.json -c . | tar "${@:2}" -tvv; find . -type f ! -name meta.json -exec sha256sum {} +';
    const text = execFileSync("bash", ["-c", script, "bash", store.treeDirectory(key.slice(0, 12), ""), ...list], {
      encoding: "utf8",
    });
    // The directory of the layer itself is not part of it.
    return [
      key,
      text
        .split("\n")
        .filter((line) => !line.endsWith(" ./"))
        .map(withoutColumns)
        .sort(),
    ] as const;
  });
  return Object.fromEntries(listed);
}

async function storeOf(project: TinyProject): Promise<LayerStore> {
  return openLayerStore(join(project.directory, "store"));
}

/** Key of the layer that the first machine has of a step. */
async function keyOf(step: string): Promise<string> {
  const entries = await (await storeOf(first)).all();
  const entry = entries.find(({ label }) => `${label.phase}/${label.script}` === step);
  if (entry === undefined) throw new Error(`no layer of ${step}`);
  return entry.key;
}
