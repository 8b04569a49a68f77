// Writes every generated file, or with --check says which are out of date. A generator is a module in scripts/gen/
// that exports `files()`: an object of repository path → content. Add one, and it is found here.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import "./source-loader.mjs";

const repository = fileURLToPath(new URL("../", import.meta.url));
const check = process.argv.includes("--check");
const folder = new URL("gen/", import.meta.url);

let outdated = 0;
let count = 0;
// Indexes first: pages are made by importing the sources that the indexes hold together.
const generators = (await readdir(folder)).filter((name) => name.endsWith(".mjs")).sort(indexesFirst);
for (const name of generators) {
  let made;
  try {
    const { files } = await import(new URL(name, folder).href);
    made = await files(repository);
  } catch (error) {
    console.error(`error: scripts/gen/${name} failed: ${error.message}`);
    process.exitCode = 1;
    continue;
  }
  for (const [path, content] of Object.entries(made)) {
    count += 1;
    const current = await readFile(`${repository}${path}`, "utf8").catch(() => undefined);
    if (current === content) continue;
    outdated += 1;
    console.log(`${check ? "out of date" : "wrote"}: ${path}`);
    if (check) continue;
    await mkdir(dirname(`${repository}${path}`), { recursive: true });
    await writeFile(`${repository}${path}`, content);
  }
}
if (check && outdated > 0) {
  console.log(`${outdated} of ${count} generated files are out of date; run "npm run gen"`);
  process.exitCode = 1;
} else console.log(`${count} generated files, ${outdated} ${check ? "out of date" : "written"}`);

function indexesFirst(a, b) {
  const rank = (name) => (name.startsWith("index-") ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
