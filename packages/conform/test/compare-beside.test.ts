import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readInitramfs } from "@dibkit/contents";
import { afterAll, expect, test } from "vitest";
import { compareBeside } from "../src/compare-beside.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-beside-"));
afterAll(() => rmSync(directory, { recursive: true }));

interface Member {
  readonly name: string;
  readonly mode: number;
  readonly content?: string;
  readonly inode?: number;
  readonly links?: number;
}

/** An archive as `cpio -o -H newc` writes it. */
function initramfs(file: string, members: readonly Member[]): string {
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const parts = [...members, { name: "TRAILER!!!", mode: 0 } as Member].map(
    ({ name, mode, content = "", inode = 1, links = 1 }) => {
      const text = Buffer.from(content);
      const fields = [inode, mode, 0, 0, links, 1_700_000_000, text.length, 8, 1, 5, 3, name.length + 1, 0];
      const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${name}\0`;
      return Buffer.concat([padded(Buffer.from(header)), padded(text)]);
    },
  );
  const path = join(directory, file);
  writeFileSync(path, gzipSync(Buffer.concat(parts)));
  return path;
}

const MEMBERS: readonly Member[] = [
  { name: ".", mode: 0o40755 },
  { name: "init", mode: 0o100755, content: "#!/bin/sh\n" },
  { name: "sbin", mode: 0o120777, content: "bin" },
  { name: "dev/console", mode: 0o20600 },
  { name: "bin/a", mode: 0o100644, inode: 7, links: 2 },
  { name: "bin/b", mode: 0o100644, inode: 7, links: 2, content: "once" },
];

test("a ramdisk is read file by file, and names of one file have its content", async () => {
  const read = await readInitramfs(initramfs("one", MEMBERS));
  expect(
    [...(read?.entries ?? [])].map(([name, entry]) => [name, entry.type, entry.mode.toString(8), entry.size]),
  ).toEqual([
    [".", "directory", "755", undefined],
    ["init", "file", "755", 10],
    ["sbin", "symlink", "777", undefined],
    ["dev/console", "character-device", "600", undefined],
    ["bin/a", "file", "644", 4],
    ["bin/b", "file", "644", 4],
  ]);
  expect(read?.entries.get("sbin")?.target).toBe("bin");
  expect(read?.entries.get("dev/console")?.device).toBe("5:3");
  expect(read?.entries.get("bin/b")?.linkedTo).toBe("bin/a");
});

test("differences beside two images are named, and an initrd may differ for a reason", async () => {
  const plain = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const theirs = { initramfs: initramfs("theirs", MEMBERS), kernel: plain("k1", "k"), initrd: plain("i1", "x") };
  const changed = MEMBERS.map((member) => (member.name === "init" ? { ...member, content: "#!/bin/bash\n" } : member));
  const ours = {
    initramfs: initramfs("ours", changed),
    kernel: plain("k2", "K"),
    initrd: plain("i2", "y"),
    iso: plain("s", ""),
  };
  const { differences, compared } = await compareBeside(theirs, ours);
  expect(compared).toBe(8);
  expect(differences.map(({ subject, reason }) => `${subject}${reason === undefined ? "" : `: ${reason}`}`)).toEqual([
    "initramfs init",
    "initrd: archives of the initramfs hold the time they were made",
    "iso",
    "kernel",
  ]);
});

test("what is not compressed by gzip is no ramdisk", async () => {
  writeFileSync(join(directory, "zstd"), Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
  expect(await readInitramfs(join(directory, "zstd"))).toBeUndefined();
});
