import { textOf } from "../image-contents.js";
import type { InstalledPackage, PackageDatabase } from "./package-database.js";

const STATUS = "/var/lib/dpkg/status";
const LISTS = "/var/lib/dpkg/info";
const INSTALLED = "install ok installed";

/** Debian's: a file of paragraphs, and a list of paths for each package. */
export const dpkgDatabase: PackageDatabase = {
  name: "dpkg",
  urlType: "deb",
  isPart: (path) => path === STATUS || /^\/var\/lib\/dpkg\/info\/[^/]+\.list$/.test(path),
  async read(image) {
    const packages: InstalledPackage[] = [];
    for (const paragraph of ((await textOf(image, STATUS)) ?? "").split(/\n\n+/)) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1] ?? "";
      const [name, architecture, version, status] = ["Package", "Architecture", "Version", "Status"].map(field);
      const [source, supplier] = ["Source", "Maintainer"].map(field);
      if (name === undefined || name === "") continue;
      const lists = [`${LISTS}/${name}:${architecture}.list`, `${LISTS}/${name}.list`];
      const list = lists.find((path) => image.files.has(path));
      const files = list === undefined ? "" : ((await textOf(image, list)) ?? "");
      packages.push({
        name,
        id: `${name}:${architecture}`,
        version: status === INSTALLED ? `${version}` : `${version} (${status})`,
        ...(architecture ? { architecture } : {}),
        ...(source ? { source } : {}),
        ...(supplier ? { supplier } : {}),
        files: files.split("\n").filter((line) => line !== ""),
      });
    }
    return packages;
  },
};
