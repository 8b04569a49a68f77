import type { Project as MorphProject } from "ts-morph";
import { broken, importsOf } from "./code.js";

/** One constant of a generated module, defined by one call. */
export interface ModuleContent {
  readonly identifier: string;
  /** `defineElement` or `elementRef`. */
  readonly callee: string;
  readonly name: string;
  readonly argument: Readonly<Record<string, unknown>>;
  /** Sentence above the constant. */
  readonly comment: string | undefined;
  /** Constants of other modules, by module specifier. */
  readonly uses: ReadonlyMap<string, string>;
}

/** Text of a module, written with ts-morph. */
export function moduleSource(project: MorphProject, path: string, content: ModuleContent): string {
  const source = project.createSourceFile(path, "", { overwrite: true });
  const names = [...new Set([content.callee, ...importsOf(content.argument)])].sort(
    (a, b) => a.toLowerCase().localeCompare(b.toLowerCase()) || a.localeCompare(b),
  );
  source.addImportDeclaration({ moduleSpecifier: "@dibkit/model", namedImports: names });
  for (const [specifier, name] of [...content.uses].sort(([a], [b]) => (a < b ? -1 : 1)))
    source.addImportDeclaration({ moduleSpecifier: specifier, namedImports: [name] });
  const argument = Object.keys(content.argument).length === 0 ? "" : `, ${broken(content.argument, 0)}`;
  const comment = content.comment ? `/** ${content.comment} */\n` : "";
  const value = `${content.callee}(${JSON.stringify(content.name)}${argument})`;
  source.addStatements(`\n${comment}export const ${content.identifier} = ${value};`);
  const text = source.getFullText();
  project.removeSourceFile(source);
  return brokenImports(text);
}

/** An import that does not fit on a line has one name on each, as formatters break it. */
function brokenImports(text: string): string {
  return text.replace(/^import \{ (.*) \} from (.*);$/gm, (line, names: string, from: string) =>
    line.length <= 120 ? line : `import {\n  ${names.split(", ").join(",\n  ")},\n} from ${from};`,
  );
}
