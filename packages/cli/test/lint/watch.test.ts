import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { commands } from "../../src/commands/index.js";
import { main } from "../../src/main.js";
import { CLEAN, type ScratchProject, scratchProject } from "./scratch-project.js";

let project: ScratchProject;
beforeEach(() => {
  project = scratchProject();
  for (const [path, content] of Object.entries(CLEAN)) project.write(path, content);
});
afterEach(() => project.clear());

/** Resolves with all output when the stream has said it is waiting for the n-th time. */
function waiting(stream: PassThrough): (times: number) => Promise<void> {
  let text = "";
  const listeners = new Set<() => void>();
  stream.on("data", (chunk: Buffer) => {
    text += chunk;
    for (const listener of listeners) listener();
  });
  return (times) =>
    new Promise((resolve) => {
      const look = () => {
        if (text.split("watching for changes").length <= times) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
}

it("lints again whenever a file is saved, until it is interrupted", async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const interrupt = new AbortController();
  const times = waiting(stderr);
  let output = "";
  stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const running = main(["lint", "--watch"], commands, "0.0.0-test", {
    stdout,
    stderr,
    stdin: process.stdin,
    env: process.env,
    cwd: project.root,
    isTerminal: false,
    color: false,
    colorStderr: false,
    columns: 120,
    signal: interrupt.signal,
  });
  await times(1);
  expect(output).toBe("no findings in 2 elements, 4 files\n");
  project.write("elements/web/element-deps", "site-bsae\n");
  await times(2);
  expect(output).toContain("[deps-known]");
  output = "";
  project.write(".dibkitrc.json", '{ "rules": { "deps-known": "off" } }');
  await times(3);
  expect(output).toBe("no findings in 2 elements, 4 files\n");
  interrupt.abort();
  expect(await running).toBe(130);
});
