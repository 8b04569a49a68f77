// Modules with the text of scripts, so that these are files that can be read, linted, type-checked and run, and need not be
// found on the disk of whoever uses a package or its bundle: every packages/NAME/src/**/X.sh (Bash) gives X-sh.ts beside it,
// every X.page.js (of a page in a browser) X-page-js.ts.
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

export async function files(repository) {
  const made = {};
  for (const name of await readdir(join(repository, "packages"))) {
    const folder = join(repository, "packages", name, "src");
    for (const path of await readdir(folder, { recursive: true }).catch(() => [])) {
      const [, stem, kind] = /^(.*?)\.(sh|page\.js)$/.exec(path) ?? [];
      if (stem === undefined) continue;
      const words = kind === "sh" ? basename(stem) : `${basename(stem)}-page`;
      const written = await readFile(join(folder, path), "utf8");
      // Types are for who edits the script, not for who looks at the page.
      const text =
        kind === "sh" ? written : written.replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, "").replace(/\/\*\*.*?\*\/ /g, "");
      const lines = text
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => `  ${literal(line)},`);
      made[`packages/${name}/src/${stem}-${kind.replace(".", "-")}.ts`] = [
        `// Generated from ${basename(path)} by "npm run gen"; edit that file.`,
        `export const ${words.replaceAll("-", "_").toUpperCase()}_SCRIPT: string = [`,
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
