import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../run-cli.js";
import { CLEAN, type ScratchProject, scratchProject } from "./scratch-project.js";

let project: ScratchProject;
beforeEach(() => {
  project = scratchProject();
  for (const [path, content] of Object.entries(CLEAN)) project.write(path, content);
});
afterEach(() => project.clear());

const TEXTS = 'why: "So.", upstream: "Nothing.", fix: "Do it.", since: "1.0.0"';
const rule = (id: string, more = "") => `defineRule({
  id: "${id}", summary: "nobody runs uptime", severity: "warning", ${TEXTS},
  examples: { bad: { "a/install.d/50-a": "#!/bin/bash\\nuptime\\n" }, good: { "a/README.rst": "x\\n" } },
  *check({ hookScripts }) {
    for (const file of hookScripts) for (const command of file.shell.commands)
      if (command.name?.literal === "uptime") yield { message: "uptime is run", location: file.at(command.name) };
  },
  ${more}
})`;
const plugin = (rules: string, more = "") =>
  `import { definePlugin, defineGraphRule, defineRule } from "@dibkit/lint";
export default definePlugin({ name: "acme", rules: [${rules}], ${more} });\n`;
const configured = (configuration: object) => project.write(".dibkitrc.json", JSON.stringify(configuration));
const codes = (stdout: string) =>
  [...stdout.matchAll(/(error|warning|info): [^\n]* \[([\w/-]+)\]$/gm)].map(([, a, b]) => `${a} ${b}`);

describe("rules of others", () => {
  it("come from a TypeScript file, and have settings, comments and pages as others have", async () => {
    project.write("lint/acme.ts", plugin(rule("script-uptime")));
    configured({ plugins: ["./lint/acme.ts"] });
    expect(codes((await project.lint("--format", "compact")).stdout)).toEqual(["warning acme/script-uptime"]);
    expect((await project.lint("--rule", "acme/script-uptime")).stdout).toContain("[acme/script-uptime]");
    const unknown = await project.lint("--rule", "acme/script-uptine");
    expect(unknown.stderr).toBe(
      'error: there is no rule "acme/script-uptine"\n help: did you mean "acme/script-uptime"?\n',
    );
    const page = await runCli(["explain", "acme/script-uptime"], { cwd: project.root });
    expect(page.stdout).toMatch(/^acme\/script-uptime \(warning, since 1\.0\.0 of \.\/lint\/acme\.ts\)\nnobody runs/);
    configured({ plugins: ["./lint/acme.ts"], rules: { "acme/script-uptime": "error" } });
    expect(codes((await project.lint("--format", "compact")).stdout)).toEqual(["error acme/script-uptime"]);
    project.write(
      "elements/web/install.d/50-web",
      "#!/bin/bash\nset -eu\nset -o pipefail\nuptime # dibkit: disable=acme/script-uptime -- it is needed\n",
    );
    expect((await project.lint()).stdout).toBe("no findings in 2 elements, 4 files, 1 suppressed\n");
    project.write(
      "elements/web/install.d/50-web",
      "#!/bin/bash\nset -eu\nset -o pipefail\ndate # dibkit: disable=acme/script-uptine -- misspelt\n",
    );
    expect((await project.lint()).stdout).toContain('disables "acme/script-uptine", which is not a rule');
  });

  it("come from a package, with presets", async () => {
    const presets =
      'presets: { strict: { preset: "all", rules: { "acme/script-uptime": "error", "script-debug-trace": "off" } } }';
    project.write(
      "node_modules/acme-dibkit/package.json",
      '{"name":"acme-dibkit","type":"module","exports":"./main.js"}',
    );
    project.write("node_modules/acme-dibkit/main.js", plugin(rule("script-uptime"), presets));
    configured({ plugins: ["acme-dibkit"], preset: "acme/strict" });
    expect(codes((await project.lint("--format", "compact")).stdout)).toEqual(["error acme/script-uptime"]);
    configured({ plugins: ["acme-dibkit"], preset: ["acme/strict"], rules: { "acme/script-uptime": "info" } });
    expect(codes((await project.lint("--format", "compact")).stdout)).toEqual(["info acme/script-uptime"]);
    configured({ plugins: ["acme-dibkit"] });
    expect(codes((await project.lint("--preset", "acme/strict", "--format", "compact")).stdout)).toEqual([
      "error acme/script-uptime",
    ]);
    expect((await project.lint("--preset", "acme/strikt")).stderr).toContain('did you mean "acme/strict"?');
  });

  it("are presets alone in a JSON file", async () => {
    project.write("lint/ours.json", '{ "name": "ours", "presets": { "quiet": { "ignore": ["elements/web/**"] } } }');
    project.write("elements/web/element-deps", "none\n");
    configured({ plugins: ["./lint/ours.json"], preset: "ours/quiet" });
    expect((await project.lint()).stdout).toBe("no findings in 2 elements, 4 files\n");
    project.write("lint/ours.json", "{");
    expect((await project.lint()).stderr).toMatch(/^error plugin "\.\/lint\/ours\.json" of .* cannot be loaded: /);
  });

  it("stand in a TypeScript configuration", async () => {
    project.write("lint/acme.ts", plugin(rule("script-uptime")));
    project.write(
      "dibkit.config.ts",
      `import { defineConfig } from "@dibkit/model";\nimport acme from "./lint/acme.ts";
export default defineConfig({ plugins: [acme], rules: { "acme/script-uptime": "error" }, elementsPath: ["elements"] });\n`,
    );
    expect(codes((await project.lint("elements", "--format", "compact")).stdout)).toEqual(["error acme/script-uptime"]);
  });

  it("look at whole builds", async () => {
    const graph = `defineGraphRule({ id: "image-size", summary: "images are small", severity: "warning", ${TEXTS},
      examples: { bad: { "a/README.rst": "x\\n" }, good: { "b/README.rst": "x\\n" } },
      *check({ composition, focus }) {
        if (focus?.name === "web") yield { message: \`\${composition.elements.length} elements\` };
      } })`;
    project.write("lint/acme.ts", plugin(graph));
    configured({ plugins: ["./lint/acme.ts"] });
    expect((await project.lint("--format", "compact")).stdout).toBe("warning: 2 elements [acme/image-size]\n");
  });
});

