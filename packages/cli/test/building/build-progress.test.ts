import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import type { BuildEvent } from "@dibkit/runner";
import { expect, test } from "vitest";
import { createBuildProgress } from "../../src/building/build-progress.js";

const planned = (phase: string, script: string) =>
  ({ phase, script, element: "acme-web", runs: "target", key: null, cached: false }) as const;
const plan = { document: { steps: [planned("install.d", "50-nginx"), planned("post-install.d", "60-acme-web")] } };

const nginx = { phase: "install.d", script: "50-nginx", element: "acme-web" };
const started = (reason: string): BuildEvent => ({ type: "step-started", id: "a", label: nginx, reason });
const ran: BuildEvent = { type: "step-finished", id: "a", label: nginx, seconds: 3.2, outcome: "ran" };

async function printed(events: readonly BuildEvent[], isTerminal: boolean): Promise<readonly string[]> {
  const stderr = new PassThrough();
  const whole = text(stderr);
  const terminal = {
    ...{ stdout: new PassThrough(), stderr, stdin: process.stdin, env: {}, cwd: "/", isTerminal, color: false },
    ...{ colorStderr: false, columns: 80, signal: new AbortController().signal },
  };
  const progress = createBuildProgress(terminal, false, plan);
  for (const event of events) progress.show(event);
  progress.end();
  stderr.end();
  return stripVTControlCharacters(await whole)
    .trimEnd()
    .split("\n");
}

const LINE = "✔ install.d/50-nginx                       acme-web              3.2 s  1/2";

test("a step says its number among those of the plan, and why it runs", async () => {
  expect(await printed([started("script changed"), ran], false)).toEqual([`${LINE}  script changed`]);
});

test("where the reason would not fit a terminal it has a line of its own, so no line is folded", async () => {
  expect(await printed([started("script changed"), ran], true)).toEqual([LINE, "    script changed"]);
  expect(LINE.length).toBeLessThanOrEqual(80);
});

test("a step that no plan has counted, as one that a script has made, has no number", async () => {
  const label = { phase: "install.d", script: "51-made" };
  const [line] = await printed([{ type: "step-finished", id: "b", label, seconds: 0, outcome: "cached" }], false);
  expect(line).toMatch(/^= install\.d\/51-made +cached$/);
});
