import { type ImageContents, textOf } from "./image-contents.js";
import { readPackages } from "./read/read-packages.js";

const LIST = /^\/var\/lib\/dpkg\/info\/([^/]+?)(?::[^/]+)?\.list$/;

/** Which Debian package each path belongs to, according to the image's own dpkg database. Other databases: none. */
export async function packageOwners(image: ImageContents): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  for (const path of image.files.keys()) {
    const name = LIST.exec(path)?.[1];
    if (name === undefined) continue;
    for (const line of ((await textOf(image, path)) ?? "").split("\n")) {
      const listed = merged(image, line);
      if (image.files.has(listed) && image.files.get(listed)?.type !== "directory") owners.set(listed, name);
    }
  }
  return owners;
}

/** With merged /usr a package may list a file under its old place: `/lib/x` for `/usr/lib/x`. */
function merged(image: ImageContents, path: string): string {
  const [, first = "", rest = ""] = /^(\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  const top = image.files.get(first);
  return top?.type === "symlink" && rest !== "" ? `/${(top.target ?? "").replace(/^\//, "")}${rest}` : path;
}

/** Versions of the installed packages by `NAME:ARCH`; packages of which only configuration is left say so. */
export async function installedPackages(image: ImageContents): Promise<ReadonlyMap<string, string>> {
  const packages = readPackages((await textOf(image, "/var/lib/dpkg/status")) ?? "");
  return new Map([...packages].map(([name, value]) => [name, value.replace(" (install ok installed)", "")]));
}
