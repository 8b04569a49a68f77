import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examineHost } from "@dibkit/exec";
import { FORMATS } from "@dibkit/runner";
import { afterAll, expect, test } from "vitest";
import { DISK_NODES } from "../../../runner/src/disk/nodes/index.js";
import { PARTITION_TABLES } from "../../../runner/src/disk/partition-tables/index.js";
import { neededAbilities, neededTools } from "../../src/doctor/host-needs.js";

const scratch = mkdtempSync(join(tmpdir(), "dibkit-doctor-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));

test("every tool is in the table once, with a package and a purpose that completes the sentence", () => {
  const names = neededTools.map((tool) => tool.program);
  expect(new Set(names).size).toBe(names.length);
  for (const tool of neededTools) {
    expect(tool.debianPackage).toMatch(/^[a-z0-9][a-z0-9+.-]+$/);
    expect(tool.purpose).toMatch(/^[a-z].*[^.]$/);
  }
});

test("the packages that disk nodes and formats need are in the table", () => {
  const packages = new Set(neededTools.map((tool) => tool.debianPackage));
  const filesystems = ["ext2", "ext3", "ext4", "xfs", "vfat", "btrfs", "swap"];
  const disk = filesystems.flatMap((type) =>
    DISK_NODES.mkfs.tools({ type } as Parameters<typeof DISK_NODES.mkfs.tools>[0]),
  );
  const tables = PARTITION_TABLES.flatMap((unit) => unit.tools);
  const missing = [...disk, ...tables, ...FORMATS.flatMap((format) => format.tools)]
    .filter((tool) => !packages.has(tool.debianPackage))
    .map((tool) => `${tool.program} (${tool.debianPackage})`);
  expect([...new Set(missing)]).toEqual([]);
});

test("a report names every tool and every probe, and bash is found with its version", async () => {
  const report = await examineHost({ tools: neededTools, probes: neededAbilities, env: process.env, scratch });
  expect(report.tools.map((tool) => tool.program)).toEqual(neededTools.map((tool) => tool.program));
  expect(report.tools.find((tool) => tool.program === "bash")).toMatchObject({
    path: expect.stringMatching(/\/bash$/) as string,
    version: expect.stringMatching(/^\d/) as string,
  });
  expect(report.probes.map((probe) => probe.name)).toEqual([
    "root",
    "namespaces",
    "overlayfs",
    "loop devices",
    "upstream elements",
    "RPM distributions",
    "free space",
    "kvm",
  ]);
  for (const probe of report.probes.filter(({ status }) => status !== "ok")) expect(probe.help).toBeTruthy();
});

test("without upstream's elements and on an empty PATH the machine cannot build", async () => {
  const env = { PATH: join(scratch, "empty"), DIB_LIB: join(scratch, "none"), HOME: scratch };
  const report = await examineHost({ tools: neededTools, probes: neededAbilities, env, scratch });
  expect(report.tools.find((tool) => tool.program === "disk-image-create")?.path).toBeUndefined();
  expect(report.healthy).toBe(false);
});

test("what stands on something that is missing is not tried, and its remedy is that of the other", async () => {
  const probe = (name: string, status: "ok" | "missing", after: readonly string[] = []) => {
    return { name, purpose: "be looked at", after, probe: async () => ({ status, found: "tried" }) };
  };
  const probes = [probe("one", "ok"), probe("two", "missing", ["one"]), probe("three", "ok", ["one", "two"])];
  const report = await examineHost({
    tools: [],
    probes: [...probes, probe("four", "ok", ["three"])],
    env: {},
    scratch,
  });
  expect(report.probes.map(({ name, status, found, help }) => [name, status, found, help])).toEqual([
    ["one", "ok", "tried", undefined],
    ["two", "missing", "tried", undefined],
    ["three", "missing", "not tried", 'see "two"'],
    ["four", "missing", "not tried", 'see "three"'],
  ]);
});
