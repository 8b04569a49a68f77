import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLayerStore } from "../../packages/runner/src/layers/layer-store.js";
import { mayBuild, type TinyBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";

const SECRET = "correct horse battery staple";
const ELEMENT = {
  "install.d/10-open": "#!/bin/bash\necho open > /etc/open\n",
  "install.d/20-secret": "#!/bin/bash\necho $DIB_PASSWORD > /etc/password\n",
  "install.d/30-after": "#!/bin/bash\necho after > /etc/after\n",
};
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

let registry: LoopbackRegistry;
let directory: string;
let first: TinyProject;
const projects: TinyProject[] = [];
const environment = { DIB_PASSWORD: SECRET };

function machine(probe: Readonly<Record<string, string>> = {}): TinyProject {
  const project = tinyProject();
  project.element("probe", { ...ELEMENT, ...probe });
  projects.push(project);
  return project;
}

function keyFile(name: string): string {
  const path = join(directory, name);
  writeFileSync(path, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  return path;
}

const repository = () => `${registry.address}/team/sealed`;
const told = ({ events }: TinyBuild) =>
  events.flatMap((event) => (event.type === "note" || event.type === "warning" ? [event.message] : []));
const ran = ({ steps }: TinyBuild) => Object.keys(steps).filter((step) => steps[step] === "ran");
const get = (path: string) =>
  fetch(`http://${registry.address}/v2/team/sealed/${path}`, { headers: { accept: MANIFEST } });
const image = (project: TinyProject) =>
  execFileSync("tar", ["-xOf", join(project.directory, "out/image.tar"), "./etc/password"], { encoding: "utf8" });

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly mediaType: string }[];
}

async function tags(): Promise<readonly string[]> {
  const { tags: all } = (await (await get("tags/list")).json()) as { readonly tags: readonly string[] };
  return all.filter((tag) => /^[0-9a-f]{40}$/.test(tag));
}

describe.skipIf(!mayBuild)("layers that could hold a secret, in a registry", () => {
  let key: string;
  let made: TinyBuild;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "dibkit-sealed-"));
    registry = await openLoopbackRegistry();
    key = keyFile("project.key");
    first = machine();
    made = await first.build({ cacheTo: `${repository()},mode=max`, cacheSecretKey: key, environment });
  });
  afterAll(async () => {
    for (const project of projects) project.remove();
    await registry?.remove();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });

  test("are uploaded with the project's key, outputs too", () => {
    expect(made.outcome).toMatchObject({ kind: "built" });
    expect(told(made)).toContainEqual(
      expect.stringMatching(/^layers are sealed with the project's key from install.d\/20-secret on/),
    );
    expect(told(made)).toContainEqual(expect.stringMatching(/^uploaded \d+ layers to .*\/team\/sealed/));
  });

  test("come to another machine that has the key: no script runs, and the image is the same", async () => {
    const second = machine();
    const build = await second.build({ cacheFrom: [repository()], cacheSecretKey: key, environment });
    expect(build.outcome).toMatchObject({ kind: "built" });
    expect(ran(build).filter((step) => /\.d\//.test(step))).toEqual([]);
    expect(image(second)).toBe(`${SECRET}\n`);
    // What came sealed could hold a secret here too, and is not pushed on for everybody to read.
    const entries = await (await openLayerStore(join(second.directory, "store"))).all();
    const held = entries.filter(({ secretFree }) => !secretFree).map(({ label }) => label.script);
    expect(held).toEqual(expect.arrayContaining(["20-secret", "30-after"]));
    expect(held).not.toContain("10-open");
  });

  test.each([
    ["without the key", () => undefined],
    ["with another key", () => keyFile("another.key")],
  ])("stay where they are for a machine %s", async (_what, other) => {
    const project = machine();
    const given = other();
    const sealing = given === undefined ? {} : { cacheSecretKey: given };
    const build = await project.build({ cacheFrom: [repository()], environment, ...sealing });
    expect(build.outcome).toMatchObject({ kind: "built" });
    const scripts = ran(build).filter((step) => /^install\.d\/[123]0-/.test(step));
    expect(scripts).toEqual(["install.d/20-secret", "install.d/30-after"]);
  });

  test("another value of the secret is another layer", async () => {
    const project = machine();
    const build = await project.build({
      cacheFrom: [repository()],
      cacheSecretKey: key,
      environment: { DIB_PASSWORD: "another value" },
    });
    expect(ran(build)).toContain("install.d/20-secret");
    expect(image(project)).toBe("another value\n");
  });

  test("show neither the secret, nor keys that a guess could be tried on", async () => {
    const entries = await (await openLayerStore(join(first.directory, "store"))).all();
    const sealed = entries.filter(({ label }) => ["20-secret", "30-after"].includes(label.script));
    expect(sealed).toHaveLength(2);
    const there = await tags();
    for (const { key: own } of sealed) expect(there).not.toContain(own);
    const kinds = new Set<string>();
    for (const tag of there) {
      const manifest = (await (await get(`manifests/${tag}`)).json()) as Manifest;
      const config = await (await get(`blobs/${manifest.config.digest}`)).text();
      for (const { key: own, content } of sealed) {
        expect(config).not.toContain(own);
        expect(config).not.toContain(content);
      }
      for (const { digest, mediaType } of manifest.layers) {
        kinds.add(mediaType);
        const bytes = Buffer.from(await (await get(`blobs/${digest}`)).arrayBuffer());
        const isArchive = bytes.readUInt32LE(0) === 0xfd2fb528;
        expect(isArchive).toBe(mediaType !== "application/vnd.dibkit.sealed.v1");
        const text = isArchive ? execFileSync("zstd", ["-dc"], { input: bytes, maxBuffer: 1024 ** 3 }) : bytes;
        expect(text.includes(SECRET)).toBe(false);
      }
    }
    expect(kinds.size).toBe(2);
  });

  test("are not taken from the place of others", async () => {
    const sealed = [];
    for (const tag of await tags()) {
      const text = await (await get(`manifests/${tag}`)).text();
      if (text.includes("vnd.dibkit.sealed")) sealed.push({ tag, text });
    }
    const [one] = sealed;
    for (const { tag } of sealed) {
      const url = `http://${registry.address}/v2/team/sealed/manifests/${tag}`;
      const put = await fetch(url, { method: "PUT", headers: { "content-type": MANIFEST }, body: one?.text ?? "" });
      expect(put.status).toBe(201);
    }
    const project = machine();
    const build = await project.build({ cacheFrom: [repository()], cacheSecretKey: key, environment });
    expect(build.outcome).toMatchObject({ kind: "built" });
    expect(told(build)).toContainEqual(expect.stringContaining("has an image there that was sealed with another key"));
    expect(image(project)).toBe(`${SECRET}\n`);
  });
});
