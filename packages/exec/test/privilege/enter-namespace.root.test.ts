import { expect, test } from "vitest";
import { createCommandRunner } from "../../src/command-runner.js";
import { enterNamespace } from "../../src/privilege/enter-namespace.js";

const isRoot = process.getuid?.() === 0 || process.env.CI !== undefined;
const NO_RANGES = { users: undefined, groups: undefined };

test.skipIf(!isRoot)(
  "root without a range keeps its ids in a namespace of its own, and the status of the command",
  async () => {
    const entry = { mapsItself: false, user: 0, group: 0, ranges: NO_RANGES };
    const script =
      'cat /proc/self/uid_map; id -u; chown 33:44 "$1" && stat -c %u:%g "$1"; readlink /proc/self/ns/user; exit 7';
    const commands = createCommandRunner();
    const file = await commands.run(["mktemp"]);
    const path = file.ok ? file.value.stdout.trim() : "";
    const lines: string[] = [];
    const inside = enterNamespace(["bash", "-c", script, "bash", path], entry);
    const run = await commands.run(inside, { onOutput: (line) => lines.push(line) });
    await commands.run(["rm", "-f", path]);
    const own = await commands.run(["readlink", "/proc/self/ns/user"]);
    expect(run).toMatchObject({ ok: false, error: { kind: "exited", exitCode: 7 } });
    expect(lines.slice(0, 3).map((line) => line.trim().replace(/\s+/g, " "))).toEqual(["0 0 65536", "0", "33:44"]);
    expect(lines[3]).not.toBe(own.ok ? own.value.stdout.trim() : "");
  },
);
