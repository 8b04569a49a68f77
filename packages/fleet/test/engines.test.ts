import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JobSettings } from "@dibkit/model";
import { Job } from "kubernetes-models/batch/v1/Job";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { EngineFile, EngineInput } from "../src/engines/engine.js";
import { ENGINES } from "../src/engines/engines.js";
import { jobGraph } from "../src/graph/job-graph.js";
import { githubParser } from "./github-parser.js";
import { predictedCell } from "./predicted-cell.js";

const SETTINGS: JobSettings = {
  prepare: ["npm ci"],
  dibkit: "npx dibkit",
  container: "registry.example.org/team/builder:1",
  runsOn: "pool=builders",
  retries: 2,
  cpus: 2,
};

function input(settings: JobSettings = SETTINGS, names = ["web-trixie-small", "web-trixie-BIG"]): EngineInput {
  const cells = [
    ...names.map((name, at) => predictedCell(name, `root trixie flavour${at}`, at === 0)),
    predictedCell("web-sid-small", "root sid"),
    predictedCell("alone-x-y", "other"),
  ];
  const estimates = new Map([
    ["web-shared", { seconds: 1000, memory: 2 * 1024 ** 3, disk: 1024 ** 3 }],
    ["web-trixie-shared", { seconds: 5 }],
  ]);
  const repository = "registry.example.org/team/cache";
  const options = ["--matrix", "web", "--cache-to", `${repository},mode=max`, "--pass-env", "it's"];
  const graph = jobGraph({ name: "web" }, cells);
  return { graph, estimates, settings, options, repository, directory: "/srv/it's here", inRepository: "images" };
}

function rendered(name: string, given: EngineInput = input()): readonly EngineFile[] {
  const files = ENGINES[name]?.render(given);
  if (files?.ok !== true) throw new Error(files?.error.message ?? `no engine ${name}`);
  return files.value;
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "dibkit-engines-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function put(files: readonly EngineFile[]): void {
  for (const { path, text, executable = false } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    if (executable) chmodSync(join(directory, path), 0o755);
  }
}

/** What ShellCheck says of Bash. */
function shellTrouble(text: string): string {
  const checked = spawnSync("shellcheck", ["--shell", "bash", "-"], { input: text, encoding: "utf8" });
  return checked.error === undefined ? checked.stdout : String(checked.error);
}

describe("GitHub", () => {
  const troubles = async (content: string) => {
    const { NoOperationTraceWriter, parseWorkflow } = await githubParser(directory);
    const parsed = parseWorkflow({ name: "images.yml", content }, new NoOperationTraceWriter());
    return parsed.context.errors.getErrors().map(({ message }) => message);
  };

  test("its own parser takes the workflow", async () => {
    const [file] = rendered("github");
    expect(await troubles(file?.text ?? "")).toEqual([]);
    const { jobs } = parse(file?.text ?? "") as { jobs: Record<string, { needs?: string[]; strategy?: unknown }> };
    expect(Object.entries(jobs).map(([name, { needs = [] }]) => `${name} <- ${needs.join(",")}`)).toEqual([
      "web-shared <- ",
      "web-trixie-shared <- web-shared",
      "images-web-trixie-shared <- web-trixie-shared",
      "images-web-shared <- web-shared",
      "images-alone-x-y <- ",
      "publish <- images-web-trixie-shared,images-web-shared,images-alone-x-y",
    ]);
    expect(jobs["images-web-trixie-shared"]?.strategy).toEqual({
      "fail-fast": false,
      matrix: { job: ["web-trixie-small", "web-trixie-BIG"] },
    });
  });

  test("the parser refuses what is wrong", async () => {
    expect(await troubles(rendered("github")[0]?.text.replace("timeout-minutes", "timeout-minute") ?? "")).not.toEqual(
      [],
    );
  });
});

describe("GitLab", () => {
  const lint = () => {
    const program = createRequire(import.meta.url).resolve("gitlab-ci-local/package.json");
    const { bin } = JSON.parse(readFileSync(program, "utf8")) as { bin: string };
    spawnSync("git", ["init", "--quiet", directory]);
    spawnSync("git", ["-C", directory, "remote", "add", "origin", "git@gitlab.example.org:team/images.git"]);
    // It wants a method of sets that Node 20 has not got yet.
    const union = "Set.prototype.union ??= function (other) { return new Set([...this, ...other]); };";
    const words = ["--import", `data:text/javascript,${encodeURIComponent(union)}`, join(dirname(program), bin)];
    return spawnSync(process.execPath, [...words, "--list", "--file", "web.yml"], { encoding: "utf8", cwd: directory });
  };

  test("its schema, as gitlab-ci-local has it, takes the child pipeline", () => {
    put(rendered("gitlab"));
    const listed = lint();
    expect(listed).toMatchObject({ status: 0, stderr: expect.stringContaining("json schema validated") });
    for (const { name } of input().graph.jobs) expect(listed.stdout).toContain(name);
    const { "web-trixie-small": job } = parse(readFileSync(join(directory, "web.yml"), "utf8"));
    expect(job).toMatchObject({ stage: "images", needs: [{ job: "web-trixie-shared", artifacts: false }] });
  });

  test("the schema refuses what is wrong", () => {
    put(rendered("gitlab").map((file) => ({ ...file, text: file.text.replaceAll("max: 2", "max: 9") })));
    expect(lint()).toMatchObject({ status: 1, stderr: expect.stringMatching(/retry/) });
  });

  test("the shell lines are fine", () => {
    const [file] = rendered("gitlab");
    const { "web-shared": job } = parse(file?.text ?? "") as Record<string, { script: string[] }>;
    expect(shellTrouble(["set -e", ...(job?.script ?? [])].join("\n") ?? "")).toBe("");
  });
});

