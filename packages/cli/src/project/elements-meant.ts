import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { Element, Result } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import type { ProjectFailure } from "./project-failure.js";

/**
 * The elements that directories mean: each is an element, has elements below it, or is a repository with such
 * directories somewhere.
 *
 * @param except absolute directory whose elements are not meant, because they are to be written there
 */
export async function elementsMeant(
  terminal: Pick<Terminal, "cwd">,
  directories: readonly string[],
  except: string,
): Promise<Result<readonly Element[], ProjectFailure>> {
  const { discoverElements, isMeant } = await import("@dibkit/lint");
  const { err, loadCatalog, loadElement, ok } = await import("@dibkit/model");
  const discovered = discoverElements(directories.map((directory) => resolve(terminal.cwd, directory)));
  const plain = discovered.without.filter(isPlainElement);
  const missing = directories.find((directory) => {
    const path = resolve(terminal.cwd, directory);
    return discovered.without.includes(path) && !plain.includes(path);
  });
  const help = "give an element, a directory whose sub-directories are elements, or a repository with such directories";
  if (missing !== undefined) return err({ kind: "usage", message: `no element in "${missing}"`, help });
  const { elements, shadowed } = loadCatalog(discovered.directories);
  const isAsked = ({ root }: Element) => isMeant(root, discovered) && !`${root}${sep}`.startsWith(`${except}${sep}`);
  const [double] = shadowed.filter(({ element, by }) => isAsked(element) && isAsked(by));
  if (double !== undefined) {
    const { element, by } = double;
    const message = `two elements are called "${element.name}", in "${dirname(by.root)}" and in "${dirname(element.root)}"`;
    return err({ kind: "usage", message, help: "name these directories one by one, each with another --out" });
  }
  const found = [...elements.values(), ...shadowed.map(({ element }) => element)].filter(isAsked);
  const alone = plain.map((path) => loadElement(path)).flatMap((loaded) => (loaded.ok ? [loaded.value] : []));
  const all = [...found, ...alone];
  return all.length > 0
    ? ok(all)
    : err({ kind: "usage", message: `no element in "${directories.join('", "')}"`, help });
}

/** An element that has files to install and nothing else, which cannot be told from other directories unless it is named. */
function isPlainElement(path: string): boolean {
  return (
    ["README.rst", "static", "bin"].some((name) => existsSync(join(path, name))) && !existsSync(join(path, ".git"))
  );
}
