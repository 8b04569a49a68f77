import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node.js";
import { scratchProject } from "../../cli/test/lint/scratch-project.js";
import { findDibkit, serverCommand } from "../src/find-dibkit.js";
import { repository } from "./packed-extension.js";

const project = scratchProject();
afterAll(() => project.clear());

/** The command line from its sources, so that the test needs no build. */
const sources = [
  "--import",
  join(repository, "scripts/source-loader.mjs"),
  join(repository, "packages/cli/src/bin.ts"),
];
const program = `#!/bin/sh\nexec ${[process.execPath, ...sources].map((word) => `'${word}'`).join(" ")} "$@"\n`;

describe("dibkit is looked for in node_modules, the setting, PATH", () => {
  beforeAll(() => {
    project.write("own/node_modules/.bin/dibkit", program);
    project.write("bare/element-deps", "");
    project.write("tools/dibkit", program);
    project.write("tools/readme", "no program\n");
    project.write("path/dibkit", program);
  });
  const at = (path: string) => join(project.root, path);
  test.each<readonly [folder: string, setting: string, path: string, found: string]>([
    ["own", "../tools/dibkit", "path", "own/node_modules/.bin/dibkit"],
    ["own/elements/web", "", "path", "own/node_modules/.bin/dibkit"],
    ["bare", "../tools/dibkit", "path", "tools/dibkit"],
    ["bare", "", "path", "path/dibkit"],
  ])("folder %s, setting %j", (folder, setting, path, found) => {
    expect(findDibkit({ folder: at(folder), setting, env: { PATH: at(path) } })).toEqual({
      ok: true,
      value: at(found),
    });
  });
  test("a setting that names no program is reported, whatever PATH has", () => {
    for (const setting of ["../tools/readme", "../tools", "/nowhere/dibkit"]) {
      const found = findDibkit({ folder: at("bare"), setting, env: { PATH: at("path") } });
      expect(found).toMatchObject({ ok: false, error: { help: expect.stringContaining("correct the setting") } });
      expect(found).toMatchObject({ error: { message: expect.stringContaining('"dibkit.path" names "/') } });
    }
  });
  test("nowhere: the message says where it was looked for, and what to do", () => {
    expect(findDibkit({ folder: at("bare"), setting: "", env: {} })).toEqual({
      ok: false,
      error: {
        message: `dibkit is neither in node_modules/.bin of "${at("bare")}" nor on PATH`,
        help: 'install it in the project, or name the program in the setting "dibkit.path"',
      },
    });
  });
});

test("the program that is found is started as the extension does, initialises and lints", async () => {
  const folder = join(project.root, "a project");
  mkdirSync(folder);
  project.write("a project/node_modules/.bin/dibkit", program);
  project.write("a project/elements/web/README.rst", "===\nweb\n===\nServes.\n");
  project.write("a project/elements/web/element-deps", "bsae\n");
  const found = findDibkit({ folder, setting: "", env: {} });
  if (!found.ok) throw new Error(found.error.message);
  const { command, args, options } = serverCommand(found.value, folder);
  const server = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "inherit"] });
  const editor = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const linted = new Promise<{ readonly uri: string; readonly diagnostics: readonly object[] }>((resolve) => {
    editor.onNotification("textDocument/publishDiagnostics", resolve);
  });
  editor.listen();
  const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: "a project" }];
  const { serverInfo } = await editor.sendRequest<{ readonly serverInfo: object }>("initialize", {
    processId: null,
    rootUri: null,
    workspaceFolders,
    capabilities: {},
  });
  expect(serverInfo).toEqual({ name: "dibkit" });
  await editor.sendNotification("initialized", {});
  const { uri, diagnostics } = await linted;
  expect(uri).toBe(pathToFileURL(join(folder, "elements/web/element-deps")).href);
  expect(diagnostics).toEqual([expect.objectContaining({ code: "deps-known", source: "dibkit" })]);
  await editor.sendRequest("shutdown");
  const ended = new Promise((resolve) => server.once("exit", resolve));
  await editor.sendNotification("exit");
  expect(await ended).toBe(0);
});

test("what finds the program can be used without the editor", () => {
  expect(readFileSync(join(repository, "packages/vscode/src/find-dibkit.ts"), "utf8")).not.toMatch(/from "vscode/);
});
