import { type ElementFile, PHASES } from "@dibkit/model";
import { hashText } from "../job/hash-text.js";
import type { HelperFile } from "../layers/script-reach.js";
import type { HooksTree } from "./hooks-tree.js";

const ASIDE = /^(README(\..*)?|test-elements|tests|__pycache__|environment\.d)(\/|$)/;

const PHASE_NAMES: ReadonlySet<string> = new Set(PHASES.map((phase) => phase.name));

/** Every file of the image's elements, as scripts may find them; hook scripts and documents are set aside. */
export function helperFiles(tree: HooksTree): readonly HelperFile[] {
  const elements = new Set([...tree.entries.values()].map((entry) => entry.element));
  return [...elements].flatMap((element) =>
    [...element.files.values()]
      .filter(({ path }) => !path.includes("__pycache__"))
      .map((file) => fileFacts(element.name, file)),
  );
}

function isHookScript(path: string): boolean {
  const [top, , ...deeper] = path.split("/");
  return PHASE_NAMES.has(top ?? "") && deeper.length === 0 && !/\/package-installs-/.test(path);
}

function fileFacts(element: string, file: ElementFile): HelperFile {
  const { path } = file;
  const base = {
    id: `${element}/${path}`,
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
    ...(ASIDE.test(path) || isHookScript(path) ? { aside: true } : {}),
  };
  if (file.kind === "symlink") return { ...base, text: file.target, hash: hashText(`link ${file.target}`) };
  if (file.kind === "directory") return { ...base, text: "", hash: hashText(`directory ${file.mode}`) };
  const binary = file.bytes.subarray(0, 8000).includes(0);
  const hash = hashText(`${(file.mode & 0o777).toString(8)} ${hashText(file.bytes)}`);
  const text = Buffer.from(file.bytes).toString("utf8");
  const runs = (file.mode & 0o111) !== 0 || (!binary && (text.startsWith("#!") || /\.(py|pm|rb)$/.test(path)));
  return { ...base, hash, ...(runs ? { runs } : {}), ...(binary ? {} : { text }) };
}
