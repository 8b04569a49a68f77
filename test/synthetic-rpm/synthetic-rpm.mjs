// npm run synthetic-rpm -- --release fedora-32 --out DIRECTORY [--state 2] [--tree] [--serve PORT]
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { installHostPackages } from "../../scripts/setup.mjs";
import { composeTree } from "./compose-tree.mjs";
import { makeRepository } from "./make-repository.mjs";
import { prepareHost } from "./prepare-host.mjs";
import { namedRelease } from "./recipe/releases.mjs";
import { serveRepository } from "./serve-repository.mjs";

const { values } = parseArgs({
  options: {
    release: { type: "string" },
    out: { type: "string" },
    state: { type: "string", default: "1" },
    tree: { type: "boolean", default: false },
    serve: { type: "string" },
    cache: { type: "string", default: join(homedir(), ".cache/dibkit-tests/synthetic-rpm") },
  },
});
if (values.release === undefined || values.out === undefined || !/^[1-9]$/.test(values.state)) {
  console.error("usage: npm run synthetic-rpm -- --release NAME --out DIRECTORY [--state 1-9] [--tree] [--serve PORT]");
  process.exit(2);
}

const release = namedRelease(values.release);
const out = resolve(values.out);
installHostPackages(["../test/synthetic-rpm/packages.json"]);
prepareHost();
const options = { state: Number(values.state), cache: values.cache };
const count = await makeRepository(release, join(out, "repo"), options);
console.log(`${count} packages of ${release.name} in ${join(out, "repo")}`);
if (values.tree) console.log(await composeTree(release, join(out, "tree"), options));
if (values.serve !== undefined) {
  const { url, environment } = await serveRepository(out, Number(values.serve));
  console.log(`serving ${out} on ${url}; before a build:`);
  for (const [name, value] of Object.entries(environment)) console.log(`export ${name}=${value}`);
}
