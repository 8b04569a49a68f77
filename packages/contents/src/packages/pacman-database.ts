import { textOf } from "../image-contents.js";
import type { InstalledPackage, PackageDatabase } from "./package-database.js";

const DESCRIPTION = /^\/var\/lib\/pacman\/local\/[^/]+\/desc$/;

/** Arch's: a directory for each package, with files of `%SECTION%` and the lines that belong to it. */
export const pacmanDatabase: PackageDatabase = {
  name: "pacman",
  urlType: "alpm",
  isPart: (path) => /^\/var\/lib\/pacman\/local\/[^/]+\/(desc|files)$/.test(path),
  async read(image) {
    const packages: InstalledPackage[] = [];
    for (const path of image.files.keys()) {
      if (!DESCRIPTION.test(path)) continue;
      const lines = sections((await textOf(image, path)) ?? "");
      const files = sections((await textOf(image, path.replace(/desc$/, "files"))) ?? "").get("FILES") ?? [];
      const [name = "", version = "", architecture = ""] = ["NAME", "VERSION", "ARCH"].map(
        (section) => lines.get(section)?.[0],
      );
      if (name === "") continue;
      const [source, supplier] = ["BASE", "PACKAGER"].map((section) => lines.get(section)?.[0]);
      const licence = lines.get("LICENSE")?.join(" AND ");
      packages.push({
        ...{ name, id: `${name}:${architecture}`, version, files: files.map((file) => `/${file}`) },
        ...(architecture ? { architecture } : {}),
        ...(source ? { source } : {}),
        ...(supplier ? { supplier } : {}),
        ...(licence ? { licence } : {}),
      });
    }
    return packages;
  },
};

function sections(text: string): ReadonlyMap<string, readonly string[]> {
  const parts = text.split(/^%(\w+)%$/m).slice(1);
  const pairs = parts.flatMap((part, at) =>
    at % 2 === 0 ? [[part, (parts[at + 1] ?? "").trim().split("\n")] as const] : [],
  );
  return new Map(pairs);
}
