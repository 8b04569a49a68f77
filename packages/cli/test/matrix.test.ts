import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "./run-cli.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "dibkit-matrix-"));
  symlinkSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(directory, "node_modules"));
  write("elements/os/element-provides", "operating-system\n");
  write("elements/os/root.d/10-os", "#!/bin/bash\ntrue\n");
  for (const name of ["web", "db"]) write(`elements/${name}/install.d/50-${name}`, `#!/bin/bash\necho ${name}\n`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (/\/[a-z-]+\.d\//.test(path)) chmodSync(file, 0o755);
}

const MATRIX = `defineMatrix({
  name: "tiny",
  axes: { flavour: ["web", "db"] },
  image: ({ flavour }) => ({
    elements: [elementRef("os"), elementRef(flavour)], base: false, arch: "amd64", formats: ["tar"],
  }),
})`;

function config(...matrices: readonly string[]): void {
  write(
    "dibkit.config.ts",
    `import { defineConfig, defineMatrix, elementRef } from "@dibkit/model";
export default defineConfig({ elementsPath: ["elements"], matrices: [${matrices.join(", ")}] });
`,
  );
}

function run(...words: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: directory, DIBKIT_CACHE: join(directory, "store") };
  return runCli([...words, "--no-typecheck"], { cwd: directory, env });
}

test("shows jobs as a tree, at most 80 columns wide, and as JSON", async () => {
  config(MATRIX);
  const { stdout, exitCode } = await run("matrix");
  expect(exitCode).toBe(0);
  expect(stdout).toBe(`matrix tiny: 2 cells, 3 jobs

job                  steps  estimate  builds
tiny-shared              4   unknown  for 2 of 2 cells
  tiny-web               2   unknown  image
  tiny-db                2   unknown  image

8 steps before the disks, 12 if every image were built alone
how long it takes is unknown for some jobs: nothing of them was built yet
`);
  const json = JSON.parse((await run("matrix", "show", "--format", "json")).stdout);
  expect(json).toMatchObject({ version: 1, cells: [{ values: { flavour: "web" } }, {}], seconds: null });
  expect(json.jobs[0]).toMatchObject({ kind: "shared", stopAfter: "dibkit/install-type" });
});

test("a name that is too long has a line of its own", async () => {
  config(MATRIX.replace('"tiny"', `"${"long-".repeat(12)}"`));
  const { stdout } = await run("matrix");
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

const REGISTRY = ["--cache-to", "127.0.0.1:1/team/cache"];

describe("says what is wrong in one message", () => {
  test.each<[words: readonly string[], message: string, help: string]>([
    [["matrix", "render", "airflow"], 'unknown engine "airflow", expected one of "slurm", "kubernetes"', ""],
    [["matrix", "render"], '"dibkit matrix render" needs an engine', 'name one of "slurm"'],
    [["matrix", "render", "slurm"], "share layers by a registry, and none is named", "--cache-to"],
    [["matrix", "render", "gitlab", "--submit"], '"gitlab" has no client', "leave --submit out"],
    [["matrix", "render", "kubernetes", ...REGISTRY], "in which container image jobs run", '"container"'],
    [["matrix", "status"], "status is kept in a registry, and none is named", "--cache-to"],
    [["matrix", "status", ...REGISTRY], "cannot be reached", "see that it runs"],
    [["matrix", "run"], '"dibkit matrix run" needs a job', 'name one of "tiny-shared"'],
    [["matrix", "run", "tiny-x"], 'the matrix "tiny" has no job "tiny-x"', '"tiny-shared", "tiny-web", "tiny-db"'],
    [["matrix", "--matrix", "big"], 'the project defines no matrix "big", but "tiny"', "--matrix NAME"],
    [["matrix", "--matrix", "no.matrix.ts"], '"no.matrix.ts" does not exist', "exports a matrix"],
    [["matrix", "show", "tiny"], '"dibkit matrix show" takes no "tiny"', "--matrix"],
    [["matrix", "--submit"], '--submit belongs to "dibkit matrix render"', ""],
    [["build"], '"dibkit build" needs ELEMENT|IMAGE', "--all"],
    [["build", "--all", "--verify"], "a matrix can only be built, by dibkit itself", "name one image"],
  ])("%j", async (words, message, help) => {
    config(MATRIX);
    const { exitCode, stderr } = await run(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
    expect(stderr.match(/^error/gm)).toHaveLength(1);
  });

  test("a project without a matrix, and with several", async () => {
    config();
    expect(await run("matrix")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("defines no matrix") });
    config(MATRIX, MATRIX.replace('"tiny"', '"big"'));
    const { stderr } = await run("matrix");
    expect(stderr).toContain('the project defines several matrices: "big", "tiny"');
  });

  test("an axis without values, where it is defined", async () => {
    config(MATRIX.replace('["web", "db"]', "[]"));
    const { exitCode, stderr } = await run("matrix");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the axis "flavour" has no value');
    expect(stderr).toContain("dibkit.config.ts:2");
  });

  test("cells that cannot be planned, each by its name", async () => {
    config(MATRIX.replace('["web", "db"]', '["web", "nope", "never"]'));
    const { exitCode, stderr } = await run("matrix");
    expect(exitCode).toBe(2);
    expect(stderr).toContain('cell "tiny-nope": ');
    expect(stderr).toContain('cell "tiny-never": ');
    expect(stderr).not.toContain('cell "tiny-web": element');
  });
});
