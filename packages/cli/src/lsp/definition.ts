import type { Catalog } from "@dibkit/model";
import type { Location } from "vscode-languageserver/node.js";
import { uriOfPath } from "./workspace.js";

/** From a name in `element-deps` or `element-provides` to the element: its README, or else its first file. */
export function definition(path: string, line: string, catalog: Catalog | undefined): Location | undefined {
  if (!/\/element-(deps|provides)$/.test(path)) return undefined;
  const element = catalog?.elements.get(line.trim());
  if (element === undefined) return undefined;
  const start = { line: 0, character: 0 };
  const range = { start, end: start };
  if (element.origin === "typescript") return { uri: uriOfPath(element.root), range };
  const file = element.files.has("README.rst") ? "README.rst" : [...element.files.keys()][0];
  return { uri: uriOfPath(file === undefined ? element.root : `${element.root}/${file}`), range };
}
