import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyOs } from "../tiny-os.mjs";
import { dibkit, dibkitProgram, whyNotBuild } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";
import {
  askGate,
  openScriptGate,
  openSlurmCluster,
  type ScriptGate,
  type SlurmCluster,
  until,
  whyNoSlurm,
} from "./slurm-cluster.js";

const why = whyNotBuild() ?? whyNoSlurm();
const PROGRAMS = ["bash", "sh", "cat", "env", "ls", "mkdir", "rm", "sleep", "grep"];

let cluster: SlurmCluster;
let registry: LoopbackRegistry;
let gate: ScriptGate;
const project = mkdtempSync(join(tmpdir(), "dibkit-matrix-"));

interface Status {
  readonly jobs: readonly {
    readonly name: string;
    readonly state: string;
    readonly record: { readonly host: string; readonly ran?: number; readonly message?: string } | null;
  }[];
}

function write(path: string, text: string): void {
  const file = join(project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (/\/[a-z-]+\.d\//.test(path)) chmodSync(file, 0o755);
}

/** Four images: two flavours in two formats. Each flavour's script, and one that all have in common, asks the gate. */
function writeProject(): void {
  const asking = (name: string) => `#!/bin/bash\nset -eu\n${askGate(gate, name)}echo ${name} > /etc/${name}\n`;
  write("elements/tiny-os/element-provides", "operating-system\n");
  write("elements/tiny-os/root.d/10-tiny", tinyOs(PROGRAMS));
  write("elements/common/install.d/20-common", asking("common"));
  for (const name of ["web", "db"]) write(`elements/${name}/install.d/50-${name}`, asking(name));
  write(
    "dibkit.config.ts",
    `import { defineConfig, defineMatrix, elementRef } from "@dibkit/model";

const tiny = defineMatrix({
  name: "tiny",
  axes: { flavour: ["web", "db"], formats: ["tar", "raw"] },
  image: ({ flavour, formats }) => ({
    elements: [elementRef("tiny-os"), elementRef("common"), elementRef(flavour)],
    base: false,
    arch: "amd64",
    size: 0.2,
    formats: [formats],
  }),
  publish: (cell, files) => (cell.formats === "tar" ? ["cp", "-t", "published", ...files] : undefined),
  jobs: { dibkit: ${JSON.stringify(`${process.execPath} ${dibkitProgram}`)}, retries: 1, prepare: ["mkdir -p published"] },
});

export default defineConfig({ elementsPath: ["elements"], matrices: [tiny], cacheTo: "${registry.address}/team/tiny" });
`,
  );
  mkdirSync(join(project, "node_modules/@dibkit"), { recursive: true });
  symlinkSync(
    fileURLToPath(new URL("../../packages/model", import.meta.url)),
    join(project, "node_modules/@dibkit/model"),
  );
}

async function matrix(...words: readonly string[]) {
  const env = { ...cluster.env, DIBKIT_CACHE: join(project, "head"), DIBKIT_NODE_CACHE: join(project, "stores") };
  return dibkit(["matrix", ...words, "--no-typecheck"], { cwd: project, env });
}

/** State by job, as the registry alone tells it to a machine that has built nothing. */
async function states(): Promise<Readonly<Record<string, string>>> {
  const { stdout, stderr } = await matrix("status", "--format", "json");
  if (stdout === "") throw new Error(stderr);
  return Object.fromEntries((JSON.parse(stdout) as Status).jobs.map(({ name, state }) => [name, state]));
}

async function record(job: string) {
  const { stdout } = await matrix("status", "--format", "json");
  return (JSON.parse(stdout) as Status).jobs.find(({ name }) => name === job)?.record;
}

/** What all jobs have printed. */
function logs(): string {
  const directory = join(project, "build/slurm/logs");
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), "utf8"))
    .join("\n");
}

/** How often a step ran to its end on any node. */
function timesRun(step: string): number {
  return logs()
    .split("\n")
    .filter((line) => line.startsWith(`✔ ${step} `)).length;
}

beforeAll(async () => {
  if (why !== undefined) return;
  gate = await openScriptGate();
  registry = await openLoopbackRegistry();
  cluster = await openSlurmCluster();
  writeProject();
});

afterAll(async () => {
  await cluster?.remove();
  await registry?.remove();
  await gate?.close();
  rmSync(project, { recursive: true, force: true });
});

