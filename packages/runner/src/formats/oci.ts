import { createHash, type Hash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { architectureFacts } from "@dibkit/model";
import { defineFormat, type FormatRequest } from "./format.js";
import { notWritable, runFormatTool } from "./format-failure.js";
import { archiveTree, tarTool } from "./tar-archive.js";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export default defineFormat({
  name: "oci",
  summary: "an OCI image archive for docker load, podman and skopeo",
  extension: "oci.tar",
  source: "tree",
  tools: [tarTool],
  async write({ request, context, sourcePath, targetPath }) {
    const layout = join(context.scratchDirectory, "oci-layout");
    const undo = context.undo.defer(`remove ${layout}`, () => rm(layout, { recursive: true, force: true }));
    try {
      const blobs = join(layout, "blobs", "sha256");
      await mkdir(blobs, { recursive: true });
      const tree = join(layout, "tree.tar");
      const archived = await archiveTree({ format: "oci", tree: sourcePath, target: tree }, request, context);
      if (!archived.ok) return archived;
      await writeLayout(layout, blobs, tree, context.architecture, request);
      const files = ["blobs", "index.json", "oci-layout"];
      // The archive around the layout tells nothing of its own.
      const plain = ["--sort=name", `--mtime=@${request.sourceDate ?? 0}`, "--owner=0", "--group=0", "--numeric-owner"];
      return await runFormatTool("oci", ["tar", "-C", layout, ...plain, "-cf", targetPath, ...files], context);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      return notWritable(layout, error);
    } finally {
      await undo.now();
    }
  },
});

/** Turns the archive into a compressed layer and writes the documents that describe it (OCI image layout 1.0). */
async function writeLayout(
  layout: string,
  blobs: string,
  tree: string,
  debianArchitecture: string,
  { dockerTarget: target, sourceDate }: FormatRequest,
): Promise<void> {
  const { diffId, layer } = await compressLayer(tree, blobs);
  const config = await writeBlob(blobs, "application/vnd.oci.image.config.v1+json", {
    ...(architectureFacts(debianArchitecture)?.oci ?? { architecture: debianArchitecture }),
    os: "linux",
    ...(sourceDate === undefined ? {} : { created: new Date(sourceDate * 1000).toISOString() }),
    config: {},
    rootfs: { type: "layers", diff_ids: [diffId] },
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = await writeBlob(blobs, mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] });
  const tag = /:([\w.-]+)$/.exec(target ?? "")?.[1] ?? "latest";
  const names = {
    "org.opencontainers.image.ref.name": tag,
    // What docker and containerd call the image when they load the archive.
    ...(target === undefined ? {} : { "io.containerd.image.name": target.includes(":") ? target : `${target}:latest` }),
  };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations: names }] };
  await writeFile(join(layout, "index.json"), JSON.stringify(index));
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

async function compressLayer(
  tree: string,
  blobs: string,
): Promise<{ readonly diffId: string; readonly layer: Descriptor }> {
  const plain = createHash("sha256");
  const compressed = createHash("sha256");
  const packed = `${tree}.gz`;
  await pipeline(createReadStream(tree), hashing(plain), createGzip(), hashing(compressed), createWriteStream(packed));
  await rm(tree);
  const hex = compressed.digest("hex");
  const { size } = await stat(packed);
  await rename(packed, join(blobs, hex));
  const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip";
  return { diffId: `sha256:${plain.digest("hex")}`, layer: { mediaType, digest: `sha256:${hex}`, size } };
}

function hashing(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

async function writeBlob(blobs: string, mediaType: string, document: unknown): Promise<Descriptor> {
  const text = JSON.stringify(document);
  const hex = createHash("sha256").update(text).digest("hex");
  await writeFile(join(blobs, hex), text);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}
