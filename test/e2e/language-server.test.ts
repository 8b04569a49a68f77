import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type CompletionItem,
  createProtocolConnection,
  type Hover,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver/node.js";
import { dibkitProgram } from "./dibkit.js";

const FILES = {
  "elements/web/README.rst": "===\nweb\n===\n\nServes pages.\n\nACME_PORT\n  :Required: No\n  :Description: the port\n",
  "elements/web/element-deps": "proxy\n",
  "elements/web/environment.d/50-web": "export ACME_HOST=${ACME_HOST:-x}\n",
  "elements/web/package-installs.yaml": "nginx:\n",
  "elements/web/install.d/proxy-source-install/10-x": "#!/bin/bash\nset -eu\nset -o pipefail\ntrue\n",
  "elements/proxy/README.rst": "=====\nproxy\n=====\n\nA cache.\n",
  "elements/proxy/element-deps": "",
  "elements/proxy/install.d/proxy-source-install/10-x": "#!/bin/bash\nset -eu\nset -o pipefail\ntrue\n",
  "image.ts": `import { defineImage, elementRef } from "@dibkit/model";
export default defineImage({ name: "x", elements: [elementRef("proxy"), elementRef("web")] });
`,
  "images.yaml": `- imagename: x
  elements: [web, 'proxy']
- imagename: y
  elements:
    - proxy
    - proxy-of-others
`,
  "playbook.yaml": "- hosts: proxy\n  roles: [proxy]\n",
  "dibkit.config.ts": `import { defineConfig, defineElement, elementRef } from "@dibkit/model";
export const hello = defineElement("hello", { summary: "says hello", deps: [elementRef("proxy")] });
export default defineConfig({ elements: [hello], rules: { "deps-sorted": "warning" } });
`,
};

let root: string;
let server: ChildProcess;
let editor: ProtocolConnection;
let linted: (params: { readonly uri: string; readonly diagnostics: readonly unknown[] }) => void = () => undefined;

/** The server itself, in a process of its own, spoken to as editors do. */
beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "dibkit-lsp-")));
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  server = spawn(process.execPath, [dibkitProgram, "lsp"], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  editor = createProtocolConnection(
    new StreamMessageReader(server.stdout as NodeJS.ReadableStream),
    new StreamMessageWriter(server.stdin as NodeJS.WritableStream),
  );
  editor.onNotification("textDocument/publishDiagnostics", (params: Parameters<typeof linted>[0]) => linted(params));
  editor.listen();
  const { capabilities } = await editor.sendRequest<{ capabilities: object }>("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(root).href,
    capabilities: {},
  });
  expect(capabilities).toMatchObject({
    completionProvider: {},
    renameProvider: { prepareProvider: true },
    documentFormattingProvider: true,
  });
  const first = new Promise((resolve) => {
    linted = resolve;
  });
  await editor.sendNotification("initialized", {});
  await open("elements/web/element-deps", FILES["elements/web/element-deps"]);
  await first;
});

afterAll(async () => {
  await editor.sendRequest("shutdown");
  const ended = new Promise((resolve) => server.once("exit", resolve));
  await editor.sendNotification("exit");
  expect(await ended).toBe(0);
  rmSync(root, { recursive: true, force: true });
});

const uriOf = (path: string) => pathToFileURL(join(root, path)).href;

function open(path: string, text: string) {
  return editor.sendNotification("textDocument/didOpen", {
    textDocument: { uri: uriOf(path), languageId: "plaintext", version: 1, text },
  });
}

/** What is offered at the end of a text. */
async function offered(path: string, text: string): Promise<readonly string[]> {
  await open(path, text);
  const lines = text.split("\n");
  const position = { line: lines.length - 1, character: lines.at(-1)?.length };
  const items = await editor.sendRequest<CompletionItem[]>("textDocument/completion", {
    textDocument: { uri: uriOf(path) },
    position,
  });
  await editor.sendNotification("textDocument/didClose", { textDocument: { uri: uriOf(path) } });
  return items.map(({ label }) => label);
}

