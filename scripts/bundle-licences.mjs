import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The licences of the packages of others that are part of a bundle.
 *
 * @param {readonly string[]} modules absolute paths of what the bundle was made of
 */
export function licences(modules) {
  const roots = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
  return [...roots]
    .sort()
    .map((root) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
      const files = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "License.txt"];
      const file = files.map((one) => join(root, one)).find(existsSync);
      return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(file, "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
