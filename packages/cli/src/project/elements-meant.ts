import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
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
  if (missing !== undefined) {
    const isThere = existsSync(resolve(terminal.cwd, missing));
    return err({
      kind: "usage",
      message: isThere ? `no element in "${missing}"` : `"${missing}" does not exist`,
      help,
    });
  }
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
  const around = all.find(({ root }) => `${except}${sep}`.startsWith(`${root}${sep}`));
  if (around !== undefined) {
    const message = `what is written to "${relative(terminal.cwd, except)}" would be part of the element "${around.name}"`;
    return err({ kind: "usage", message, help: "name a directory outside of the element with --out" });
  }
  return all.length > 0
    ? ok(all)
    : err({ kind: "usage", message: `no element in "${directories.join('", "')}"`, help });
}

/**
 * An element that has files to install and nothing else, which cannot be told from other directories unless it is named.
 * The root of a repository, with a README of its own, is none.
 */
function isPlainElement(path: string): boolean {
  if (!["README.rst", "static", "bin"].some((name) => existsSync(join(path, name)))) return false;
  return !readdirSync(path).some((name) => OF_REPOSITORIES.test(name));
}

const OF_REPOSITORIES =
  /^(\.git|\.gitreview|\.github|\.gitlab-ci\.yml|(LICEN[CS]E|COPYING)(\..*)?|package\.json|pyproject\.toml|setup\.(py|cfg)|tox\.ini)$/;
