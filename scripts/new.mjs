// npm run new -- rule|format|element|command NAME: writes a unit and its test, then the generated indexes.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import "./source-loader.mjs";
import { repository, run } from "./setup.mjs";

const kinds = ["rule", "format", "element", "command"];
const [kind, name] = process.argv.slice(2);
if (!kinds.includes(kind) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name ?? "")) {
  console.error(`usage: npm run new -- ${kinds.join("|")} NAME\n       NAME in lower case, with "-" between words`);
  process.exit(2);
}
const { files } = await import(`./new/${kind}.mjs`);
const { version } = JSON.parse(readFileSync(`${repository}packages/cli/package.json`, "utf8"));
const written = Object.entries(await files(name, { repository, version }));
const existing = written.filter(([path]) => existsSync(`${repository}${path}`));
if (existing.length > 0) {
  console.error(`error: "${existing[0][0]}" exists already; choose another name`);
  process.exit(2);
}
for (const [path, content] of written) {
  mkdirSync(dirname(`${repository}${path}`), { recursive: true });
  writeFileSync(`${repository}${path}`, content);
  console.log(`wrote ${path}`);
}
run(process.execPath, ["scripts/gen.mjs"]);
