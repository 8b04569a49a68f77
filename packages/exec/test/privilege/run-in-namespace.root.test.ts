import { describe, expect, test } from "vitest";
import { runInNamespace } from "../../src/privilege/run-in-namespace.js";
import { NAMESPACE_OF_ROOT } from "./namespace-of-root.js";

const isRoot = process.getuid?.() === 0 || process.env.CI !== undefined;

describe.skipIf(!isRoot)("how a command in a user namespace ended", () => {
  test.each([
    ["exit 0", { exitCode: 0 }],
    ["exit 3", { exitCode: 3 }],
    // As dibkit ends when it was interrupted and has said so.
    ["exit 130", { exitCode: 130 }],
    ["kill -TERM $$", { endedBy: "SIGTERM" }],
    ["kill -KILL $$", { endedBy: "SIGKILL" }],
    // The process between this one and the command, such as when the kernel is out of memory.
    ["kill -KILL $(ps -o ppid= $$); sleep 30", { endedBy: "SIGKILL" }],
  ])("%s", async (script, outcome) => {
    expect(await runInNamespace(["bash", "-c", script], NAMESPACE_OF_ROOT, new AbortController().signal)).toEqual(
      outcome,
    );
  });
});
