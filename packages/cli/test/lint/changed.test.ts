import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runCli } from "../run-cli.js";
import { CLEAN, type ScratchProject, scratchProject } from "./scratch-project.js";

let project: ScratchProject;
beforeEach(() => {
  project = scratchProject();
  for (const [path, content] of Object.entries(CLEAN)) project.write(path, content);
  // A finding that was there before.
  project.write("elements/old/install.d/50-old", `${HEAD}which nginx\n`);
});
afterEach(() => project.clear());

const HEAD = "#!/bin/bash\nset -eu\nset -o pipefail\n";

function git(...args: readonly string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  const { stdout, stderr, status } = spawnSync("git", [...identity, ...args], {
    cwd: project.root,
    encoding: "utf8",
    env,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}
function commit(): void {
  git("add", "--all");
  git("commit", "--quiet", "--message", "x");
}
function repository(): void {
  git("init", "--quiet", "--initial-branch", "main");
  commit();
}
const findings = async (...argv: readonly string[]) =>
  (await project.lint("--format", "compact", "--changed", ...argv)).stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `${line.split(":", 1)[0]} ${/\[([\w/-]+)\]$/.exec(line)?.[1]}`);

it("reports what is in changed files, and what the change breaks elsewhere", async () => {
  repository();
  expect(await findings()).toEqual([]);
  // Untracked, changed, and staged files.
  project.write("elements/web/install.d/60-more", `${HEAD}which a\n`);
  expect(await findings()).toEqual(["elements/web/install.d/60-more script-which"]);
  git("add", "--all");
  project.write("elements/old/install.d/50-old", `${HEAD}date\nwhich nginx\n`);
  expect(await findings()).toEqual([
    "elements/old/install.d/50-old script-which",
    "elements/web/install.d/60-more script-which",
  ]);
  // The element that others depend on goes: told where it is asked for, in a file that has not changed.
  commit();
  rmSync(join(project.root, "elements/site-base"), { recursive: true });
  expect(await findings()).toEqual(["elements/web/element-deps deps-known"]);
  expect(await findings("HEAD~1")).toEqual([
    "elements/old/install.d/50-old script-which",
    "elements/web/element-deps deps-known",
    "elements/web/install.d/60-more script-which",
  ]);
  expect(await findings("HEAD~1", "elements/old")).toEqual(["elements/old/install.d/50-old script-which"]);
  // No commit but a path: compared with HEAD.
  expect(await findings("elements/old")).toEqual([]);
});

it("takes what a new setting finds for new, and what git does not keep for old", async () => {
  project.write(".gitignore", "vendor/\n");
  project.write("vendor/ours/install.d/50-ours", `${HEAD}which nginx\n`);
  repository();
  project.write("elements/web/README.rst", "===\nweb\n===\nServes more.\n");
  expect(await findings()).toEqual([]);
  project.write(".dibkitrc.json", JSON.stringify({ rules: { "script-debug-trace": "info" } }));
  expect(await findings()).toEqual([
    "elements/old/install.d/50-old script-debug-trace",
    "elements/web/install.d/50-web script-debug-trace",
  ]);
});

it("works from a directory of the repository, and where the commit had no element", async () => {
  repository();
  project.write("images/elements/extra/install.d/50-extra", `${HEAD}which nginx\n`);
  const run = await runCli(["lint", "--changed", "--format", "compact"], { cwd: join(project.root, "images") });
  expect(run.stdout).toMatch(/^elements\/extra\/install\.d\/50-extra:4:1: .*\[script-which\]\n$/);
  expect(run.stderr).toBe("");
});

it("leaves nothing in the repository", async () => {
  repository();
  project.write("elements/web/install.d/60-more", `${HEAD}which a\n`);
  const before = git("status", "--porcelain=v2", "--branch");
  await findings();
  expect(git("status", "--porcelain=v2", "--branch")).toBe(before);
  expect(git("worktree", "list").split("\n")).toHaveLength(1);
});

it("says why nothing can be compared", async () => {
  const trouble = async (...argv: readonly string[]) => {
    const { exitCode, stderr } = await project.lint("--changed", ...argv);
    return [exitCode, ...stderr.trimEnd().split("\n")];
  };
  expect(await trouble()).toEqual([
    2,
    `error: --changed needs a git repository, and "${project.root}" is in none`,
    " help: run it in a clone, or compare with a file: --baseline FILE",
  ]);
  git("init", "--quiet");
  expect((await trouble())[1]).toBe(`error: "HEAD" names no commit of "${project.root}"`);
  commit();
  expect(await trouble("nonesuch")).toEqual([
    2,
    `error: "nonesuch" names no commit of "${project.root}"`,
    " help: give a branch, a tag or a commit that is there; CI may have to fetch it, as with fetch-depth: 0",
  ]);
  mkdirSync(join(project.root, "empty"));
  const empty = await runCli(["lint", "--changed"], { cwd: join(project.root, "empty") });
  expect(empty.stderr).toBe("there is no element in the working directory; name elements, or directories of them\n");
  expect(empty.exitCode).toBe(0);
});
