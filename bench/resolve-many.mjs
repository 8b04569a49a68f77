// Resolves the sets that packages/model/test/expand-elements.py resolves with upstream's resolver; for elements.mjs.
import { readFileSync } from "node:fs";
import { loadCatalog, resolve } from "@dibkit/model/resolution";

const { path, requests } = JSON.parse(readFileSync(0, "utf8"));
const catalog = loadCatalog([path]);
const answers = requests.map((names) => {
  const resolved = resolve(catalog, names, { arch: "amd64", base: false });
  return resolved.ok ? resolved.value.elements.map(({ element }) => element.name).sort() : null;
});
process.stdout.write(JSON.stringify(answers));
