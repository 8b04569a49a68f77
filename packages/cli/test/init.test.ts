import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCli } from "./run-cli.js";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dibkit-init-test-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

test("init writes a project named after its directory, and says what to do next", async () => {
  const run = await runCli(["init", "acme-web"], { cwd });
  expect(run).toEqual({
    exitCode: 0,
    stdout: [
      "wrote acme-web/package.json",
      "wrote acme-web/tsconfig.json",
      "wrote acme-web/dibkit.config.ts",
      "wrote acme-web/elements/acme-web.ts",
      "wrote acme-web/acme-web.image.ts",
      "wrote acme-web/.gitignore",
      "",
    ].join("\n"),
    stderr: "next: cd acme-web && npm install && npx dibkit lint && npx dibkit plan acme-web.image.ts\n",
  });
  expect(readFileSync(join(cwd, "acme-web/elements/acme-web.ts"), "utf8")).toContain(
    "export const acmeWeb = defineElement(",
  );
  const manifest = JSON.parse(readFileSync(join(cwd, "acme-web/package.json"), "utf8")) as { devDependencies: object };
  expect(Object.keys(manifest.devDependencies)).toContain("@dibkit/model");
});

test("init changes nothing when a file is in the way", async () => {
  await runCli(["init", "web"], { cwd });
  rmSync(join(cwd, "web/elements"), { recursive: true });
  const run = await runCli(["init", "web"], { cwd });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('"web/package.json", "web/tsconfig.json"');
  expect(run.stderr).toContain("exist already");
  expect(readdirSync(join(cwd, "web"))).not.toContain("elements");
});

test("new element adds a module to the project above", async () => {
  await runCli(["init", "web"], { cwd });
  const run = await runCli(["new", "element", "time-server"], { cwd: join(cwd, "web/elements") });
  expect(run).toEqual({ exitCode: 0, stdout: "wrote time-server.ts\n", stderr: "" });
  const text = readFileSync(join(cwd, "web/elements/time-server.ts"), "utf8");
  expect(text).toContain('export const timeServer = defineElement("time-server", {');
  expect(text).toContain("TIME_SERVER_GREETING: envDefault(");
});

test.each([
  [["new", "element", "web"], `no dibkit.config.ts in "DIR" or above it`],
  [
    ["new", "element", "Web Server"],
    `"Web Server" is not a name: use lower-case letters and digits, with "-" between words`,
  ],
  [["new", "elment", "web"], `unknown KIND "elment", expected one of "element"`],
  [["init", "--name", "a/b"], `"a/b" is not a name: use lower-case letters and digits, with "-" between words`],
])("%j is wrong usage", async (argv, message) => {
  const run = await runCli(argv, { cwd });
  expect(run.exitCode).toBe(2);
  expect(run.stderr.split("\n")[0]).toBe(`error: ${message.replace("DIR", cwd)}`);
  expect(existsSync(join(cwd, "elements"))).toBe(false);
});
