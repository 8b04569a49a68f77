import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCli } from "./run-cli.js";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dibkit-init-test-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

test("init writes a project named after its directory, and says what to do next", async () => {
  const run = await runCli(["init", "acme-web"], { cwd });
  expect(run).toEqual({
    exitCode: 0,
    stdout: [
      "wrote acme-web/package.json",
      "wrote acme-web/tsconfig.json",
      "wrote acme-web/dibkit.config.ts",
      "wrote acme-web/src/elements/acme-web.ts",
      "wrote acme-web/acme-web.image.ts",
      "wrote acme-web/.gitignore",
      "",
    ].join("\n"),
    stderr: "next: cd acme-web && npm install && npx dibkit lint && npx dibkit plan acme-web.image.ts\n",
  });
  expect(readFileSync(join(cwd, "acme-web/src/elements/acme-web.ts"), "utf8")).toContain(
    "export const acmeWeb = defineElement(",
  );
  const manifest = JSON.parse(readFileSync(join(cwd, "acme-web/package.json"), "utf8")) as { devDependencies: object };
  expect(Object.keys(manifest.devDependencies)).toContain("@dibkit/model");
});

test("what is to be done next can be typed as it stands", async () => {
  const { stderr } = await runCli(["init", "our site", "--name", "site"], { cwd });
  expect(stderr).toContain("next: cd 'our site' && npm install");
  expect((await runCli(["init", "x", "--name", "Site"], { cwd })).stderr).toContain(" help: give another with --name");
});

test("init joins a project: manifest, compiler settings and ignored paths are kept", async () => {
  const put = (path: string, text: string) => writeFileSync(join(cwd, path), text);
  put(
    "package.json",
    '{\n    "name": "shop",\n    "scripts": { "test": "true" },\n    "devDependencies": { "dibkit": "*" }\n}\n',
  );
  put(".gitignore", "/node_modules");
  const run = await runCli(["init", "--name", "web"], { cwd });
  expect(run).toMatchObject({ exitCode: 0 });
  expect(run.stdout.trim().split("\n").slice(-2)).toEqual(["changed package.json", "changed .gitignore"]);
  expect(readFileSync(join(cwd, ".gitignore"), "utf8")).toBe("/node_modules\nbuild/\n");
  const text = readFileSync(join(cwd, "package.json"), "utf8");
  expect(text).toMatch(/^ {4}"name": "shop",$/m);
  const { scripts, devDependencies } = JSON.parse(text);
  expect(scripts).toEqual({ test: "true" });
  expect(devDependencies).toMatchObject({ dibkit: "*", "@dibkit/model": expect.stringMatching(/^\^/) });
  // It is a package of CommonJS, and stays one.
  for (const what of [["lint"], ["compile"], ["lint"]])
    expect(await runCli(what, { cwd })).toMatchObject({ exitCode: 0 });
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["a project", { "dibkit.config.ts": "" }, '"." is a project already: it has a dibkit.config.ts'],
  [
    "a manifest that is not JSON",
    { "package.json": '{\n  "name": "x",\n}' },
    '"package.json" is not JSON: line 3: a key in double quotes is expected here\n',
  ],
  ["a manifest that is a list", { "package.json": "[]" }, '"package.json" is no manifest of npm, which is an object\n'],
  [
    "a manifest with a list of packages",
    { "package.json": '{ "devDependencies": [] }' },
    '"package.json" has "devDependencies" that is no object of packages\n',
  ],
  ["an image of that name", { "web.image.ts": "" }, '"web.image.ts" exists already'],
])("init changes nothing where there is %s", async (_, files, message) => {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), text);
  const run = await runCli(["init", "--name", "web"], { cwd });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(`error: ${message}`);
  expect(readdirSync(cwd)).toEqual(Object.keys(files));
});

test.each(["9lives", "class", "bash", "a+b", "a.b", "greeting", "define-element"])(
  "a project named %s lints without a finding, before and after it is compiled",
  async (name) => {
    await runCli(["init", name], { cwd });
    const project = join(cwd, name);
    expect(await runCli(["lint"], { cwd: project })).toMatchObject({ stdout: "no findings in 1 element, 5 files\n" });
    expect(await runCli(["compile"], { cwd: project })).toMatchObject({ stdout: `wrote elements/${name} (5 files)\n` });
    // What was compiled is no other element that the definition hides.
    for (const words of [["lint"], ["lint", `elements/${name}`]])
      expect(await runCli(words, { cwd: project })).toMatchObject({ stdout: "no findings in 1 element, 5 files\n" });
  },
);

test("a name that hides an element of the installed diskimage-builder is told", async () => {
  const upstream = join(cwd, "upstream");
  mkdirSync(join(upstream, "elements/vm"), { recursive: true });
  mkdirSync(join(upstream, "lib"));
  writeFileSync(join(upstream, "lib/common-functions"), "");
  const env = { ...process.env, DIB_LIB: join(upstream, "lib") };
  const warning = 'warning: diskimage-builder has an element "vm" too, which this one hides';
  expect((await runCli(["init", "web"], { cwd, env })).stderr).not.toContain("warning");
  expect((await runCli(["new", "element", "vm"], { cwd: join(cwd, "web"), env })).stderr).toContain(warning);
  expect((await runCli(["init", "vm"], { cwd, env })).stderr).toContain(warning);
});

test("new element adds a module to the project above", async () => {
  await runCli(["init", "web"], { cwd });
  const run = await runCli(["new", "element", "time-server"], { cwd: join(cwd, "web/src") });
  expect(run).toEqual({ exitCode: 0, stdout: "wrote elements/time-server.ts\n", stderr: "" });
  const text = readFileSync(join(cwd, "web/src/elements/time-server.ts"), "utf8");
  expect(text).toContain('export const timeServer = defineElement("time-server", {');
  expect(text).toContain("TIME_SERVER_GREETING: envDefault(");
});

test("new element adds it beside others in a project of an earlier version", async () => {
  mkdirSync(join(cwd, "elements"));
  writeFileSync(join(cwd, "dibkit.config.ts"), "export default {};\n");
  writeFileSync(join(cwd, "elements/web.ts"), "");
  expect(await runCli(["new", "element", "db"], { cwd })).toMatchObject({ stdout: "wrote elements/db.ts\n" });
});

test.each([
  [["new", "element", "web"], `no dibkit.config.ts in "DIR" or above it`],
  [
    ["new", "element", "Web Server"],
    `"Web Server" is not a name: use lower-case letters and digits, with "-" between words`,
  ],
  [["new", "elment", "web"], `unknown KIND "elment", expected one of "element"`],
  [["init", "--name", "a/b"], `"a/b" is not a name: use lower-case letters and digits, with "-" between words`],
])("%j is wrong usage", async (argv, message) => {
  const run = await runCli(argv, { cwd });
  expect(run.exitCode).toBe(2);
  expect(run.stderr.split("\n")[0]).toBe(`error: ${message.replace("DIR", cwd)}`);
  expect(existsSync(join(cwd, "elements"))).toBe(false);
});
