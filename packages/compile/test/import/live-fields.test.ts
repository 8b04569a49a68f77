import {
  type Element,
  type ElementDefinition,
  type ElementFile,
  type ElementSpec,
  elementOf,
  environmentStatements,
  isDefinitionError,
  loadCatalog,
  parseJson,
  parseYaml,
  plainData,
  textOf,
  upstreamInstallation,
  viewsOf,
} from "@dibkit/model";
import { expect, test } from "vitest";
import { fingerprint } from "../../src/emit/manifest.js";
import { importElements } from "../../src/import/import-elements.js";
import { loadDefinitions } from "../../src/load/load-definitions.js";
import { project } from "../project.js";
import { fieldEdits } from "./field-edits.js";

const upstream = upstreamInstallation(process.env);

test.runIf(upstream)(
  "every edit of every field of every upstream element changes what is compiled, and to that",
  async () => {
    const elements = [...loadCatalog([upstream!.elements]).elements.values()];
    const report = await importElements({ elements, outDir: project({}), verify: false });
    const { definitions } = await loadDefinitions(report.modules);
    const dead: string[] = [];
    const refused: string[] = [];
    for (const definition of definitions) {
      const compiled = (spec: ElementSpec) => elementOf({ ...definition, spec } as ElementDefinition);
      const unedited = new Map<ElementSpec, string>();
      for (const { what, before, after } of fieldEdits(definition.spec)) {
        const label = `${definition.name}: ${what}`;
        try {
          const edited = compiled(after);
          if (!unedited.has(before)) unedited.set(before, prints(compiled(before)));
          if (prints(edited) === unedited.get(before)) dead.push(label);
          const { layout, ...bare } = after;
          if (layout !== undefined) expect(meaning(edited), label).toEqual(meaning(compiled(bare)));
        } catch (error) {
          if (!isDefinitionError(error)) throw error;
          // Of a line of words only the last may go.
          if (/\.(destination|location) without$/.test(what)) continue;
          refused.push(`${label}: ${error.message}`);
        }
      }
    }
    expect({ dead, refused }).toEqual({ dead: [], refused: [] });
  },
);

/** What every file is, without reading those that are taken as they are. */
function prints({ files }: Element): string {
  const print = (file: ElementFile) => (file.origin.kind === "disk" ? file.origin.path : fingerprint(file));
  return [...files.values()].map((file) => `${file.path} ${print(file)}`).join("\n");
}

const DATA = /^(package-installs\.yaml|svc-map|pkg-map|block-device-.*\.yaml)$/;

/** What the control files of an element say, however they are laid out. */
function meaning(element: Element) {
  const views = viewsOf(element);
  const generated = [...element.files.values()].filter((file) => file.kind === "file" && file.origin.kind !== "disk");
  return {
    deps: new Set(views.deps.value.map(({ name }) => name)),
    provides: new Set(views.provides.value.map(({ name }) => name)),
    data: generated.flatMap((file) => {
      if (file.kind !== "file" || !DATA.test(file.path)) return [];
      const { root } = (file.path === "pkg-map" ? parseJson : parseYaml)(element, file);
      // An entry of package-installs without fields is written in two ways.
      return [[file.path, JSON.parse(JSON.stringify(root && plainData(root)).replaceAll("{}", "null"))]];
    }),
    environment: generated.flatMap((file) => {
      if (file.kind !== "file" || !file.path.startsWith("environment.d/")) return [];
      const statements = environmentStatements(textOf(element, file).text);
      return [[file.path, new Set(statements.map((statement) => `${statement.name} ${statement.meaning}`))]];
    }),
    repositories: views.sourceRepositories.value.map((repository) =>
      (["name", "type", "destination", "url", "ref"] as const).map((word) => repository[word]?.value),
    ),
    summary: views.readme.value?.summary,
  };
}
