import { positionAt, type RegularFile, textOf } from "@dibkit/model";
import { describe, expect, test } from "vitest";
import { loadDefinitions } from "../../src/load/load-definitions.js";
import { project } from "../project.js";

const MODULE = `import { bash, defineElement, elementRef, envDefault, install } from "@dibkit/model";
import { port } from "./port.js";

const dir: string = "/etc/acme web";
export const web = defineElement("acme-web", {
  summary: "a web server",
  deps: [elementRef("vm"), elementRef("base")],
  environment: { ACME_PORT: envDefault(port, "the port") },
  packages: {
    nginx: {},
    curl: { when: "ACME_PORT=80" },
  },
  scripts: [
    install(50, "acme", bash\`
      mkdir -p \${dir}
      if true; then
          echo \\\${ACME_PORT} >> \${dir}/port
      fi
    \`),
  ],
});
`;

describe("loadDefinitions", () => {
  test("runs TypeScript and gives elements", async () => {
    const directory = project({ "web.ts": MODULE, "port.ts": "export const port: number = 80;\n" });
    const loaded = await loadDefinitions(["web.ts"], { cwd: directory });
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.elements.map((element) => element.name)).toEqual(["acme-web"]);
    const files = loaded.elements[0]!.files;
    const text = (path: string) => textOf(loaded.elements[0]!, files.get(path) as RegularFile).text;
    expect([...files.keys()]).toEqual([
      "README.rst",
      "element-deps",
      "environment.d/50-acme-web",
      "install.d/50-acme",
      "package-installs.yaml",
    ]);
    expect(text("element-deps")).toBe("base\nvm\n");
    expect(text("environment.d/50-acme-web")).toBe("export ACME_PORT=${ACME_PORT:-80}\n");
    expect(text("package-installs.yaml")).toBe("nginx:\ncurl:\n  when: ACME_PORT=80\n");
    expect(text("install.d/50-acme")).toBe(`#!/bin/bash

if [ "\${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then
    set -x
fi
set -eu
set -o pipefail

mkdir -p '/etc/acme web'
if true; then
    echo \${ACME_PORT} >> '/etc/acme web'/port
fi
`);
  });

  test.each([
    [
      "a throw",
      "a.ts",
      "export const x = 1;\nthrow new Error('no luck');\n",
      "a.ts:2:7 the module cannot be run: no luck",
    ],
    ["in an imported module", "a.ts", 'import "./b.ts";\n', "b.ts:2:33 the module cannot be run: TypeError: null.x"],
    [
      "a missing module",
      "a.ts",
      'const x = 1;\nimport "./nope.js";\n',
      "a.ts:2:1 the module cannot be run: Cannot find module",
    ],
    [
      "an enum",
      "a.ts",
      "\n  enum A { x }\n",
      "a.ts:2:3 the module cannot be run: TypeScript enum is not supported in strip-only mode",
    ],
    ["broken syntax", "a.ts", "const a = ;\n", "a.ts:1:11 the module cannot be run: Expression expected"],
    [
      "a definition",
      "a.ts",
      'import { install } from "@dibkit/model";\nconst n: number = 100;\ninstall(n, "x", "");\n',
      "a.ts:3:1 priority 100 is outside 0 to 99",
    ],
    [
      "a missing file",
      "a.ts",
      'import { defineElement, fromFile } from "@dibkit/model";\nexport default defineElement("a", {\n  readme: fromFile("nope") });\n',
      "a.ts:3:11 fromFile finds no file",
    ],
    [
      "a variable the shell cannot have",
      "a.ts",
      'import { defineElement, envDefault } from "@dibkit/model";\nexport const a = defineElement("a", { summary: "a", environment: { "MY-PORT": envDefault(1) } });\n',
      'a.ts:2:18 "MY-PORT" cannot be the name of a variable',
    ],
    [
      "a missing export",
      "a.ts",
      'import { port } from "./c.ts";\nexport const x = port;\n',
      "a.ts:1:1 the module cannot be run: SyntaxError: The requested module './c.ts' does not provide an export named 'port'",
    ],
  ])("trouble is shown at the author's line: %s", async (_, path, text, expected) => {
    const directory = project({
      [path]: text,
      "b.ts": "const n: { x: number } | null = null;\n(n as unknown as { x(): void }).x();\n",
      "c.ts": "export {};\n",
    });
    const { diagnostics } = await loadDefinitions([path], { cwd: directory });
    const said = diagnostics.map(({ message, location }) => {
      const { line, column } = positionAt(location!.source, location!.start);
      return `${location!.source.path.slice(directory.length + 1)}:${line}:${column} ${message}`;
    });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(expected.replace("null.x", "Cannot read properties of null"));
  });

  test("an element from an npm package brings its files and its dependencies along", async () => {
    const directory = project({
      "node_modules/acme-elements/package.json":
        '{ "name": "acme-elements", "type": "module", "exports": "./index.js" }',
      "node_modules/acme-elements/index.js": `import { defineElement, fromFile, install } from "@dibkit/model";
const base = defineElement("acme-base", { summary: "base" });
export const acme = defineElement("acme", { summary: "acme", deps: [base], scripts: [install(10, "acme", fromFile("./acme.sh"))] });
`,
      "node_modules/acme-elements/acme.sh": "#!/bin/bash\n",
      "a.ts": `import { acme } from "acme-elements";
import { defineElement, defineImage } from "@dibkit/model";
const web = defineElement("web", { summary: "web", deps: [acme] });
export default defineImage({ name: "image", elements: [web] });
`,
    });
    const loaded = await loadDefinitions(["a.ts"], { cwd: directory });
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.images.map(({ name }) => name)).toEqual(["image"]);
    expect(loaded.elements.map(({ name }) => name)).toEqual(["acme", "acme-base", "web"]);
    expect([...loaded.elements[0]!.files.keys()]).toContain("install.d/10-acme");
  });

  test("a configuration brings the modules it names", async () => {
    const directory = project({
      "dibkit.config.ts": `import { defineConfig } from "@dibkit/model";
export default defineConfig({ elements: ["elements/*.ts"], rules: { "hook-name": "off" } });
`,
      "elements/a.ts":
        'import { defineElement } from "@dibkit/model";\nexport default [defineElement("a", { summary: "a" })];\n',
      "elements/a.test.ts": "throw new Error('tests are no definitions');\n",
    });
    const loaded = await loadDefinitions(["dibkit.config.ts"], { cwd: directory });
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.elements.map(({ name }) => name)).toEqual(["a"]);
    expect(loaded.config?.rules).toEqual({ "hook-name": "off" });
    expect(loaded.configPath).toBe(`${directory}/dibkit.config.ts`);
  });

  test("a configuration that is none is told, instead of being left out", async () => {
    const directory = project({ "dibkit.config.ts": "export default { elements: [] };\n" });
    const { config, diagnostics } = await loadDefinitions(["dibkit.config.ts"], { cwd: directory });
    expect(config).toBeUndefined();
    expect(diagnostics).toMatchObject([
      {
        code: "compile/no-configuration",
        severity: "error",
        message: "dibkit.config.ts exports no configuration",
        location: { source: { path: `${directory}/dibkit.config.ts` } },
      },
    ]);
  });

  test("every generated range points to the author's text", async () => {
    const directory = project({ "web.ts": MODULE, "port.ts": "export const port: number = 80;\n" });
    const loaded = await loadDefinitions(["web.ts"], { cwd: directory });
    const element = loaded.elements[0]!;
    const where = (path: string, needle: string) => {
      const file = element.files.get(path) as RegularFile;
      const offset = textOf(element, file).text.indexOf(needle);
      if (file.origin.kind !== "typescript") throw new Error(path);
      const span = file.origin.spans().find((each) => each.start <= offset && offset < each.end)!;
      const from = Math.min(span.sourceStart + offset - span.start, span.sourceEnd - 1);
      const { line } = positionAt(span.source, from);
      return `${line}: ${span.source.text.slice(from, Math.min(span.sourceEnd, from + needle.length))}`;
    };
    expect(where("install.d/50-acme", "mkdir -p")).toBe("15: mkdir -p");
    expect(where("install.d/50-acme", "'/etc")).toBe("15: ${dir");
    expect(where("install.d/50-acme", "${ACME_PORT}")).toBe("17: ${ACME_PORT}");
    expect(where("install.d/50-acme", "/port")).toBe("17: /port");
    expect(where("install.d/50-acme", "#!/bin/bash")).toBe("14: install(50");
    expect(where("package-installs.yaml", "curl")).toBe("11: curl");
    expect(where("element-deps", "vm")).toBe("7: el");
    expect(where("environment.d/50-acme-web", "export")).toBe("8: ACME_P");
  });
});
