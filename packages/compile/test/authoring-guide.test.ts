import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compileProject } from "../src/compile-project.js";
import { project } from "./project.js";

const guide = readFileSync(fileURLToPath(new URL("../../../docs/authoring.md", import.meta.url)), "utf8");

/** Modules of the guide by the file name in their first line, and its package.json. */
function modules(): Readonly<Record<string, string>> {
  const found = [...guide.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, name, text]) => [name, text] as const);
  const manifest = /```json\n(.*?)```/s.exec(guide)?.[1] as string;
  return Object.fromEntries([...found, ["package.json", manifest]]);
}

test("the guide's modules compile, as a package and as its user", async () => {
  const { "shop.ts": shop, "web.test.ts": tests, "agent.ts": agent, ...published } = modules();
  expect(Object.keys(published)).toEqual(["web.ts", "index.ts", "package.json"]);
  expect(tests).toContain("runScript");
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
    "\ncp -r /usr/share/shop /srv/web/shop\n",
  );
});
