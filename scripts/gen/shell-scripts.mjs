// Modules with the text of Bash scripts: every packages/NAME/src/**/X.sh gives X-sh.ts beside it, so that scripts are
// files that can be read, linted and run, and need not be found on the disk of whoever uses a package or its bundle.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export async function files(repository) {
  const made = {};
  for (const name of await readdir(join(repository, "packages"))) {
    const folder = join(repository, "packages", name, "src");
    for (const path of await readdir(folder, { recursive: true }).catch(() => [])) {
      if (!path.endsWith(".sh")) continue;
      const text = await readFile(join(folder, path), "utf8");
      const constant = `${path.split("/").at(-1).slice(0, -3).replaceAll("-", "_").toUpperCase()}_SCRIPT`;
      const lines = text
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => `  ${literal(line)},`);
      made[`packages/${name}/src/${path.slice(0, -3)}-sh.ts`] = [
        `// Generated from ${path.split("/").at(-1)} by "npm run gen"; edit that file.`,
        `export const ${constant}: string = [`,
        ...lines,
        '  "",',
        '].join("\\n");',
        "",
      ].join("\n");
    }
  }
  return made;
}

/** A string as the formatter wants it: in the quotes that need fewer escapes. */
function literal(text) {
  const count = (quote) => text.split(quote).length - 1;
  if (count('"') <= count("'")) return JSON.stringify(text);
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
