import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compileProject } from "../src/compile-project.js";
import { project } from "./project.js";

const guide = readFileSync(fileURLToPath(new URL("../../../docs/authoring.md", import.meta.url)), "utf8");

/** Modules of the guide by the file name in their first line. */
function modules(): Readonly<Record<string, string>> {
  const found = [...guide.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, name, text]) => [name, text] as const);
  return Object.fromEntries(found);
}

test("the guide's modules compile, as a package of TypeScript and as its user", async () => {
  const {
    "shop.ts": shop,
    "web.test.ts": tests,
    "shop.test.ts": _,
    "agent.ts": agent,
    ...modulesOfPackage
  } = modules();
  expect(Object.keys(modulesOfPackage)).toEqual(["web.ts", "index.ts"]);
  expect(tests).toContain("runScript");
  const manifest = '{ "name": "acme-elements", "version": "1.0.0", "type": "module", "exports": "./index.ts" }';
  const published = { ...modulesOfPackage, "package.json": manifest };
  const page = { "web/static/srv/web/index.html": "<h1>hi</h1>\n" };
  const files = Object.entries({ ...published, ...page }).map(([path, text]) => [
    `node_modules/acme-elements/${path}`,
    text,
  ]);
  const cwd = project({
    "package.json": '{ "type": "module" }',
    "shop.ts": shop as string,
    "agent.ts": agent as string,
    ...Object.fromEntries(files),
  });
  const report = await compileProject({ entries: ["shop.ts", "agent.ts"], outDir: "elements", cwd });
  expect(report.diagnostics.map(({ message }) => message)).toEqual([]);
  expect(report.loaded.elements.map(({ name }) => name)).toEqual(["acme-agent", "acme-site-shop", "acme-web"]);
  const [agentElement] = report.loaded.elements;
  expect([...(agentElement?.files.keys() ?? [])]).toEqual([
    "README.rst",
    "bin/acme-version",
    "element-deps",
    "init-scripts/systemd/acme-agent.service",
    "install.d/acme-agent-source-install/60-acme-agent",
    "package-installs.yaml",
    "pkg-map",
    "source-repository-acme-agent",
    "svc-map",
    "test-elements/builds/element-deps",
  ]);
  expect(readFileSync(join(cwd, "elements/acme-web/post-install.d/50-acme-web"), "utf8")).toContain(
    "\nserver { listen ${ACME_PORT}; root /srv/web; }\n",
  );
  expect(readFileSync(join(cwd, "elements/acme-site-shop/install.d/60-site-shop"), "utf8")).toContain(
    "\ncp -r /usr/share/nginx/html /srv/web/shop\n",
  );
});
