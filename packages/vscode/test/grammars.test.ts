import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Element, installedCatalog, textOf, viewsOf } from "@dibkit/model";
import { beforeAll, expect, test } from "vitest";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { contributes } from "./manifest.js";
import { repository } from "./packed-extension.js";

const extension = new URL("../", import.meta.url);
let registry: textmate.Registry;

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(readFileSync(wasm));
  registry = new textmate.Registry({
    onigLib: Promise.resolve(oniguruma),
    loadGrammar: async (scope) => {
      const path = contributes.grammars.find(({ scopeName }) => scopeName === scope)?.path ?? "";
      return textmate.parseRawGrammar(readFileSync(new URL(path, extension), "utf8"), path);
    },
  });
});

/** The words of a text that have a scope of their own, with the last of its scopes but for the suffix of all. */
async function tokens(language: string, text: string): Promise<readonly string[]> {
  const scopeName = contributes.grammars.find((one) => one.language === language)?.scopeName ?? "";
  const grammar = await registry.loadGrammar(scopeName);
  if (grammar === null) throw new Error(`there is no grammar "${scopeName}"`);
  let state = textmate.INITIAL;
  return text.split("\n").flatMap((line) => {
    const read = grammar.tokenizeLine(line, state);
    state = read.ruleStack;
    return read.tokens
      .filter(({ scopes }) => scopes.length > 1)
      .map(
        ({ startIndex, endIndex, scopes }) =>
          `${line.slice(startIndex, endIndex)} ${scopes.at(-1)?.replace(/\.dibkit$/, "")}`,
      );
  });
}

test.each<readonly [language: string, text: string, expected: readonly string[]]>([
  ["dibkit-element-list", "base\n\n  vm \n", ["base entity.name.type.element", "vm entity.name.type.element"]],
  [
    "dibkit-element-list",
    "# what it needs\npackage-installs\ntwo words",
    [
      "# what it needs invalid.illegal.comment",
      "package-installs entity.name.type.element",
      "two words invalid.illegal.name",
    ],
  ],
  [
    "dibkit-source-repository",
    "# where it comes from\nglean git /tmp/glean.git https://git.example.org/glean v1.2",
    [
      "# where it comes from comment.line.number-sign",
      "glean entity.name.section.repository",
      "git keyword.control.type",
      "/tmp/glean.git string.unquoted.destination",
      "https://git.example.org/glean markup.underline.link",
      "v1.2 constant.other.reference",
    ],
  ],
  [
    "dibkit-source-repository",
    "dracut file /tmp/dracut.tar.xz https://example.org/dracut-$DRACUT_VERSION.tar.xz",
    [
      "dracut entity.name.section.repository",
      "file keyword.control.type",
      "/tmp/dracut.tar.xz string.unquoted.destination",
      "https://example.org/dracut- markup.underline.link",
      "$DRACUT_VERSION variable.other.environment",
      ".tar.xz markup.underline.link",
    ],
  ],
  [
    "dibkit-source-repository",
    "web svn /opt/web\nnext package",
    [
      "web entity.name.section.repository",
      "svn invalid.illegal.type",
      "/opt/web string.unquoted.destination",
      "next entity.name.section.repository",
      "package keyword.control.type",
    ],
  ],
  [
    "dibkit-source-repository",
    "web ${WEB_TYPE:-git} ${WEB_PATH} git@git.example.org:web.git $WEB_REF",
    [
      "web entity.name.section.repository",
      "${WEB_TYPE:-git} variable.other.environment",
      "${WEB_PATH} variable.other.environment",
      "git@git.example.org:web.git markup.underline.link",
      "$WEB_REF variable.other.environment",
    ],
  ],
])("%s reads %j", async (language, text, expected) => {
  expect(await tokens(language, text)).toEqual(expected);
});

/** Text of a file at the top of an element; undefined where there is none. */
function textIn(element: Element, path: string): string | undefined {
  const file = element.files.get(path);
  return file?.kind === "file" ? textOf(element, file).text : undefined;
}

test("in every element in reach, upstream's too, the grammars see the names and types that the model reads", async () => {
  const { elements } = installedCatalog({ ...process.env, ELEMENTS_PATH: undefined }, [
    join(repository, "test/e2e/elements"),
  ]);
  let files = 0;
  for (const element of elements.values()) {
    const { deps, provides, sourceRepositories } = viewsOf(element);
    for (const [path, list] of [["element-deps", deps] as const, ["element-provides", provides] as const]) {
      const seen = await tokens("dibkit-element-list", textIn(element, path) ?? "");
      const kind = (comment: boolean) => (comment ? "invalid.illegal.comment" : "entity.name.type.element");
      expect(seen).toEqual(list.value.map(({ name, comment }) => `${name} ${kind(comment)}`));
      files += seen.length > 0 ? 1 : 0;
    }
    const paths = [...element.files.keys()].filter((path) => /^source-repository-[^/]*$/.test(path));
    for (const path of paths) {
      const seen = await tokens("dibkit-source-repository", textIn(element, path) ?? "");
      const lines = sourceRepositories.value.filter((one) => one.path === path);
      expect(seen.filter((token) => / (entity\.name|keyword|invalid)/.test(token))).toEqual(
        lines.flatMap(({ name, type }) => [
          `${name.value} entity.name.section.repository`,
          `${type?.value} keyword.control.type`,
        ]),
      );
      files += 1;
    }
  }
  // Those of the repository are always there.
  expect(files).toBeGreaterThan(1);
});
