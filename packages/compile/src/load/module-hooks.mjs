// Module hooks that let Node run an author's TypeScript as it is. They are plain JavaScript because Node loads them on
// a thread of their own, where no other hook is active. Types become blanks, so every position stays what it was.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);

/** @type {{ packages: Record<string, string>, preferOwn: boolean }} */
let settings = { packages: {}, preferOwn: false };

/** @param {typeof settings} data URLs of dibkit's own packages, and whether they win over installed ones */
export function initialize(data) {
  settings = data;
}

/**
 * @template T
 * @param {string} specifier
 * @param {{ parentURL?: string | undefined }} context
 * @param {(specifier: string, context?: object) => T} next
 * @returns {T | { url: string, format: "module", shortCircuit: true }}
 */
export function resolve(specifier, context, next) {
  const asked = importedFrom(specifier);
  if (asked) return resolve(asked.name, { ...context, parentURL: asked.parent }, next);
  const parent = context.parentURL;
  const own = settings.packages[specifier];
  // Nothing is asked of Node that is known already: its own resolution takes longer than all else here.
  if (own && (settings.preferOwn || !isInstalled(specifier, parent))) return found(own);
  if (!parent?.startsWith("file:") || !/^\.{0,2}\//.test(specifier)) return next(specifier, context);
  const wanted = new URL(specifier, parent);
  const source = typescriptOf(wanted);
  if (source) source.pathname = pathToFileURL(realpathSync.native(fileURLToPath(source))).pathname;
  // What an author's module imports belongs to the same load, so a reload sees its changes too.
  const generation = new URL(parent).searchParams.get("dibkit");
  const url = source ?? wanted;
  if (generation && !url.pathname.includes("/node_modules/")) url.searchParams.set("dibkit", generation);
  return source ? found(url.href) : next(url.href, context);
}

/**
 * `dibkit-import:NAME?from=URL` means what NAME means to the module at URL, such as a package of the project's.
 * @param {string} specifier
 */
function importedFrom(specifier) {
  if (!specifier.startsWith("dibkit-import:")) return undefined;
  const url = new URL(specifier);
  return { name: decodeURIComponent(url.pathname), parent: /** @type {string} */ (url.searchParams.get("from")) };
}

/**
 * @param {string} url
 */
function found(url) {
  return /** @type {const} */ ({ url, format: "module", shortCircuit: true });
}

/**
 * @template T
 * @param {string} url
 * @param {object} context
 * @param {(url: string, context?: object) => T} next
 * @returns {T | { format: string, source: string, shortCircuit: true }}
 */
export function load(url, context, next) {
  if (!url.startsWith("file:")) return next(url, context);
  const path = fileURLToPath(url.replace(/[?#].*$/, ""));
  if (!/\.m?ts$/.test(path)) return next(url, context);
  return { format: "module", source: withoutTypes(path, readFileSync(path, "utf8")), shortCircuit: true };
}

/** @type {typeof import("@swc/wasm-typescript") | undefined} */
let loaded;

/** Loaded by the first module that needs it, while the importing thread does something else. */
function compiler() {
  loaded ??= /** @type {typeof import("@swc/wasm-typescript")} */ (require("@swc/wasm-typescript"));
  return loaded;
}

/**
 * @param {string} path
 * @param {string} text
 */
function withoutTypes(path, text) {
  try {
    return compiler().transformSync(text, { mode: "strip-only" }).code;
  } catch (error) {
    // The error crosses from the hooks' thread, which keeps only its message.
    const { message, startLine, startColumn } =
      /** @type {{ message: string, startLine?: number, startColumn: number }} */ (error);
    if (startLine === undefined) throw error;
    throw new SyntaxError(`dibkit-syntax ${path}:${startLine}:${startColumn + 1} ${message}`);
  }
}

/**
 * The TypeScript file an import of JavaScript or of no suffix means, when only that exists.
 * @param {URL} wanted
 */
function typescriptOf(wanted) {
  if (/\.m?ts$/.test(wanted.pathname)) return existsSync(wanted) ? wanted : undefined;
  if (existsSync(wanted) && /\.[a-z]+$/.test(wanted.pathname)) return undefined;
  const stem = wanted.pathname.replace(/\.(m?)js$/, "");
  const suffixes = /\.mjs$/.test(wanted.pathname) ? [".mts"] : [".ts", "/index.ts"];
  for (const suffix of suffixes) {
    const candidate = new URL(wanted);
    candidate.pathname = stem + suffix;
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

/**
 * @param {string} specifier
 * @param {string | undefined} parent
 */
function isInstalled(specifier, parent) {
  if (!parent?.startsWith("file:")) return false;
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1);
  return isInstalledAbove(dirname(fileURLToPath(parent.replace(/[?#].*$/, ""))), name.join("/"));
}

/**
 * @param {string} directory
 * @param {string} name
 * @returns {boolean}
 */
function isInstalledAbove(directory, name) {
  if (existsSync(join(directory, "node_modules", name, "package.json"))) return true;
  return directory !== dirname(directory) && isInstalledAbove(dirname(directory), name);
}