describe.skipIf(why !== undefined)("a matrix of four images on a cluster of two nodes", () => {
  test("Slurm takes every script of the rendering", async () => {
    const rendered = await matrix("render", "slurm");
    expect(rendered).toMatchObject({ exitCode: 0 });
    const scripts = rendered.stdout.split("\n").filter((path) => path.endsWith(".sbatch"));
    expect(scripts.map((path) => path.slice(path.lastIndexOf("/") + 1))).toEqual([
      "00-tiny-shared.sbatch",
      "01-shared-of-tiny-shared.sbatch",
      "02-images-of-tiny-web-shared.sbatch",
      "03-images-of-tiny-db-shared.sbatch",
      "04-publish.sbatch",
    ]);
    for (const script of scripts) {
      const tried = await cluster.slurm("sbatch", "--test-only", script);
      expect(tried).toMatchObject({ exitCode: 0 });
    }
    expect(await states()).toMatchObject({ "tiny-shared": "ready", "tiny-web-shared": "waiting", publish: "waiting" });
  });

  test("a node that dies has its job done by another one", async () => {
    const submitted = await matrix("render", "slurm", "--submit");
    expect(submitted).toMatchObject({ exitCode: 0 });
    await gate.waitFor("common", 1);
    expect(await states()).toMatchObject({ "tiny-shared": "begun", "tiny-web-shared": "waiting" });
    const node = (await record("tiny-shared"))?.host ?? "";
    expect(["n1", "n2"]).toContain(node);
    await cluster.killNode(node);
    await until("the job to be queued again", async () => {
      await cluster.hurry();
      return gate.asked.get("common") === 2;
    });
    gate.answer("common", "go");
    await cluster.startNode(node);
    await gate.waitFor("web", 1);
    expect(await record("tiny-shared")).not.toMatchObject({ host: node });
  });

  test("a script that fails ends the jobs behind it, and no others", async () => {
    gate.answer("db", "fail");
    gate.answer("web", "go");
    await cluster.ended();
    expect(await cluster.jobs()).toEqual({
      "tiny-shared_0": "COMPLETED",
      "shared-of-tiny-shared_0": "COMPLETED",
      "shared-of-tiny-shared_1": "FAILED",
      "images-of-tiny-web-shared_0": "COMPLETED",
      "images-of-tiny-web-shared_1": "COMPLETED",
      "images-of-tiny-db-shared_0-1": "CANCELLED",
      publish_0: "CANCELLED",
    });
    // Tried twice, as the project says.
    expect(gate.asked.get("db")).toBe(2);
    expect(await states()).toEqual({
      "tiny-shared": "done",
      "tiny-web-shared": "done",
      "tiny-web-tar": "done",
      "tiny-web-raw": "done",
      "tiny-db-shared": "failed",
      "tiny-db-tar": "blocked",
      "tiny-db-raw": "blocked",
      publish: "blocked",
    });
    const shown = await matrix("status");
    expect(shown.exitCode).toBe(1);
    expect(shown.stdout).toContain('hook script install.d/50-db of element "db" failed with exit code 1');
    expect(shown.stdout.split("\n").every((line) => line.length <= 100)).toBe(true);
  });

  test("what is shared was built once, on whichever node", () => {
    expect(timesRun("root.d/10-tiny")).toBe(1);
    expect(timesRun("install.d/20-common")).toBe(1);
    expect(timesRun("install.d/50-web")).toBe(1);
    expect(gate.asked.get("common")).toBe(2);
    expect(gate.asked.get("web")).toBe(1);
  });

  test("submitted again, only what is missing is built; then all of it is published", async () => {
    gate.answer("db", "go");
    const submitted = await matrix("render", "slurm", "--submit");
    expect(submitted).toMatchObject({ exitCode: 0 });
    await cluster.ended();
    expect(new Set(Object.values(await states()))).toEqual(new Set(["done"]));
    expect(await matrix("status")).toMatchObject({ exitCode: 0 });
    for (const name of ["tiny-web-shared", "tiny-web-raw"])
      expect(logs()).toMatch(new RegExp(`${name} was done by n\\d, and its layers are in `));
    expect([gate.asked.get("common"), gate.asked.get("web"), gate.asked.get("db")]).toEqual([2, 1, 3]);
    expect(readdirSync(join(project, "published")).sort()).toEqual(["tiny-db-tar.tar", "tiny-web-tar.tar"]);
    expect(readdirSync(join(project, "build/images")).sort()).toEqual([
      "tiny-db-raw.raw",
      "tiny-db-tar.tar",
      "tiny-web-raw.raw",
      "tiny-web-tar.tar",
    ]);
  });

  test("an edit is known before anything is built", async () => {
    write("elements/db/install.d/60-more", "#!/bin/bash\ntrue\n");
    expect(await states()).toMatchObject({
      "tiny-shared": "done",
      "tiny-web-tar": "done",
      "tiny-db-shared": "ready",
      "tiny-db-tar": "waiting",
      publish: "waiting",
    });
    const { stdout } = await matrix("--format", "json");
    const { jobs } = JSON.parse(stdout) as { jobs: { name: string; estimate: { seconds?: number } }[] };
    expect(jobs.find(({ name }) => name === "tiny-web-shared")?.estimate.seconds).toBeGreaterThan(0);
    expect(jobs.find(({ name }) => name === "tiny-db-shared")?.estimate.seconds).toBeUndefined();
  });
});
