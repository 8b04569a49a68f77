import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow, packageNames, repository } from "./source-files.js";

const scripts = [...packageNames.map((name) => join(name, "src")), "elements/debian-express"].flatMap((directory) =>
  filesBelow(join(repository, "packages", directory)).filter((path) => path.endsWith(".sh")),
);
const shellcheck = spawnSync("shellcheck", ["--version"], { encoding: "utf8" });

test("ShellCheck is there, or this is somebody's own machine", () => {
  expect(shellcheck.status === 0 || process.env.CI === undefined).toBe(true);
});

test.skipIf(shellcheck.status !== 0)("ShellCheck has nothing to say about dibkit's own Bash scripts", () => {
  expect(scripts.length).toBeGreaterThan(0);
  const run = spawnSync("shellcheck", ["--format=gcc", ...scripts], { encoding: "utf8" });
  expect(run.stdout + run.stderr).toBe("");
});
