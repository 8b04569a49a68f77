import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dibkitProgram } from "./dibkit.js";

const installed = existsSync("/usr/bin/nvim");
if (!installed && process.env.CI) throw new Error("nvim is missing: install the package neovim");

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "dibkit-neovim-")));
  const files = {
    "elements/web/element-deps": "bsae\nproxy\n",
    "elements/web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nwhich nginx\n",
    "elements/web/install.d/60-mode": "#!/bin/bash\nset -eu\nset -o pipefail\n",
    "elements/base/README.rst": "====\nbase\n====\nWhat every image has.\n",
    "elements/base/element-deps": "",
    "elements/proxy/README.rst": "=====\nproxy\n=====\nA cache.\n",
    "elements/proxy/element-deps": "",
    "dibkit.config.ts": `import { bash, defineConfig, defineElement, install } from "@dibkit/model";
export const hello = defineElement("hello", { summary: "says hello", scripts: [install(50, "hello", bash\`which ls\`)] });
export default defineConfig({ elements: [hello] });
`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  chmodSync(join(root, "elements/web/install.d/50-web"), 0o755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs in the editor: opens files, types, asks, and writes down what it saw. */
const SESSION = `
local root, program, out = vim.env.SESSION_ROOT, vim.env.SESSION_PROGRAM, vim.env.SESSION_OUT
local seen = {}
local function codes()
  local list = {}
  for _, item in ipairs(vim.diagnostic.get(0)) do table.insert(list, item.code .. "@" .. item.lnum .. ":" .. item.col) end
  table.sort(list)
  return list
end
local function wait(what) return vim.wait(300000, what, 50) end
local function open(file)
  vim.cmd("edit " .. root .. "/" .. file)
  vim.lsp.buf_attach_client(0, client)
end
local function ask(method, line, column, extra)
  local position = { textDocument = { uri = vim.uri_from_bufnr(0) }, position = { line = line, character = column } }
  local answers = vim.lsp.buf_request_sync(0, method, vim.tbl_extend("force", position, extra or {}), 300000)
  return answers and answers[client] and answers[client].result
end
client = vim.lsp.start_client({ name = "dibkit", cmd = { vim.env.SESSION_NODE, program, "lsp" }, root_dir = root })

open("elements/web/element-deps")
wait(function() return #vim.diagnostic.get(0) > 0 end)
seen.deps = codes()
seen.rule = ask("textDocument/hover", 0, 1).contents.value
seen.element = ask("textDocument/hover", 1, 1).contents.value
seen.definition = ask("textDocument/definition", 1, 1).uri
vim.api.nvim_buf_set_lines(0, 0, 1, false, { "base" })
wait(function() return #vim.diagnostic.get(0) == 0 end)
seen.typed = codes()

open("elements/web/install.d/50-web")
wait(function() return #vim.diagnostic.get(0) > 0 end)
seen.script = codes()
local range = { start = { line = 3, character = 0 }, ["end"] = { line = 3, character = 5 } }
local actions = ask("textDocument/codeAction", 3, 0, { range = range, context = { diagnostics = {} } })
seen.actions = vim.tbl_map(function(action) return action.title end, actions)
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
wait(function() return #vim.diagnostic.get(0) == 0 end)
seen.repaired = vim.api.nvim_buf_get_lines(0, 3, 4, false)

open("elements/web/install.d/60-mode")
wait(function() return #vim.diagnostic.get(0) > 0 end)
seen.mode = codes()
range = { start = { line = 0, character = 0 }, ["end"] = { line = 0, character = 1 } }
actions = ask("textDocument/codeAction", 0, 0, { range = range, context = { diagnostics = {} } })
vim.lsp.buf_request_sync(0, "workspace/executeCommand", actions[1].command, 300000)
wait(function() return #vim.diagnostic.get(0) == 0 end)
seen.executable = vim.fn.getfperm(root .. "/elements/web/install.d/60-mode")

open("dibkit.config.ts")
wait(function() return #vim.diagnostic.get(0) > 0 end)
seen.module = codes()
range = { start = { line = 1, character = 0 }, ["end"] = { line = 2, character = 0 } }
actions = ask("textDocument/codeAction", 1, 0, { range = range, context = { diagnostics = {} } })
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
seen.unsaved = #ask("textDocument/codeAction", 1, 0, { range = range, context = { diagnostics = {} } })
vim.cmd("write")
wait(function() return #vim.diagnostic.get(0) == 0 end)
seen.authored = vim.fn.readfile(root .. "/dibkit.config.ts")[2]
vim.fn.writefile({ vim.fn.json_encode(seen) }, out)
vim.lsp.stop_client(client)
vim.cmd("qall!")
`;

test.skipIf(!installed)("neovim shows findings while typing, hovers, repairs and goes to elements", () => {
  const script = join(root, "session.lua");
  const out = join(root, "seen.json");
  writeFileSync(script, SESSION);
  const env = {
    ...process.env,
    HOME: root,
    SESSION_ROOT: root,
    SESSION_PROGRAM: dibkitProgram,
    SESSION_NODE: process.execPath,
    SESSION_OUT: out,
  };
  const run = spawnSync("nvim", ["--clean", "--headless", "-c", `luafile ${script}`, "-c", "cquit"], {
    cwd: root,
    env,
    encoding: "utf8",
    timeout: 600_000,
  });
  expect(existsSync(out), run.stderr).toBe(true);
  const seen = JSON.parse(readFileSync(out, "utf8"));
  expect(seen).toEqual({
    deps: ["deps-known@0:0"],
    rule: expect.stringContaining("**deps-known** — every name in element-deps is an element in reach"),
    element: expect.stringContaining("**proxy** — A cache"),
    definition: `file://${root}/elements/proxy/README.rst`,
    typed: [],
    script: ["script-which@3:0"],
    actions: ["use command -v"],
    repaired: ["command -v nginx"],
    mode: ["script-executable@0:0"],
    executable: "rwxr-xr-x",
    module: ["script-which@1:105"],
    // What was found in the text on disk is not offered for another one.
    unsaved: 0,
    authored: expect.stringContaining("bash`command -v ls`"),
  });
});
