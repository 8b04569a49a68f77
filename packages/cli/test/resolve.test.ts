import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "./run-cli.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-cli-test-"));
const env = { PATH: "/nowhere", HOME: root, ELEMENTS_PATH: root };
const elements: Readonly<Record<string, { readonly deps?: string; readonly provides?: string }>> = {
  base: {},
  tiny: { provides: "operating-system\n" },
  other: { provides: "operating-system\n" },
  web: { deps: "server\n" },
  server: { deps: "tiny\n" },
  broken: { deps: "sever\n" },
  ping: { deps: "pong\n" },
  pong: { deps: "ping\ntiny\n" },
};

beforeAll(() => {
  for (const [name, { deps, provides }] of Object.entries(elements)) {
    mkdirSync(join(root, name));
    if (deps) writeFileSync(join(root, name, "element-deps"), deps);
    if (provides) writeFileSync(join(root, name, "element-provides"), provides);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

const dibkit = (...argv: readonly string[]) => runCli([...argv, "--elements-path", root], { env, cwd: root });

describe("dibkit resolve", () => {
  test("says what is in the image and why", async () => {
    expect(await dibkit("resolve", "web")).toEqual({
      exitCode: 0,
      stdout: [
        "base    added by default",
        "web     requested",
        "server  needed by web",
        "tiny    needed by server",
        "",
        "operating-system is provided by tiny",
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  test("prints JSON of the documented shape", async () => {
    const run = await dibkit("resolve", "server", "-n", "--format", "json");
    expect(JSON.parse(run.stdout)).toEqual({
      version: 1,
      elements: [
        { name: "server", path: join(root, "server"), because: ["(requested)"] },
        { name: "tiny", path: join(root, "tiny"), because: ["server"] },
      ],
      provided: [{ name: "operating-system", by: "tiny" }],
    });
  });

  test("resolves a cycle, as upstream does", async () => {
    const run = await dibkit("resolve", "-n", "ping");
    expect(run.stdout).toBe(
      [
        "ping  requested; needed by pong",
        "pong  needed by ping",
        "tiny  needed by pong",
        "",
        "operating-system is provided by tiny",
        "",
      ].join("\n"),
    );
  });

  test.each([
    [["webb"], 'element "webb" is', 'did you mean "web"?'],
    [["tiny", "broken"], 'element "broken" depends on "sever", which is', 'did you mean "server"?'],
    [["tiny", "other"], '"operating-system" is provided by both "tiny" and "other"', 'keep one of "tiny" and "other"'],
    [["base"], 'provides "operating-system"', '"other"'],
  ])("%j is refused with a way out, and exit code 2", async (words, message, help) => {
    const run = await dibkit("resolve", ...words);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain(help);
  });
});

describe("dibkit graph", () => {
  test.each([
    ["tree", "web\n└─ server\n   └─ tiny (provides operating-system)\n"],
    [
      "mermaid",
      'flowchart LR\n  e0["web"]:::requested\n  e1["server"]\n  e2["tiny<br/>provides operating-system"]\n  e0 --> e1\n  e1 --> e2\n  classDef requested fill:#cfe8ff\n',
    ],
    [
      "dot",
      'digraph elements {\n  rankdir=LR;\n  node [shape=box];\n  "web" [label="web", style=filled, fillcolor="#cfe8ff"];\n  "server" [label="server"];\n  "tiny" [label="tiny\\nprovides operating-system"];\n  "web" -> "server";\n  "server" -> "tiny";\n}\n',
    ],
  ])("--format %s", async (format, expected) => {
    expect(await dibkit("graph", "web", "-n", "--format", format)).toEqual({
      exitCode: 0,
      stdout: expected,
      stderr: "",
    });
  });

  test("a cycle is drawn once", async () => {
    const run = await dibkit("graph", "ping", "-n");
    expect(run.stdout).toBe("ping\n└─ pong\n   ├─ ping (above)\n   └─ tiny (provides operating-system)\n");
  });

  test("--format json carries its version", async () => {
    const run = await dibkit("graph", "server", "-n", "--format", "json");
    expect(JSON.parse(run.stdout)).toEqual({
      version: 1,
      nodes: [
        { name: "server", path: join(root, "server"), requested: true, byDefault: false, provides: [] },
        { name: "tiny", path: join(root, "tiny"), requested: false, byDefault: false, provides: ["operating-system"] },
      ],
      edges: [{ from: "server", to: "tiny" }],
    });
  });

  test.each([
    ["--elements-path", { ...env }, ["--elements-path", "/typo/elements"]],
    ["ELEMENTS_PATH", { ...env, ELEMENTS_PATH: `${root}:/typo/elements` }, []],
  ])("refuses an entry of %s that is no directory", async (_, variables, flags) => {
    const run = await runCli(["resolve", "web", "--elements-path", root, ...flags], { env: variables, cwd: root });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('entry "/typo/elements" of ELEMENTS_PATH does not exist');
  });

  test.each(["/typo", root])("refuses a DIB_LIB without a diskimage-builder, such as %s", async (path) => {
    const run = await runCli(["resolve", "web"], { env: { ...env, DIB_LIB: path }, cwd: root });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toBe(
      `error: DIB_LIB names "${path}", which holds no diskimage-builder\n help: give its package, its lib directory or a checkout of it, or unset DIB_LIB\n`,
    );
  });

  test("says which command takes a list of images", async () => {
    const run = await dibkit("resolve", "images.yaml");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('"images.yaml" is a list of images');
    expect(run.stderr).toContain('use "dibkit images images.yaml"');
  });
});
