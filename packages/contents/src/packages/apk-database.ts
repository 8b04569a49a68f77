import { textOf } from "../image-contents.js";
import type { InstalledPackage, PackageDatabase } from "./package-database.js";

const DATABASES = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

/** Alpine's: one file, a paragraph for each package, with `F:DIRECTORY` and the `R:FILE` in it. */
export const apkDatabase: PackageDatabase = {
  name: "apk",
  urlType: "apk",
  isPart: (path) => DATABASES.includes(path),
  async read(image) {
    const path = DATABASES.find((path) => image.files.has(path)) ?? "";
    return ((await textOf(image, path)) ?? "").split(/\n\n+/).flatMap(packageOf);
  },
};

function packageOf(paragraph: string): readonly InstalledPackage[] {
  const fields = paragraph.split("\n").map((line) => [line.slice(0, 1), line.slice(2)] as const);
  const field = (letter: string) => fields.find(([key]) => key === letter)?.[1] ?? "";
  if (field("P") === "") return [];
  const files: string[] = [];
  let directory = "";
  for (const [key, value] of fields) {
    if (key === "F") directory = value;
    if (key === "R") files.push(`/${directory === "" ? "" : `${directory}/`}${value}`);
  }
  return [
    {
      ...{ name: field("P"), id: `${field("P")}:${field("A")}`, version: field("V"), files },
      ...(field("A") === "" ? {} : { architecture: field("A") }),
      ...(field("o") === "" ? {} : { source: field("o") }),
      ...(field("m") === "" ? {} : { supplier: field("m") }),
      ...(field("L") === "" ? {} : { licence: field("L") }),
    },
  ];
}
