import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitFormats, timestamp } from "../../src/formats/commit-formats.js";
import type { FormatRequest } from "../../src/formats/format.js";
import { FORMATS } from "../../src/formats/formats.js";
import { writeFormats } from "../../src/formats/write-formats.js";
import { createTestContext, type TestContext } from "../disk/disk-context.js";

const MIB = 1024 * 1024;

let build: TestContext;
let output: string;

beforeEach(async () => {
  build = await createTestContext();
  output = await mkdtemp(join(tmpdir(), "dibkit-formats-"));
});
afterEach(async () => {
  expect(await build.dispose()).toEqual([]);
  await rm(output, { recursive: true, force: true });
});

/** Output of a tool that is not ours. */
async function tool(...argv: readonly string[]): Promise<string> {
  const done = await build.commands.run(argv);
  if (!done.ok) throw new Error(`${argv.join(" ")}: ${done.error.tail.join("\n")}`);
  return done.value.stdout;
}

const hasTool = async (program: string) => (await build.commands.run(["which", program])).ok;

function request(types: readonly string[], more: Partial<FormatRequest> = {}): FormatRequest {
  return { outputPath: join(output, "image"), types, compress: true, checksums: [], overwrite: false, ...more };
}

async function writeSources(): Promise<Buffer> {
  await mkdir(join(build.targetPath, "etc"));
  await mkdir(join(build.targetPath, "proc", "1"), { recursive: true });
  await mkdir(join(build.targetPath, "sys", "kernel"), { recursive: true });
  await writeFile(join(build.targetPath, ".dot"), "dot");
  await writeFile(join(build.targetPath, "etc", "hostname"), "image\n", { mode: 0o640 });
  await symlink("hostname", join(build.targetPath, "etc", "name"));
  const disk = Buffer.alloc(4 * MIB);
  disk.write("the disk", MIB);
  disk.fill(createHash("sha256").update("noise").digest(), 2 * MIB, 2 * MIB + 64 * 1024);
  await writeFile(join(build.imageDirectory, "image0.raw"), disk);
  return disk;
}

async function writeAll(wanted: FormatRequest): Promise<readonly string[]> {
  const trees = await writeFormats(wanted, { kind: "tree", path: build.targetPath }, build);
  if (!trees.ok) throw new Error(trees.error.message);
  const images = await writeFormats(wanted, { kind: "image", path: join(build.imageDirectory, "image0.raw") }, build);
  if (!images.ok) throw new Error(images.error.message);
  const committed = await commitFormats([...trees.value, ...images.value], wanted, build);
  if (!committed.ok) throw new Error(committed.error.message);
  return committed.value;
}

const names = async () => (await readdir(output)).sort();

