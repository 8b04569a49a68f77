import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "dibkit-lint-in-ci-"));
afterAll(() => rmSync(root, { recursive: true }));

const files = {
  "elements/web/element-deps": "site-bsae\n",
  "elements/web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nwhich nginx\n",
  "elements/site-base/README.rst": "base\n",
};
for (const [path, content] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** Runs a script as a runner does, with nothing of this machine but the search path. */
function runner(script: string, env: Readonly<Record<string, string>>) {
  const path = join(root, "script.sh");
  writeFileSync(path, script);
  const { status, stdout } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", path], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: root, CI: "true", ...env },
    encoding: "utf8",
  });
  return { status, stdout };
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: {
    readonly steps: readonly {
      readonly name?: string;
      readonly run?: string;
      readonly env?: Readonly<Record<string, string>>;
    }[];
  };
}

test("the action shows findings in the log and at their lines, writes SARIF, and fails", () => {
  const action = parse(readFileSync(`${repository}action.yml`, "utf8")) as Action;
  const { run = "", env = {} } = action.runs.steps.find(({ name }) => name === "Lint") ?? {};
  const inputs: Readonly<Record<string, string>> = {
    sarif: "dibkit.sarif",
    arguments: "--max-warnings 0",
    paths: "elements",
  };
  const given = Object.entries(env).map(([name, value]) => {
    const input = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(value)?.[1] ?? "";
    expect(action.inputs).toHaveProperty(input);
    return [name, inputs[input] ?? ""] as const;
  });
  const runnerEnv = { GITHUB_ACTIONS: "true", GITHUB_ACTION_PATH: repository, GITHUB_WORKSPACE: root };
  const linted = runner(run, { ...runnerEnv, ...Object.fromEntries(given) });
  expect(linted.stdout).toContain('error element "web" depends on "site-bsae"');
  expect(linted.stdout).toMatch(/^::error file=elements\/web\/element-deps,line=1,.*title=deps-known::element "web"/m);
  expect(linted.stdout).toMatch(/^::warning file=elements\/web\/install.d\/50-web,line=4,.*title=script-which::/m);
  expect(JSON.parse(readFileSync(join(root, "dibkit.sarif"), "utf8"))).toMatchObject({
    version: "2.1.0",
    runs: [{ results: expect.arrayContaining([expect.objectContaining({ ruleId: "deps-known" })]) }],
  });
  expect(linted.status).toBe(1);
  // Without inputs the whole repository is looked at, and a tree without errors passes.
  writeFileSync(join(root, "elements/web/element-deps"), "site-base\n");
  const bare = Object.fromEntries(given.map(([name]) => [name, ""]));
  const passed = runner(`chmod +x elements/web/install.d/50-web\n${run}`, { ...runnerEnv, ...bare });
  expect(passed.stdout).toContain("0 errors, 1 warning in 2 elements");
  expect(passed.status).toBe(0);
});

test("the job for GitLab on the page writes a report of code quality", () => {
  const page = readFileSync(`${repository}docs/linting.md`, "utf8");
  const block = /```yaml\n(# \.gitlab-ci\.yml\n[\s\S]*?)```/.exec(page)?.[1] ?? "";
  const { dibkit } = parse(block) as { dibkit: { script: readonly string[]; artifacts: { reports: object } } };
  writeFileSync(join(root, "elements/web/element-deps"), "site-bsae\n");
  // The job clones and builds dibkit, which is done here.
  const script = dibkit.script.join("\n").replaceAll("/opt/dibkit/", repository);
  expect(runner(script, { GITLAB_CI: "true" }).status).toBe(1);
  expect(dibkit.artifacts.reports).toEqual({ codequality: "gl-code-quality.json" });
  const report = JSON.parse(readFileSync(join(root, "gl-code-quality.json"), "utf8"));
  expect(report).toContainEqual(
    expect.objectContaining({
      check_name: "deps-known",
      severity: "major",
      location: { path: "elements/web/element-deps", lines: { begin: 1, end: 1 } },
    }),
  );
});
