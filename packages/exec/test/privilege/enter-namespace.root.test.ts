import { expect, test } from "vitest";
import { createCommandRunner } from "../../src/command-runner.js";
import { enterNamespace } from "../../src/privilege/enter-namespace.js";

const isRoot = process.getuid?.() === 0 || process.env.CI !== undefined;
const NO_RANGES = { users: undefined, groups: undefined };
const ALL = [{ first: 0, count: 4_294_967_295 }];

const ROOT = { mapsItself: false, user: 0, group: 0, ranges: NO_RANGES };

test.skipIf(!isRoot)(
  "root without a range keeps its ids in a namespace of its own, and the status of the command",
  async () => {
    const entry = { ...ROOT, mapped: { users: ALL, groups: ALL } };
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

/** A map like that of a container without root, and one that the kernel refuses because it spans two of its ranges. */
test.skipIf(!isRoot).each([
  [
    "the ranges that there are",
    [
      { first: 0, count: 1 },
      { first: 1, count: 65_536 },
    ],
    { ok: true },
  ],
  ["what is not there, and is refused at once", ALL, { ok: false, error: { kind: "exited", exitCode: 1 } }],
])("the root of a container without root maps %s", async (_what, ids, expected) => {
  const inner = enterNamespace(["true"], { ...ROOT, mapped: { users: ids, groups: ids } });
  const outerIds = [
    { first: 0, count: 1 },
    { first: 1, count: 65_536 },
  ];
  // Two ranges of the container that lie beside each other in it and not outside.
  const outer = {
    mapsItself: false,
    user: 0,
    group: 0,
    ranges: NO_RANGES,
    mapped: { users: outerIds, groups: outerIds },
  };
  expect(await createCommandRunner().run(enterNamespace(inner, outer))).toMatchObject(expected);
});