describe("formats, each looked at with a tool that is not ours", () => {
  it("disk formats, raw among them, in one run", async () => {
    const disk = await writeSources();
    await writeAll(request(["raw", "qcow2", "vmdk", "vhdx", "vdi", "vhd"]));
    expect(await names()).toEqual(["image.qcow2", "image.raw", "image.vdi", "image.vhd", "image.vhdx", "image.vmdk"]);
    expect(disk.equals(await readFile(join(output, "image.raw")))).toBe(true);
    for (const [name, driver] of [
      ["qcow2", "qcow2"],
      ["vmdk", "vmdk"],
      ["vhdx", "vhdx"],
      ["vdi", "vdi"],
      ["vhd", "vpc"],
    ] as const) {
      const file = join(output, `image.${name}`);
      if (name !== "vhd") await tool("qemu-img", "check", "-f", driver, file);
      expect(await tool("qemu-img", "compare", "-f", "raw", "-F", driver, join(output, "image.raw"), file)).toContain(
        "Images are identical.",
      );
    }
  });

  it.each<[string, Partial<FormatRequest>, Record<string, unknown>]>([
    ["zstd unless told otherwise", {}, { "compression-type": "zstd" }],
    ["with other options beside", { qemuImgOptions: "cluster_size=131072" }, { "compression-type": "zstd" }],
    ["as the user says", { qemuImgOptions: "compression_type=zlib" }, { "compression-type": "zlib" }],
    ["for old QEMU", { qemuImgOptions: "compat=0.10" }, { compat: "0.10" }],
    ["not at all with -u", { compress: false }, { "compression-type": "zlib" }],
  ])("qcow2 is compressed: %s", async (_, more, expected) => {
    await writeSources();
    const [file] = await writeAll(request(["qcow2"], more));
    const info = JSON.parse(await tool("qemu-img", "info", "--output=json", file ?? "")) as {
      "format-specific": { data: Record<string, unknown> };
    };
    expect(info["format-specific"].data).toMatchObject(expected);
    const check = JSON.parse(await tool("qemu-img", "check", "--output=json", file ?? "")) as Record<string, number>;
    expect((check["compressed-clusters"] ?? 0) > 0).toBe(more.compress !== false);
  });

  it("archives of the tree", async () => {
    await writeSources();
    await writeAll(request(["tgz", "tar", "aci"]));
    for (const name of ["image.tar", "image.tgz"]) {
      const listing = (await tool("tar", "-tvf", join(output, name))).split("\n").map((line) =>
        line
          .split(/\s+/)
          .slice(0, 1)
          .concat(line.split(/:\d\d /)[1] ?? "")
          .join(" "),
      );
      expect(listing.filter((line) => line !== " ")).toEqual([
        "drwxr-xr-x ./",
        "-rw-r--r-- ./.dot",
        "drwxr-xr-x ./etc/",
        "-rw-r----- ./etc/hostname",
        "lrwxrwxrwx ./etc/name -> hostname",
      ]);
    }
    expect(await tool("tar", "-tf", join(output, "image.aci"))).toContain("rootfs/etc/hostname");
    expect(build.events).toContainEqual({
      type: "warning",
      message: expect.stringContaining("ACI_MANIFEST is not set"),
    });
  });

  it("squashfs", async () => {
    await writeSources();
    await writeAll(request(["squashfs", "qcow2"]));
    expect(await names()).toEqual(["image.qcow2", "image.squash"]);
    const file = join(output, "image.squash");
    expect((await tool("unsquashfs", "-ls", file)).trim().split("\n")).toEqual(
      ["", "/.dot", "/etc", "/etc/hostname", "/etc/name", "/proc", "/sys"].map((path) => `squashfs-root${path}`),
    );
    expect(await tool("unsquashfs", "-cat", file, "etc/hostname")).toBe("image\n");
    expect(await tool("unsquashfs", "-s", file)).toContain("Compression xz");
  });

  it("an OCI archive", async () => {
    await writeSources();
    await writeAll(request(["oci"], { dockerTarget: "acme/web:1.0" }));
    const file = join(output, "image.oci.tar");
    const layout = join(output, "layout");
    await mkdir(layout);
    await tool("tar", "-xf", file, "-C", layout);
    const json = async (path: string) => JSON.parse(await readFile(join(layout, path), "utf8"));
    const blob = (digest: string) => join("blobs", "sha256", digest.replace("sha256:", ""));
    const index = await json("index.json");
    expect(index.manifests[0].annotations).toEqual({
      "org.opencontainers.image.ref.name": "1.0",
      "io.containerd.image.name": "acme/web:1.0",
    });
    const manifest = await json(blob(index.manifests[0].digest));
    const config = await json(blob(manifest.config.digest));
    expect(config).toMatchObject({ architecture: "amd64", os: "linux" });
    for (const { digest } of [index.manifests[0], manifest.config, manifest.layers[0]]) {
      expect(await tool("sha256sum", join(layout, blob(digest)))).toContain(digest.replace("sha256:", ""));
    }
    const layer = join(layout, blob(manifest.layers[0].digest));
    expect(await tool("tar", "-tzf", layer)).toBe("./\n./.dot\n./etc/\n./etc/hostname\n./etc/name\n");
    await tool("sh", "-c", 'zcat "$1" > "$1.tar"', "sh", layer);
    expect(await tool("sha256sum", `${layer}.tar`)).toContain(config.rootfs.diff_ids[0].replace("sha256:", ""));
    if (await hasTool("skopeo")) {
      expect(JSON.parse(await tool("skopeo", "inspect", `oci-archive:${file}`))).toMatchObject({ Os: "linux" });
    }
  });
});

