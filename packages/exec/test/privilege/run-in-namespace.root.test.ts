import { describe, expect, test } from "vitest";
import { namespaceEntry } from "../../src/privilege/enter-namespace.js";
import { runInNamespace } from "../../src/privilege/run-in-namespace.js";

const isRoot = process.getuid?.() === 0 || process.env.CI !== undefined;
// A root maps its ids itself, whatever unshare can do.
const ENTRY = namespaceEntry("");

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
    expect(await runInNamespace(["bash", "-c", script], ENTRY, new AbortController().signal)).toEqual(outcome);
  });
});