test.each<readonly [path: string, text: string, offered: readonly string[]]>([
  ["elements/x/element-deps", "web\npr", ["proxy", "web", "hello"]],
  ["elements/x/element-provides", "", ["proxy"]],
  ["elements/x/package-installs.yaml", "nginx:\n  ", ["phase", "arch", "not-arch", "when"]],
  ["elements/x/package-installs.yaml", "nginx:\n  arch: amd64\n  phase: ", ["install.d", "pre-install.d"]],
  ["elements/x/package-installs.yaml", "nginx:\n  - arch: ", ["amd64", "riscv64"]],
  ["elements/x/package-installs.yaml", "nginx:\n  when: AC", ["ACME_PORT=", "ACME_HOST=", "ARCH="]],
  ["elements/x/pkg-map", "{\n  ", ["release", "distro", "family", "default"]],
  ["elements/x/pkg-map", '{ "default": { "a": "b" }, "family": { ', ["debian", "redhat"]],
  ["elements/web/pkg-map", '{ "family": { "redhat": { "', ["nginx"]],
  ["elements/x/svc-map", "web:\n  ", ["debian", "redhat", "default"]],
  ["elements/x/source-repository-x", "x g", ["git", "tar", "file", "package"]],
  ["elements/x/block-device-default.yaml", "- ", ["local_loop", "partitioning", "mkfs", "lvm"]],
  ["elements/x/block-device-default.yaml", "- local_loop:\n    name: image0\n    ", ["size", "mkfs"]],
  ["elements/x/block-device-default.yaml", "- partitioning:\n    base: image0\n    label: ", ["mbr", "gpt"]],
  [
    "elements/x/block-device-default.yaml",
    "- partitioning:\n    label: gpt\n    partitions:\n      - name: a\n        mkfs:\n          ",
    ["type", "mount"],
  ],
  ["elements/x/install.d/50-x", "#!/bin/bash\necho $ACME", ["ACME_PORT", "ACME_HOST", "ARCH"]],
  ["elements/x/post-install.d/50-x", 'echo "${', ["DIB_RELEASE", "ACME_PORT"]],
  ["elements/x/environment.d/50-x", "export X=$", ["ARCH"]],
])("in %s after %j", async (path, text, expected) => {
  expect(await offered(path, text)).toEqual(expect.arrayContaining([...expected]));
});

test.each([
  ["elements/x/install.d/50-x", "#!/bin/bash\nec"],
  ["elements/x/source-repository-x", "x git /opt/"],
  ["elements/x/README.rst", "$"],
])("nothing in %s after %j", async (path, text) => {
  expect(await offered(path, text)).toEqual([]);
});

test.each([
  ["elements/web/package-installs.yaml", "nginx:\n  pha", "se: install.d\n", "**phase** — Phase in which the package"],
  ["elements/web/pkg-map", '{ "fam', 'ily": {} }', "**family** — "],
  ["elements/web/install.d/50-x", "#!/bin/bash\necho $ACME_", "PORT\n", "**ACME_PORT** — web: the port"],
])("hover in %s says what a word is", async (path, before, after, said) => {
  await open(path, before + after);
  const line = before.split("\n").length - 1;
  const position = { line, character: before.length - before.lastIndexOf("\n") - 1 };
  const hover = await editor.sendRequest<Hover>("textDocument/hover", { textDocument: { uri: uriOf(path) }, position });
  await editor.sendNotification("textDocument/didClose", { textDocument: { uri: uriOf(path) } });
  expect((hover.contents as { value: string }).value).toContain(said);
});

test("an element is renamed where it is, where it is needed, in modules and in lists of images", async () => {
  const at = { textDocument: { uri: uriOf("elements/web/element-deps") }, position: { line: 0, character: 2 } };
  const range = await editor.sendRequest("textDocument/prepareRename", at);
  expect(range).toEqual({ start: { line: 0, character: 0 }, end: { line: 0, character: 5 } });
  const edit = await editor.sendRequest<WorkspaceEdit>("textDocument/rename", { ...at, newName: "cache" });
  const name = (line: number, start: number) => ({
    range: { start: { line, character: start }, end: { line, character: start + 5 } },
    newText: "cache",
  });
  expect(edit.documentChanges).toEqual([
    { textDocument: { uri: uriOf("elements/web/element-deps"), version: null }, edits: [name(0, 0)] },
    { textDocument: { uri: uriOf("images.yaml"), version: null }, edits: [name(1, 19), name(4, 6)] },
    { textDocument: { uri: uriOf("dibkit.config.ts"), version: null }, edits: [name(1, 88)] },
    { textDocument: { uri: uriOf("image.ts"), version: null }, edits: [name(1, 63)] },
    {
      kind: "rename",
      oldUri: uriOf("elements/proxy/install.d/proxy-source-install"),
      newUri: uriOf("elements/proxy/install.d/cache-source-install"),
    },
    { kind: "rename", oldUri: uriOf("elements/proxy"), newUri: uriOf("elements/cache") },
  ]);
  await expect(editor.sendRequest("textDocument/rename", { ...at, newName: "web" })).rejects.toThrow(
    'there is an element "web" already',
  );
  await expect(editor.sendRequest("textDocument/rename", { ...at, newName: "a b" })).rejects.toThrow(
    '"a b" cannot be the name of an element',
  );
});

test("formatting makes the safe repairs of a control file", async () => {
  const uri = uriOf("elements/web/element-deps");
  await editor.sendNotification("textDocument/didChange", {
    textDocument: { uri, version: 2 },
    contentChanges: [{ text: "proxy\nbase\n" }],
  });
  const edits = await editor.sendRequest<TextEdit[]>("textDocument/formatting", {
    textDocument: { uri },
    options: { tabSize: 2, insertSpaces: true },
  });
  expect(edits.map(({ newText }) => newText)).toEqual(["base", "proxy"]);
});
