import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDisk } from "@dibkit/contents";
import { createCommandRunner } from "@dibkit/exec";
import { expect, onTestFinished, test } from "vitest";
import { compareDisks } from "../src/compare-disks.js";

/** A disk image of sfdisk and mke2fs, which need neither root nor a loop device. */
async function disk(table: string, mkfs: readonly string[] = []) {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-conform-disk-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const image = join(directory, "image.raw");
  execFileSync("truncate", ["-s", "32M", image]);
  execFileSync("sfdisk", ["--quiet", image], { input: table });
  const filesystem = ["-q", "-F", "-t", "ext4", "-L", "root", "-E", "offset=1048576", ...mkfs, image, "16M"];
  execFileSync("mke2fs", filesystem);
  return readDisk(image, createCommandRunner());
}

const MBR = "label: dos\nstart=2048, size=61440, type=83, bootable\n";

test("random UUIDs have a reason, and nothing else differs", async () => {
  const found = compareDisks(await disk(MBR), await disk(MBR));
  expect(found.map(({ subject }) => subject)).toContain("partition 1 UUID");
  expect(found.filter(({ reason }) => reason === undefined)).toEqual([]);
});

test.each<[string, string, readonly string[], string]>([
  ["a flag", MBR.replace(", bootable", ""), [], "partitions partition 1 flags: bootable | "],
  ["a type", MBR.replace("83", "82"), [], "partitions partition 1 type: 83 | 82"],
  [
    "the table",
    MBR.replace("dos", "gpt").replace("type=83, bootable", "type=linux"),
    [],
    "partitions table label: dos | gpt",
  ],
  ["a label", MBR, ["-L", "other"], "filesystems partition 1 LABEL: root | other"],
  ["a feature", MBR, ["-O", "^has_journal"], "filesystems partition 1 filesystem features: "],
])("%s that differs has no reason", async (_what, table, mkfs, line) => {
  const found = compareDisks(await disk(MBR), await disk(table, mkfs))
    .filter(({ reason }) => reason === undefined)
    .map(({ aspect, subject, upstream, dibkit }) => `${aspect} ${subject}: ${upstream} | ${dibkit}`);
  expect(found.join("\n")).toContain(line);
});

test.each([
  ["journal_checksum_v3", "(none)", true],
  ["(none)", "journal_checksum_v3", false],
  ["journal_checksum_v3", "journal_64bit", false],
])("features of a journal, %s and %s, have a reason: %s", (theirs, ours, expected) => {
  const withFeatures = (features: string) => {
    return {
      partitions: new Map<string, string>(),
      filesystems: new Map([["partition 1 journal features", features]]),
    };
  };
  expect(compareDisks(withFeatures(theirs), withFeatures(ours)).map(({ reason }) => reason !== undefined)).toEqual([
    expected,
  ]);
});