describe("a broken plugin", () => {
  const trouble = async () => {
    const { exitCode, stderr, stdout } = await project.lint();
    return { exitCode, stdout, errors: stderr.split("\n").filter((line) => /^(error| {2}help:)/.test(line)) };
  };

  it.each<[string, string, readonly string[]]>([
    ["has a twin", plugin(`${rule("a-b")}, ${rule("a-b")}`), ['has two rules with the id "a-b"', "another id"]],
    [
      "has no examples",
      plugin(rule("a-b", "examples: undefined,")),
      ['rule "a-b", which has no examples', "bad, good"],
    ],
    ["has no summary", plugin(rule("a-b", "summary: undefined,")), ['rule "a-b", which lacks "summary"', "explain"]],
    [
      "has a wrong severity",
      plugin(rule("a-b", 'severity: "fatal",')),
      ['severity "fatal"', '"error", "warning", "info"'],
    ],
    ["has an odd id", plugin(rule("A b")), ['a rule with the id "A b"', "ARTEFACT-EXPECTATION"]],
    [
      "takes a name of dibkit's",
      plugin(rule("a-b")).replace("acme", "shellcheck"),
      ['"shellcheck", which is one of dibkit', "name of its own"],
    ],
    ["is none", "export const rules = [];\n", ["has no plugin as its default export", "definePlugin"]],
    ["throws", 'throw new Error("no luck");\n', ["cannot be loaded: no luck", 'take it out of "plugins"']],
    ["cannot be parsed", "export default {\n", ["cannot be loaded: ", "repair it"]],
    ["imports what is missing", 'import "./none.js";\nexport default {};\n', ["cannot be loaded: ", "repair it"]],
  ])("that %s is told with its file and the remedy", async (_what, module, [words = "", remedy = ""]) => {
    project.write("lint/acme.ts", module);
    configured({ plugins: ["./lint/acme.ts"] });
    const { exitCode, stdout, errors } = await trouble();
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toContain('plugin "./lint/acme.ts" ');
    expect(errors[0]).toContain(words);
    expect(errors[1]).toContain(remedy);
  });

  it("that is missing is told with how to get it", async () => {
    configured({ plugins: ["acme-dibkit"] });
    expect((await trouble()).errors).toEqual([
      `error plugin "acme-dibkit" of "${project.root}/.dibkitrc.json" does not exist [plugin]`,
      '  help: install it with "npm install --save-dev acme-dibkit", write "./acme-dibkit" for a file, or take it out of "plugins"',
    ]);
    configured({ plugins: ["./lint/acme.ts"] });
    expect((await trouble()).errors[0]).toContain('plugin "./lint/acme.ts" of');
  });

  it("that has the name of another is told", async () => {
    project.write("lint/a.ts", plugin(rule("a-b")));
    project.write("lint/b.ts", plugin(rule("b-c")));
    configured({ plugins: ["./lint/a.ts", "./lint/b.ts"] });
    expect((await trouble()).errors[0]).toBe(
      'error plugin "./lint/b.ts" has the name "acme", as plugin "./lint/a.ts" has [plugin]',
    );
  });

  it("whose rule throws leaves all others at work", async () => {
    project.write("lint/acme.ts", plugin(`${rule("a-b", '*check() { throw new TypeError("oh"); },')}, ${rule("b-c")}`));
    configured({ plugins: ["./lint/acme.ts"] });
    const { exitCode, stdout } = await project.lint("--format", "compact");
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'error: plugin "./lint/acme.ts" has rule "acme/a-b", which failed at element "site-base": TypeError: oh [plugin]\n',
    );
    expect(codes(stdout)).toEqual(["error plugin", "warning acme/b-c"]);
  });

  it("whose rule gives what is no finding is told", async () => {
    project.write("lint/acme.ts", plugin(rule("a-b", "*check() { yield { location: 3 }; },")));
    configured({ plugins: ["./lint/acme.ts"] });
    expect((await project.lint("--format", "compact")).stdout).toContain("it gave a finding without a message");
  });

  it("is named by settings that no plugin has", async () => {
    configured({ rules: { "acme/a-b": "off" } });
    expect((await trouble()).errors).toEqual([
      'error the configuration sets "acme/a-b", which is a rule of no plugin [configuration]',
      '  help: add the plugin "acme" to "plugins"',
    ]);
  });
});