describe("outputs", () => {
  it("have checksums that md5sum and sha256sum accept", async () => {
    await writeSources();
    await writeAll(request(["qcow2", "tar"], { checksums: ["md5", "sha256"] }));
    expect(await names()).toEqual(
      ["image.qcow2", "image.tar"].flatMap((name) => [name, `${name}.md5`, `${name}.sha256`]),
    );
    for (const name of ["image.qcow2", "image.tar"]) {
      for (const sum of ["md5", "sha256"]) {
        expect(await tool("sh", "-c", `cd "$1" && ${sum}sum -c "$2"`, "sh", output, `${name}.${sum}`)).toBe(
          `${name}: OK\n`,
        );
      }
    }
  });

  it("keep an earlier image under the name upstream gives it", async () => {
    await writeSources();
    await writeFile(join(output, "image.tar"), "old");
    await writeFile(join(output, "image.tar.md5"), "old sum");
    await writeAll(request(["tar"]));
    const old = (await names()).filter((name) => /^image-\d{4}\.\d\d\.\d\d-\d\d\.\d\d\.\d\d\.tar$/.test(name));
    expect(old).toHaveLength(1);
    expect(await names()).toEqual([...old, `${old[0]}.md5`, "image.tar"].sort());
    expect(await readFile(join(output, old[0] ?? ""), "utf8")).toBe("old");
  });

  it("replace an earlier image when told to", async () => {
    await writeSources();
    await writeFile(join(output, "image.tar"), "old");
    await writeFile(join(output, "image.tar.md5"), "old sum");
    await writeAll(request(["tar"], { overwrite: true }));
    expect(await names()).toEqual(["image.tar"]);
    expect(await readFile(join(output, "image.tar"), "utf8")).not.toBe("old");
  });

  it("leave an earlier image alone when a format fails, and nothing half-written", async () => {
    await writeSources();
    await writeFile(join(output, "image.qcow2"), "old");
    const wanted = request(["qcow2"], { qemuImgOptions: "nonsense=1" });
    const done = await writeFormats(wanted, { kind: "image", path: join(build.imageDirectory, "image0.raw") }, build);
    expect(done).toMatchObject({ ok: false, error: { kind: "format-command-failed", format: "qcow2" } });
    expect(!done.ok && done.error.message).toContain("Invalid parameter 'nonsense'");
    expect(await names()).toEqual(["image.qcow2"]);
    expect(await readFile(join(output, "image.qcow2"), "utf8")).toBe("old");
  });

  it("are removed when the build is undone before they are committed", async () => {
    await writeSources();
    await writeFormats(request(["tar"]), { kind: "tree", path: build.targetPath }, build);
    expect(await names()).toEqual([expect.stringMatching(/^\.image\.tar\..*\.partial$/)]);
    await build.undo.unwind();
    expect(await names()).toEqual([]);
  });

  it("sweep what a killed build left, but not what a living one writes", async () => {
    await writeSources();
    const partial = (directory: string) => `.image.tar.${encodeURIComponent(directory)}.partial`;
    for (const directory of ["/nonexistent/build", tmpdir()]) await writeFile(join(output, partial(directory)), "");
    await writeAll(request(["tar"]));
    expect(await names()).toEqual([partial(tmpdir()), "image.tar"]);
  });

  it.each<[Partial<FormatRequest>, string]>([
    [{ types: ["qcow3"] }, `unknown format "qcow3"; the formats are ${FORMATS.map(({ name }) => name).join(", ")}`],
    [{ types: ["docker"] }, "format docker needs a name for the image"],
    [{ outputPath: "/dev/null/image" }, 'cannot write "/dev/null": EEXIST'],
  ])("say why they cannot be written: %j", async (more, message) => {
    const done = await writeFormats({ ...request(["tar"]), ...more }, { kind: "tree", path: build.targetPath }, build);
    expect(done).toMatchObject({ ok: false, error: { message } });
  });
});

it("old images are named by local time", () => {
  expect(timestamp(new Date(2026, 0, 2, 3, 4, 5))).toBe("2026.01.02-03.04.05");
});
