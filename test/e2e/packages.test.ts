import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishedNames as names } from "../repository/source-files.js";
import { runProgram } from "./dibkit.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "dibkit-packages-"));
const out = join(root, "out");
afterAll(() => rmSync(root, { recursive: true }));

const published = (name: string) => (name === "cli" ? "dibkit" : `@dibkit/${name}`);
const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
const tarball = (name: string) => join(out, `${published(name).replace("@", "").replace("/", "-")}-${version}.tgz`);

async function program(argv: readonly string[], cwd: string): Promise<string> {
  const run = await runProgram(argv, { cwd });
  expect(run, run.stdout + run.stderr).toMatchObject({ exitCode: 0 });
  return run.stdout;
}

beforeAll(async () => {
  const words = ["--out", out, "--repository", "git@git.example.org:acme/dibkit.git"];
  await program(["node", join(repository, "scripts/pack-all.mjs"), ...words], repository);
});

test.each(names)("%s is packed whole, and nothing else with it", async (name) => {
  const files = (await program(["tar", "-tzf", tarball(name)], root)).trim().split("\n");
  expect(files).toContain("package/LICENSE");
  expect(files).toContain("package/README.md");
  expect(files.filter((path) => /tsbuildinfo|\/test\/|node_modules/.test(path))).toEqual([]);
  const readme = await program(["tar", "-xzOf", tarball(name), "package/README.md"], root);
  const links = [...readme.matchAll(/\]\(([^)]*)\)/g)].map(([, link]) => link ?? "");
  expect(links.filter((link) => !/^(https?:|#)/.test(link))).toEqual([]);
  for (const link of links) {
    const [, path] = /^https:\/\/git\.example\.org\/acme\/dibkit\/blob\/HEAD\/([^#]*)/.exec(link) ?? [];
    if (path !== undefined) expect(existsSync(join(repository, path)), link).toBe(true);
  }
  const described = JSON.parse(await program(["tar", "-xzOf", tarball(name), "package/package.json"], root));
  expect(described).toMatchObject({
    name: published(name),
    version,
    license: "Apache-2.0",
    keywords: expect.arrayContaining(["diskimage-builder"]),
    repository: { url: "https://git.example.org/acme/dibkit", directory: `packages/${name}` },
  });
});

test.each(names)("publint and attw have nothing to say about %s", async (name) => {
  const bytes = readFileSync(tarball(name));
  const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const { messages, pkg } = await publint({ pack: { tarball: whole }, level: "warning" });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
  if (!checked.types) throw new Error("it has no types");
  // The oldest Node that dibkit runs on takes modules with require, which the next test does.
  const problems = checked.problems.filter(({ kind }) => kind !== "CJSResolvesToESM");
  expect(problems).toEqual([]);
});

test("all of them are installed by one command into a fresh project, and work there", async () => {
  const project = join(root, "project");
  mkdirSync(project);
  const write = (path: string, text: string) => writeFileSync(join(project, path), text);
  write("package.json", '{ "name": "fresh", "private": true, "type": "module" }\n');
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier"];
  await program(["npm", "install", ...flags, ...names.map(tarball)], project);
  expect((await program(["npx", "dibkit", "--version"], project)).trim()).toContain(version);
  write("hello.ts", HELLO);
  await program(["npx", "dibkit", "compile", "hello.ts", "-o", "elements"], project);
  expect(readFileSync(join(project, "elements/hello/install.d/50-hello"), "utf8")).toContain("echo hello");
  await program(["npx", "dibkit", "lint", "elements"], project);
  // Nothing that the declarations name may be missing, so they are all checked.
  const options = ["--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "false", "--noEmit"];
  const imports = names.filter((name) => name !== "cli").map((name) => `import * as ${name} from "@dibkit/${name}";`);
  write(
    "all.ts",
    [...imports, 'import * as cli from "dibkit";', `export default { ${names.join(", ")} };`, ""].join("\n"),
  );
  await program(["npx", "tsc", ...options, "all.ts"], project);
  write("old.cjs", 'console.log(typeof require("@dibkit/model").defineElement);\n');
  expect(await program(["node", "old.cjs"], project)).toContain("function");
});

const HELLO = `import { bash, defineElement, install } from "@dibkit/model";

export const hello = defineElement("hello", {
  summary: "says hello",
  scripts: [install(50, "hello", bash\`echo hello\`)],
});
`;
