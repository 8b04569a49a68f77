import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { contentOf, type ImageContents } from "../image-contents.js";
import type { InstalledPackage, PackageDatabase } from "./package-database.js";

const PART = /^\/(var\/lib\/rpm|usr\/lib\/sysimage\/rpm)\/(rpmdb\.sqlite(-wal|-shm)?|Packages(\.db)?)$/;
const FORMAT = String.raw`package\t%{NAME}\t%{ARCH}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{SOURCERPM}\t%{VENDOR}\t%{LICENSE}\n[file\t%{FILENAMES}\n]`;

/**
 * Fedora's and its relatives': a database that only rpm reads, in one of three formats. It is read by this machine's rpm
 * on a copy, because rpm locks what it reads and may convert it. Without rpm on this machine nothing is known.
 */
export const rpmDatabase: PackageDatabase = {
  name: "rpm",
  urlType: "rpm",
  reader: { program: "rpm", debianPackage: "rpm", purpose: "read which packages an image of rpm's has" },
  isPart: (path) => PART.test(path),
  async read(image, commands) {
    const parts = [...image.files.keys()].filter((path) => PART.test(path) && image.files.get(path)?.type === "file");
    const directory = parts[0] === undefined ? "" : dirname(parts[0]);
    const copy = await mkdtemp(join(tmpdir(), "dibkit-rpm-"));
    try {
      for (const path of parts.filter((one) => dirname(one) === directory)) await copyPart(image, path, copy);
      const lines: string[] = [];
      await commands.run(["rpm", "--dbpath", copy, "--query", "--all", "--queryformat", FORMAT], {
        onOutput: (line, stream) => void (stream === "stdout" && lines.push(line)),
      });
      return packagesOf(lines);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  },
};

async function copyPart(image: ImageContents, path: string, to: string): Promise<void> {
  const content = image.files.get(path)?.contentPath;
  const copy = join(to, basename(path));
  if (content !== undefined) await copyFile(content, copy);
  else await writeFile(copy, (await contentOf(image, path)) ?? "");
}

function packagesOf(lines: readonly string[]): readonly InstalledPackage[] {
  const packages: (InstalledPackage & { readonly files: string[] })[] = [];
  for (const line of lines) {
    const [kind, first = "", architecture = "", version = "", ...more] = line.split("\t");
    if (kind === "package") {
      // Keys that were imported to check signatures have no architecture.
      const id = architecture === "(none)" ? first : `${first}:${architecture}`;
      const [source, supplier, licence] = more.map((value) => (value === "(none)" || value === "" ? undefined : value));
      packages.push({
        ...{ name: first, id, version, files: [] },
        ...(architecture === "(none)" ? {} : { architecture }),
        ...(source === undefined ? {} : { source: source.replace(/-[^-]+-[^-]+\.src\.rpm$/, "") }),
        ...(supplier === undefined ? {} : { supplier }),
        ...(licence === undefined ? {} : { licence }),
      });
    } else if (kind === "file") packages.at(-1)?.files.push(first);
  }
  return packages;
}
