// Makes a few files of the commands that people wait for, and of the process that builds run in, with what they stand on:
// finding and reading 300 small ones takes longer than a large tree takes to lint. Part of `npm run build`; the bundle is
// used only while it is not older than what was compiled (packages/cli/src/from-bundle.ts), so whoever runs `tsc -b` alone
// gets the modules.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { BUNDLED, COMPILED } from "../packages/cli/dist/from-bundle.js";
import { licences } from "./bundle-licences.mjs";

const repository = fileURLToPath(new URL("../", import.meta.url));
const directory = join(repository, "packages/cli/bundle");
const compiled = (path) => join(repository, "packages", path);

// The worker runs when it is loaded, so it shares no file with the commands: a bundler that put something they need into
// its file would have every command run it.
const parts = [
  {
    input: {
      main: compiled("cli/dist/main.js"),
      ...Object.fromEntries([...BUNDLED].map((name) => [name, compiled(`cli/dist/commands/${name}.js`)])),
      "image-create": compiled("cli/dist/image-create/image-create.js"),
    },
    chunkFileNames: "[name].js",
  },
  // Beside what starts it, which finds it by its place.
  { input: { worker: compiled("runner/dist/run/worker.js") }, chunkFileNames: "worker-[name].js" },
  { input: { "loopback-process": compiled("exec/dist/loopback-process.js") }, chunkFileNames: "loopback-[name].js" },
];

// Written beside it and put in its place when whole, as somebody may be linting.
const fresh = `${directory}.new`;
rmSync(fresh, { recursive: true, force: true });
const modules = [];
for (const { input, chunkFileNames } of parts) {
  const bundle = await rolldown({
    input,
    platform: "node",
    // jsonc-parser's other form hides what it requires.
    resolve: { mainFields: ["module", "main"] },
    // What compiles TypeScript, and the terminal of a booting machine, are loaded when they are needed and find their own
    // files by their place.
    external: [/^node:/, "@dibkit/compile", "web-tree-sitter", "@xterm/headless", "@cyclonedx/cyclonedx-library"],
  });
  // Node reads every character before the first line runs; names stay, so that the report of a bug can be read.
  const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } };
  const { output } = await bundle.write({ dir: fresh, format: "esm", chunkFileNames, cleanDir: false, minify });
  modules.push(...output.flatMap((chunk) => chunk.moduleIds ?? []));
}
const packages = new Set(modules.flatMap((id) => /\/packages\/([^/]+)\/dist\//.exec(id)?.[1] ?? []));
const unknown = [...packages].filter((name) => !COMPILED.includes(name));
const gone = COMPILED.filter((name) => !packages.has(name));
if (unknown.length + gone.length > 0)
  throw new Error(
    `COMPILED of from-bundle.ts lacks ${unknown.join(", ") || "nothing"} and has too many: ${gone.join(", ")}`,
  );
writeFileSync(join(fresh, "LICENSES.txt"), licences(modules));
rmSync(directory, { recursive: true, force: true });
renameSync(fresh, directory);
