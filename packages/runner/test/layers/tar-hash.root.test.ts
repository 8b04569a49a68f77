import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createTarHash } from "../../src/layers/tar-hash.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-tar-"));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** An archive of one file whose attributes were set in the order given: `name=value`. */
function archive(attributes: readonly string[], content = "some"): Buffer {
  rmSync(join(root, "tree"), { recursive: true, force: true });
  mkdirSync(join(root, "tree"), { recursive: true });
  writeFileSync(join(root, "tree/file"), content);
  const set =
    "import os, sys\nfor each in sys.argv[2:]: os.setxattr(sys.argv[1], *[os.fsencode(part) for part in each.split('=')])";
  execFileSync("python3", ["-c", set, join(root, "tree/file"), ...attributes]);
  const options = ["--mtime=@0", "--format=pax", "--pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime"];
  return execFileSync("tar", ["-C", root, ...options, "--xattrs", "--xattrs-include=*", "-cf", "-", "tree/file"]);
}

function hashOf(bytes: Buffer, piece = bytes.length): string {
  const hash = createTarHash();
  for (let at = 0; at < bytes.length; at += piece) hash.write(bytes.subarray(at, at + piece));
  return hash.digest();
}

describe("the hash of an archive", () => {
  test("is the same in whatever order a filesystem lists the attributes of a file", () => {
    const one = archive(["trusted.a=1", "trusted.overlay.opaque=y", "trusted.b=2"]);
    const other = archive(["trusted.b=2", "trusted.a=1", "trusted.overlay.opaque=y"]);
    expect(one.equals(other)).toBe(false);
    expect(hashOf(one)).toBe(hashOf(other));
  });

  test("is the same for the marks of root's overlays and of a user namespace's", () => {
    const one = archive(["trusted.overlay.opaque=y", "trusted.overlay.redirect=/a"]);
    expect(hashOf(one)).toBe(hashOf(archive(["user.overlay.opaque=y", "user.overlay.redirect=/a"])));
  });

  test("is the same for a device and for a file that stands for it, but not for another device", () => {
    const hashes = ["c 1 3", "c 1 5"].map((mark) => hashOf(archive([`user.dibkit.device=${mark}`], "")));
    rmSync(join(root, "tree/file"));
    execFileSync("mknod", ["-m", "0644", join(root, "tree/file"), "c", "1", "3"]);
    const options = ["--mtime=@0", "--format=pax", "--pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime"];
    const device = execFileSync("tar", ["-C", root, ...options, "--xattrs", "-cf", "-", "tree/file"]);
    expect(hashOf(device)).toBe(hashes[0]);
    expect(hashOf(device)).not.toBe(hashes[1]);
  });

  test("differs with an attribute's value or name, and with a byte of content", () => {
    const hashes = [
      hashOf(archive(["trusted.a=1", "trusted.b=2"])),
      hashOf(archive(["trusted.a=2", "trusted.b=1"])),
      hashOf(archive(["trusted.a=1", "trusted.c=2"])),
      hashOf(archive(["trusted.a=1", "trusted.b=2"], "same")),
      hashOf(archive(["trusted.a=1"])),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("does not depend on the pieces the archive comes in", () => {
    const bytes = archive(["trusted.b=2", "trusted.a=1"], "long ".repeat(1000));
    const whole = hashOf(bytes);
    for (const piece of [1, 7, 511, 512, 513, 5000]) expect(hashOf(bytes, piece), `${piece}`).toBe(whole);
  });

  test("is that of the archive itself when no file has two attributes", () => {
    const bytes = archive(["trusted.a=1"]);
    const known = execFileSync("sha256sum", { input: bytes, encoding: "utf8" }).slice(0, 64);
    expect(hashOf(bytes)).toBe(known);
  });

  test("finds the end of a file whose size only its extended header tells", () => {
    const [header, extended] = [Buffer.alloc(512), Buffer.alloc(512)];
    extended.write("00000000015", 124, "latin1");
    extended.write("x", 156, "latin1");
    header.write("00000000000", 124, "latin1");
    header.write("0", 156, "latin1");
    const record = Buffer.alloc(512);
    record.write("13 size=1024\n");
    const rest = archive(["trusted.b=2", "trusted.a=1"]);
    // Bytes that would be taken for an extended header, if the content were taken for one.
    const content = Buffer.alloc(1024, "x");
    const other = archive(["trusted.a=1", "trusted.b=2"]);
    const before = [extended, record, header, content];
    expect(hashOf(Buffer.concat([...before, rest]))).toBe(hashOf(Buffer.concat([...before, other])));
  });
});
