import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const installed = existsSync("/usr/bin/pre-commit");
if (!installed && process.env.CI) throw new Error("pre-commit is missing: install the package pre-commit");

let root: string;
let env: NodeJS.ProcessEnv;

function run(cwd: string, ...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(argv[0] as string, argv.slice(1), { cwd, env, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

function write(path: string, content: string, mode = 0o644) {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  chmodSync(target, mode);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "dibkit-pre-commit-"));
  const identity = {
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b",
  };
  env = {
    ...process.env,
    ...identity,
    PATH: `${join(root, "bin")}:${process.env.PATH}`,
    PRE_COMMIT_HOME: join(root, "cache"),
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  mkdirSync(join(root, "bin"));
  symlinkSync(join(repository, "packages/cli/bin/dibkit.js"), join(root, "bin/dibkit"));
  chmodSync(join(repository, "packages/cli/bin/dibkit.js"), 0o755);
  mkdirSync(join(root, "hooks"));
  copyFileSync(join(repository, ".pre-commit-hooks.yaml"), join(root, "hooks/.pre-commit-hooks.yaml"));
  for (const command of [
    ["init", "-q"],
    ["add", "-A"],
    ["commit", "-qm", "Add hooks"],
  ])
    run(join(root, "hooks"), "git", ...command);
  write("elements/web/element-deps", "base\n");
  write("elements/base/README.rst", "base\n");
  write("elements/base/element-deps", "");
  write("elements/web/install.d/50-web", "#!/bin/bash\nset -eu\nset -o pipefail\n");
  run(join(root, "elements"), "git", "init", "-q");
  run(join(root, "elements"), "git", "add", "-A");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.skipIf(!installed)("the hook fails on an element that breaks another, and passes once it is repaired", () => {
  const elements = join(root, "elements");
  const hook = () => run(elements, "pre-commit", "try-repo", join(root, "hooks"), "dibkit-lint-system", "--all-files");
  const failed = hook();
  expect(failed.output).toContain(
    "hook script install.d/50-web is not executable, so it is never run [script-executable]",
  );
  expect(failed.status).toBe(1);
  chmodSync(join(elements, "web/install.d/50-web"), 0o755);
  run(elements, "git", "add", "-A");
  const passed = hook();
  expect(passed.output).toContain("Passed");
  expect(passed.status).toBe(0);
});
