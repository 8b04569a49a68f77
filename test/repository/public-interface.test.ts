import { expect, test } from "vitest";
import { publishedNames, type SourceFile, sourceFiles, targetOf, withoutComments } from "./source-files.js";

/**
 * How many names each package may export from its index, types included: what is exported is promised, documented and
 * kept. A new name is worth raising the number for when somebody outside the package needs it.
 */
const BUDGETS: Readonly<Record<string, number>> = {
  boot: 16,
  cli: 12,
  compile: 34,
  conform: 16,
  contents: 74,
  elements: 1,
  exec: 44,
  fleet: 25,
  lint: 72,
  model: 364,
  publish: 13,
  registry: 24,
  runner: 86,
  shell: 34,
  testing: 37,
};

const byPath = new Map(sourceFiles.map((file) => [file.path, file]));

function exportedNames(file: SourceFile | undefined): readonly string[] {
  if (file === undefined) return [];
  const text = withoutComments(file.text);
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
    list.split(",").flatMap((entry) => /(?:\bas )?(\w+)\s*$/.exec(entry.trim())?.[1] ?? []),
  );
  const declared = [
    ...text.matchAll(
      /^export (?:declare )?(?:async )?(?:abstract )?(?:const|function\*?|class|interface|type|enum) (\w+)/gm,
    ),
  ].flatMap(([, name]) => name ?? []);
  const passedOn = [...text.matchAll(/^export \* from "(\.[^"]+)"/gm)].flatMap(([, specifier = ""]) =>
    exportedNames(byPath.get(targetOf(file, specifier))),
  );
  return [...new Set([...lists, ...declared, ...passedOn])];
}

test.each(publishedNames)("%s exports no more names than its budget has", (name) => {
  const names = exportedNames(byPath.get(`packages/${name}/src/index.ts`));
  expect(names.length).toBeGreaterThan(0);
  expect(names.length, `the index of ${name} exports ${names.length} names`).toBeLessThanOrEqual(BUDGETS[name] ?? 0);
});
