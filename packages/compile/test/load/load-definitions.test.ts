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
    expect(where("element-deps", "vm")).toBe("7: de");
    expect(where("environment.d/50-acme-web", "export")).toBe("8: ACME_P");
  });
});
