import { type ElementFile, PHASES } from "@dibkit/model";
import { hashText } from "../layers/layer-key.js";
import type { HelperFile } from "../layers/script-reach.js";
import type { HooksTree } from "./hooks-tree.js";

const DOCUMENTATION = /^(README(\..*)?|test-elements|tests|__pycache__)(\/|$)/;

const PHASE_NAMES: ReadonlySet<string> = new Set(PHASES.map((phase) => phase.name));

/** Every file that scripts may read or run: all but hook scripts, environment files, tests and documentation. */
export function helperFiles(tree: HooksTree): readonly HelperFile[] {
  const elements = new Set([...tree.entries.values()].map((entry) => entry.element));
  const helpers: HelperFile[] = [];
  for (const element of elements) {
    for (const file of element.files.values()) {
      if (DOCUMENTATION.test(file.path) || isHookScript(file) || file.path.startsWith("environment.d/")) continue;
      helpers.push(helperFile(element.name, file));
    }
  }
  return helpers;
}

function isHookScript(file: ElementFile): boolean {
  const [top, , ...deeper] = file.path.split("/");
  return PHASE_NAMES.has(top ?? "") && deeper.length === 0 && !/^.*\/package-installs-/.test(file.path);
}

function helperFile(element: string, file: ElementFile): HelperFile {
  const base = { id: `${element}/${file.path}`, name: file.path.slice(file.path.lastIndexOf("/") + 1) };
  if (file.kind === "symlink") return { ...base, text: file.target, hash: hashText(`link ${file.target}`) };
  if (file.kind === "directory") return { ...base, text: "", hash: hashText(`directory ${file.mode}`) };
  const binary = file.bytes.subarray(0, 8000).includes(0);
  const hash = hashText(`${(file.mode & 0o111).toString(8)} ${hashText(file.bytes)}`);
  return binary ? { ...base, hash } : { ...base, text: Buffer.from(file.bytes).toString("utf8"), hash };
}
