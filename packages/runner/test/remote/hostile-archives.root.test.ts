import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packTree, unpackTree } from "../../src/remote/pack-tree.js";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "dibkit-hostile-"));
  mkdirSync(join(place, "into"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const commands = createCommandRunner();
const { signal } = new AbortController();

/** Writes an archive with Python, which lets one write anything. `members` are lines on `t` of tarfile.TarInfo. */
function archive(members: string, format = "PAX"): string {
  const script = `
import io, sys, tarfile
tar = tarfile.open(sys.argv[1], "w", format=tarfile.${format}_FORMAT)
def add(name, content=b"", **fields):
    t = tarfile.TarInfo(name)
    t.size = len(content)
    for key, value in fields.items():
        setattr(t, key, value)
    tar.addfile(t, io.BytesIO(content))
${members}
tar.close()
`;
  const file = join(place, "archive.tar");
  execFileSync("python3", ["-c", script, file]);
  execFileSync("zstd", ["-q", "--rm", "-f", file]);
  return `${file}.zst`;
}

const unpack = (file: string, limit = 1_000_000) =>
  unpackTree(commands, { file, directory: join(place, "into"), kind: "overlay", limit }, signal);

describe("an archive of a registry", () => {
  test.each([
    ["an absolute path", 'add("/etc/x")', /"\/etc\/x" is an absolute path/],
    ["a path that leads out", 'add("../x")', /"\.\.\/x" leads out of its directory/],
    ["such a path in the middle", 'add("a/../../x")', /leads out of its directory/],
    ["a file behind a link", 'add("a", type=b"2", linkname="/etc")\nadd("a/x")', /"a\/x" is below "a"/],
    ["a file behind a link of another spelling", 'add("./a", type=b"2", linkname="/etc")\nadd("a/x")', /is below "a"/],
    ["a file that takes the place of a link", 'add("a", type=b"2", linkname="/etc/x")\nadd("a")', /"a" is there twice/],
    ["a hard link out", 'add("a", type=b"1", linkname="/etc/passwd")', /is a link to "\/etc\/passwd"/],
    ["a hard link to what is below it", 'add("a", type=b"1", linkname="../x")', /is a link to "\.\.\/x"/],
    ["a block device", 'add("a", type=b"4", devmajor=8, devminor=0)', /of a kind "4"/],
    ["the machine's memory", 'add("a", type=b"3", devmajor=1, devminor=1)', /is the machine's memory/],
    [
      "a mark of overlayfs",
      'add("a", pax_headers={"SCHILY.xattr.trusted.overlay.metacopy": "y"})',
      /has a record "SCHILY/,
    ],
    ["records that only some programs read", 'add("a", pax_headers={"GNU.sparse.map": "0,1"})', /has a record "GNU/],
    ["more than it is said to have", 'add("a", bytes(3000000))', /more than the 1000000 bytes/],
    [
      "an opaque mark of another directory",
      'add("d", type=b"5")\nadd("x/.wh..wh..opq")',
      /does not follow its directory/,
    ],
  ])("with %s is refused", async (_, members, message) => {
    expect(await unpack(archive(members))).toEqual({ ok: false, error: expect.stringMatching(message) });
    expect(existsSync(join(place, "x"))).toBe(false);
  });

  test("in an old format is refused", async () => {
    expect(await unpack(archive('add("a")', "GNU"))).toEqual({
      ok: false,
      error: expect.stringMatching(/not a pax member/),
    });
  });

  test("that is no archive is refused", async () => {
    writeFileSync(join(place, "x.zst"), "garbage");
    expect(await unpack(join(place, "x.zst"))).toMatchObject({ ok: false });
    writeFileSync(join(place, "y"), "no archive ".repeat(100));
    execFileSync("zstd", ["-q", join(place, "y")]);
    expect(await unpack(join(place, "y.zst"))).toMatchObject({ ok: false });
    expect(readdirSync(join(place, "into"))).toEqual([]);
  });

  test("that ends in the middle is refused", async () => {
    const whole = archive('add("a", bytes(5000))');
    execFileSync("bash", ["-c", 'zstd -dcq "$1" | head -c 3000 | zstd -q > "$1.cut"', "bash", whole]);
    expect(await unpack(`${whole}.cut`)).toMatchObject({ ok: false });
  });
});

describe("a tree that is packed and unpacked", () => {
  const pack = (directory: string) => packTree(commands, directory, join(place, "packed"), signal);

  test("has whiteouts as OCI has them on the way", async () => {
    const tree = join(place, "tree");
    mkdirSync(join(tree, "opaque"), { recursive: true });
    writeFileSync(join(tree, "opaque/inside"), "x");
    execFileSync("mknod", [join(tree, "gone"), "c", "0", "0"]);
    const opaque = 'import os, sys; os.setxattr(sys.argv[1], "trusted.overlay.opaque", b"y")';
    execFileSync("python3", ["-c", opaque, join(tree, "opaque")]);
    const packed = await pack(tree);
    expect(packed).toMatchObject({ ok: true });
    const names = execFileSync("bash", ["-c", 'zstd -dcq "$1" | tar -t', "bash", join(place, "packed")], {
      encoding: "utf8",
    });
    expect(names.trim().split("\n")).toEqual([
      "./",
      "./.wh.gone",
      "./opaque/",
      "./opaque/.wh..wh..opq",
      "./opaque/inside",
    ]);
    expect(await unpack(join(place, "packed"))).toEqual({ ok: true, value: undefined });
    const gone = lstatSync(join(place, "into/gone"));
    expect([gone.isCharacterDevice(), gone.rdev]).toEqual([true, 0]);
    const read = 'import os, sys; print(os.getxattr(sys.argv[1], "trusted.overlay.opaque").decode())';
    expect(execFileSync("python3", ["-c", read, join(place, "into/opaque")], { encoding: "utf8" })).toBe("y\n");
  });

  test.each([
    ["a name that means a removal", (tree: string) => writeFileSync(join(tree, ".wh.x"), ""), /means a removal/],
    ["a block device", (tree: string) => execFileSync("mknod", [join(tree, "sda"), "b", "8", "0"]), /kind "4"/],
  ])("is not shared with %s", async (_, make, message) => {
    const tree = join(place, "tree");
    mkdirSync(tree);
    make(tree);
    expect(await pack(tree)).toEqual({ ok: false, error: expect.stringMatching(message) });
  });
});