describe("Kubernetes", () => {
  const manifests = (given = input()) => rendered("kubernetes", given).filter(({ path }) => path.endsWith(".yaml"));

  test("its schema takes every Job", () => {
    for (const { text } of manifests()) expect(() => new Job(parse(text)).validate()).not.toThrow();
    expect(manifests().map(({ path }) => path)).toEqual([
      "00-web-shared.yaml",
      "01-web-trixie-shared.yaml",
      "02-web-trixie-shared-images.yaml",
      "03-web-sid-small.yaml",
      "04-alone-x-y.yaml",
      "05-web-publish.yaml",
    ]);
    const job = parse(manifests()[0]?.text ?? "");
    expect(job.spec.template.spec).toMatchObject({
      activeDeadlineSeconds: 50 * 60,
      nodeSelector: { pool: "builders" },
      containers: [{ resources: { requests: { cpu: "2", memory: "3072Mi", "ephemeral-storage": "2048Mi" } } }],
    });
  });

  test("the schema refuses what is wrong", () => {
    const job = parse(manifests()[0]?.text ?? "");
    expect(() => new Job({ ...job, spec: { ...job.spec, completions: "two" } }).validate()).toThrow();
  });

  test("the shell scripts are fine", () => {
    for (const { text } of manifests()) {
      expect(shellTrouble(parse(text).spec.template.spec.containers[0].command[2])).toBe("");
    }
    const submit = rendered("kubernetes").find(({ path }) => path === "submit.sh");
    expect(shellTrouble(submit?.text ?? "")).toBe("");
  });

  test.each<[settings: JobSettings, message: RegExp]>([
    [{ ...SETTINGS, container: undefined } as unknown as JobSettings, /in which container image/],
    [{ ...SETTINGS, runsOn: "builders" }, /"builders" in "runsOn" is not a label of a node/],
  ])("says what is missing", (settings, message) => {
    expect(ENGINES.kubernetes?.render(input(settings))).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(message) },
    });
  });
});

describe("Slurm", () => {
  test("jobs that need the same are an array, with what they may take", () => {
    const files = new Map(rendered("slurm").map(({ path, text }) => [path, text]));
    expect([...files.keys()]).toEqual([
      "00-web-shared.sbatch",
      "01-web-trixie-shared.sbatch",
      "02-images-of-web-trixie-shared.sbatch",
      "03-web-sid-small.sbatch",
      "04-alone-x-y.sbatch",
      "05-publish.sbatch",
      "submit.sh",
    ]);
    expect(files.get("00-web-shared.sbatch")).toMatch(
      /--time=50\n[\s\S]*--partition=pool=builders\n[\s\S]*--cpus-per-task=2\n[\s\S]*--mem=3072M\n[\s\S]*--tmp=2048M\n/,
    );
    expect(files.get("01-web-trixie-shared.sbatch")).toContain("--time=10\n");
    expect(files.get("02-images-of-web-trixie-shared.sbatch")).toMatch(
      /--array=0-1\n[\s\S]*jobs=\(web-trixie-small web-trixie-BIG\)/,
    );
    expect(files.get("submit.sh")).toContain('--dependency=afterok:"${job_02}"_0:"${job_02}"_1:"${job_03}"_0');
    for (const text of files.values()) expect(shellTrouble(text)).toBe("");
  });
});

describe("Zuul", () => {
  /** Attributes of Zuul's reference; it publishes no schema, and its own check needs a running scheduler. */
  const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
    semaphore: ["name", "max"],
    job: [
      ...["name", "parent", "abstract", "description", "run", "attempts", "nodeset", "semaphores", "timeout", "vars"],
      "dependencies",
    ],
    project: ["post"],
  };

  test("every item has attributes of Zuul's reference, and names what there is", () => {
    const [jobs, playbook] = rendered("zuul");
    const items = parse(jobs?.text ?? "") as Record<string, Record<string, unknown>>[];
    const names = items.flatMap(({ job }) => (job === undefined ? [] : [job.name]));
    expect(new Set(names).size).toBe(names.length);
    for (const item of items) {
      const [[kind, value] = ["", {}]] = Object.entries(item);
      expect(ATTRIBUTES[kind]).toEqual(expect.arrayContaining(Object.keys(value)));
    }
    const project = items.find((item) => item.project !== undefined)?.project as {
      post: { jobs: (string | Record<string, { dependencies: string[] }>)[] };
    };
    const used = project.post.jobs.flatMap((job) =>
      typeof job === "string"
        ? [job]
        : Object.entries(job).flatMap(([name, { dependencies }]) => [name, ...dependencies]),
    );
    expect(names).toEqual(expect.arrayContaining(used));
    expect(project.post.jobs).toContainEqual({ "web-trixie-shared": { dependencies: ["web-shared"] } });
    const [play] = parse(playbook?.text ?? "");
    expect(shellTrouble(play.tasks[0].block[0].shell.cmd)).toBe("");
  });

  test("says that a label is missing", () => {
    expect(ENGINES.zuul?.render(input({}))).toMatchObject({
      ok: false,
      error: { help: expect.stringMatching(/runsOn/) },
    });
  });
});
