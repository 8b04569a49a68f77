// Lets plain Node run the TypeScript sources without a build: types are blanked out, `./x.js` finds `./x.ts`,
// `@dibkit/NAME` is that package's source. Used by the generators: node --import ./scripts/source-loader.mjs FILE.ts
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";

const repository = new URL("../", import.meta.url);

export async function resolve(specifier, context, next) {
  const workspace = /^@dibkit\/([a-z]+)(?:\/(.+))?$/.exec(specifier);
  if (workspace) {
    const [, name, part] = workspace;
    const { exports } = JSON.parse(await readFile(new URL(`packages/${name}/package.json`, repository), "utf8"));
    const built = exports[part === undefined ? "." : `./${part}`]?.default;
    const source = built?.replace(/^\.\/dist\//, "src/").replace(/\.js$/, ".ts");
    if (source !== undefined) return next(new URL(`packages/${name}/${source}`, repository).href, context);
  }
  const fromSource = context.parentURL?.endsWith(".ts") && /^\.{1,2}\/.*\.js$/.test(specifier);
  return next(fromSource ? specifier.replace(/\.js$/, ".ts") : specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const { default: blank } = await import("ts-blank-space");
  const source = blank(await readFile(fileURLToPath(url), "utf8"));
  return { format: "module", source: `${source}\n//# sourceURL=${url}`, shortCircuit: true };
}

// The module is both the registration (main thread) and the hooks (loader thread).
const registered = Symbol.for("dibkit.source-loader");
if (!process.env.DIBKIT_NO_SOURCE_LOADER && !globalThis[registered] && import.meta.url.indexOf("?hooks") === -1) {
  globalThis[registered] = true;
  register(`${import.meta.url}?hooks`);
}
