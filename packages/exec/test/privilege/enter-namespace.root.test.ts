import { expect, test } from "vitest";
import { createCommandRunner } from "../../src/command-runner.js";
import { enterNamespace } from "../../src/privilege/enter-namespace.js";
import { ALL_IDS, NAMESPACE_OF_ROOT } from "./namespace-of-root.js";

const isRoot = process.getuid?.() === 0 || process.env.CI !== undefined;

test.skipIf(!isRoot)(
  "root without a range keeps its ids in a namespace of its own, and the status of the command",
  async () => {
    const script =
      'cat /proc/self/uid_map; id -u; chown 33:44 "$1" && stat -c %u:%g "$1"; readlink /proc/self/ns/user; exit 7';
    const commands = createCommandRunner();
    const file = await commands.run(["mktemp"]);
    const path = file.ok ? file.value.stdout.trim() : "";
    const lines: string[] = [];
    const inside = enterNamespace(["bash", "-c", script, "bash", path], NAMESPACE_OF_ROOT);
    const run = await commands.run(inside, { onOutput: (line) => lines.push(line) });
    await commands.run(["rm", "-f", path]);
    const own = await commands.run(["readlink", "/proc/self/ns/user"]);
    expect(run).toMatchObject({ ok: false, error: { kind: "exited", exitCode: 7 } });
    expect(lines.slice(0, 3).map((line) => line.trim().replace(/\s+/g, " "))).toEqual(["0 0 65536", "0", "33:44"]);
    expect(lines[3]).not.toBe(own.ok ? own.value.stdout.trim() : "");
  },
);

/** Two ranges that lie beside each other in a container and not outside: the kernel takes none that spans them. */
const OF_A_CONTAINER = [
  { first: 0, count: 1 },
  { first: 1, count: 65_535 },
];
const entryWith = (ids: typeof ALL_IDS) => ({ ...NAMESPACE_OF_ROOT, mapped: { users: ids, groups: ids } });

test.skipIf(!isRoot).each([
  ["the ranges that there are", OF_A_CONTAINER, { ok: true }],
  ["what is not there, and is refused at once", ALL_IDS, { ok: false, error: { kind: "exited", exitCode: 1 } }],
])("the root of a container without root maps %s", async (_what, ids, expected) => {
  const inside = enterNamespace(["true"], entryWith(ids));
  expect(await createCommandRunner().run(enterNamespace(inside, entryWith(OF_A_CONTAINER)))).toMatchObject(expected);
});
