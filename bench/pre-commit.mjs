// What a user of pre-commit gets from this repository: `repo:` and `rev:` of the last commit, no dibkit on the PATH. The
// real pre-commit clones it, npm builds and installs it, and the hook looks at a small tree of elements.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "dibkit-bench-pre-commit-"));
const tree = join(root, "site");
const env = { ...process.env, PRE_COMMIT_HOME: join(root, "cache"), GIT_CONFIG_GLOBAL: "/dev/null" };
const rev = execFileSync("git", ["rev-parse", "HEAD"], { cwd: repository, encoding: "utf8" }).trim();

const files = {
  ".pre-commit-config.yaml": `repos:\n  - repo: ${repository}\n    rev: ${rev}\n    hooks:\n      - id: dibkit-lint\n`,
  "elements/web/element-deps": "base\n",
  "elements/web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n",
  "elements/base/README.rst": "base\n",
  "dibkit.config.ts": `import { bash, defineConfig, defineElement, install } from "@dibkit/model";
const hello = defineElement("hello", { summary: "says hello", scripts: [install(50, "hello", bash\`which ls\`)] });
export default defineConfig({ elements: [hello], surprise: true });
`,
};
for (const [path, content] of Object.entries(files)) {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), content);
}

/** @param {string} what @param {readonly string[]} argv @param {number} status @param {readonly string[]} expected */
function step(what, argv, status, expected) {
  const started = Date.now();
  const run = spawnSync(argv[0], argv.slice(1), { cwd: tree, env, encoding: "utf8" });
  const output = run.stdout + run.stderr;
  const missing = expected.filter((text) => !output.includes(text));
  if (run.status !== status || missing.length > 0) {
    console.error(output);
    throw new Error(`${argv.join(" ")}: exit code ${run.status} instead of ${status}; missing: ${missing.join(" | ")}`);
  }
  console.log(`${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

try {
  step("git", ["git", "init", "--quiet"], 0, []);
  step("git", ["git", "add", "--all"], 0, []);
  step("clone, build and install, once for a version", ["pre-commit", "install-hooks"], 0, []);
  const hook = ["pre-commit", "run", "--all-files"];
  step("first run, with findings", hook, 1, [
    "hook script install.d/50-web is not executable, so it is never run [script-executable]",
    "[script-which]",
    "typescript/TS2353",
  ]);
  chmodSync(join(tree, "elements/web/install.d/50-web"), 0o755);
  writeFileSync(join(tree, "dibkit.config.ts"), files["dibkit.config.ts"].replace(", surprise: true", ""));
  step("git", ["git", "add", "--all"], 0, []);
  step("second run, without", hook, 0, ["Passed"]);
} finally {
  rmSync(root, { recursive: true, force: true });
}
