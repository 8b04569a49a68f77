import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";

/** A package that is made up: `files` are texts by their path in the image. */
export interface MadePackage {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  readonly depends?: string;
  readonly files: Readonly<Record<string, string>>;
}

/** A flat repository of apt on loopback, `deb [trusted=yes] URL/ ./`. */
export interface AptMirror {
  readonly url: string;
  /** Serves these packages alone from now on. */
  offer(packages: readonly MadePackage[]): void;
  close(): void;
}

export async function openAptMirror(directory: string): Promise<AptMirror> {
  const served = join(directory, "served");
  mkdirSync(served, { recursive: true });
  const server: Server = createServer(({ url = "/" }, response) => {
    try {
      response.end(readFileSync(join(served, new URL(url, "http://x").pathname)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    offer(packages) {
      const index = packages.map((one) => {
        const { name, bytes, control } = makePackage(directory, one);
        writeFileSync(join(served, name), bytes);
        return `${control}Filename: ./${name}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
      });
      const text = index.join("\n");
      writeFileSync(join(served, "Packages"), text);
      const sums = `SHA256:\n ${sha256(text)} ${Buffer.byteLength(text)} Packages\n`;
      writeFileSync(join(served, "Release"), `Origin: probe\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n${sums}`);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function makePackage(directory: string, { name, version, source, depends, files }: MadePackage) {
  const fields = {
    ...{ Package: name, Version: version, Architecture: "all", Maintainer: "x <x@example.org>" },
    ...(source === undefined ? {} : { Source: source }),
    ...(depends === undefined ? {} : { Depends: depends }),
    Description: "made for a test",
  };
  const control = Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join("");
  const root = join(directory, "packages", `${name}-${version}`);
  for (const [path, text] of Object.entries({ ...files, "DEBIAN/control": control })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const file = `${name}_${version}_all.deb`;
  execFileSync("dpkg-deb", ["--build", "--root-owner-group", root, join(directory, "packages", file)]);
  return { name: file, control, bytes: readFileSync(join(directory, "packages", file)) };
}

function sha256(bytes: string | Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
