import { afterEach, beforeEach, expect, it } from "vitest";
import { CLEAN, type ScratchProject, scratchProject } from "./scratch-project.js";

let project: ScratchProject;
beforeEach(() => {
  project = scratchProject();
  for (const [path, content] of Object.entries(CLEAN)) project.write(path, content);
});
afterEach(() => project.clear());

const HEAD = "#!/bin/bash\nset -eu\nset -o pipefail\n";
const REASON = ["--reason", "the base image has it"];
const COMMENT = "# dibkit: disable=script-which -- the base image has it\n";
const WHOLE = "# dibkit: disable-file=script-which -- the base image has it\n";

it.each<[string, string, string]>([
  ["a line", `${HEAD}which nginx\n`, `${HEAD}${COMMENT}which nginx\n`],
  [
    "lines of their own depth",
    `${HEAD}if true; then\n    which a\nfi\nwhich b; which c\n`,
    `${HEAD}if true; then\n    ${COMMENT}    which a\nfi\n${COMMENT}which b; which c\n`,
  ],
  [
    "the middle of a command",
    `${HEAD}echo a \\\n  "$(which b)"\n`,
    `#!/bin/bash\n${WHOLE}set -eu\nset -o pipefail\necho a \\\n  "$(which b)"\n`,
  ],
  [
    "a line below another comment of this kind",
    `${HEAD}# dibkit: disable=script-sudo-in-target -- once\nsudo which b\n`,
    `#!/bin/bash\n${WHOLE}set -eu\nset -o pipefail\n# dibkit: disable=script-sudo-in-target -- once\nsudo which b\n`,
  ],
])("writes a comment for %s, and the finding is gone", async (_what, before, after) => {
  project.write("elements/web/install.d/50-web", before);
  const run = await project.lint("--suppress", "script-which", ...REASON);
  expect([run.exitCode, run.stderr]).toEqual([0, "wrote elements/web/install.d/50-web\n"]);
  expect(project.read("elements/web/install.d/50-web")).toBe(after);
  expect((await project.lint("--format", "compact")).stdout).not.toMatch(/script-which|suppression/);
  const again = await project.lint("--suppress", "script-which", ...REASON);
  expect([again.exitCode, again.stderr]).toEqual([0, 'there is no finding of "script-which"\n']);
});

it("writes into YAML, and says where no comment can be", async () => {
  project.write("elements/web/package-installs.yaml", "nginx:\n  when: A=1\n");
  project.write("elements/web/element-deps", "site-bsae\n");
  const yaml = await project.lint("--suppress", "packages-when-set", ...REASON);
  expect(yaml.stderr).toBe("wrote elements/web/package-installs.yaml\n");
  expect(project.read("elements/web/package-installs.yaml")).toBe(
    "nginx:\n  # dibkit: disable=packages-when-set -- the base image has it\n  when: A=1\n",
  );
  const deps = await project.lint("--suppress", "deps-known", ...REASON);
  expect(deps.exitCode).toBe(1);
  expect(deps.stderr).toBe(
    `error: elements/web/element-deps: no comment can leave "deps-known" out: "element-deps" has no comments
 help: use "overrides" of the configuration, or a baseline: --baseline FILE --update-baseline
1 finding of "deps-known" left\n`,
  );
  expect(project.read("elements/web/element-deps")).toBe("site-bsae\n");
});

it.each<[readonly string[], string, string]>([
  [["--suppress", "script-which"], "--suppress needs a reason, which the comments then give", 'add --reason "…"'],
  [
    ["--suppress", "script-which", "--reason", " "],
    "--suppress needs a reason, which the comments then give",
    'add --reason "…"',
  ],
  [["--suppress", "script-wich", "--reason", "a"], 'there is no rule "script-wich"', 'did you mean "script-which"?'],
  [
    ["--reason", "a"],
    "--reason says why findings are left out, but none are to be",
    "name their rule with --suppress CODE",
  ],
  [
    ["--suppress", "script-which", "--reason", "a\nb"],
    "--reason has several lines, but a comment has one",
    "write it in one line",
  ],
  [
    ["--suppress", "script-which", "--reason", "a", "--fix"],
    "--suppress and --fix both change files",
    "repair first, and leave out what is left then",
  ],
  [
    ["--statistics", "--format", "json"],
    "--statistics takes the place of the report on the terminal",
    "give each --format an --output-file",
  ],
])("refuses %j", async (argv, message, help) => {
  const { exitCode, stderr } = await project.lint(...argv);
  expect([exitCode, stderr]).toEqual([2, `error: ${message}\n help: ${help}\n`]);
});

it("counts findings instead of showing them", async () => {
  project.write("elements/web/install.d/50-web", `${HEAD}which a\nwhich b\n`);
  project.write("elements/web/install.d/60-web", `${HEAD}which a\n`);
  project.write("elements/web/element-deps", "site-bsae\n");
  const { exitCode, stdout } = await project.lint("--statistics", "--format", "json", "--output-file", "report.json");
  expect(exitCode).toBe(1);
  expect(stdout).toBe(`findings  files  severity  code
       1      1  error     deps-known
       3      2  warning   script-which

errors: 1, warnings: 3, infos: 0\n`);
  expect(JSON.parse(project.read("report.json")).diagnostics).toHaveLength(4);
});
