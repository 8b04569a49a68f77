import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishedNames, repository } from "../repository/source-files.js";
import { type ProgramRun, runProgram } from "./dibkit.js";
import { type NpmRegistry, openNpmRegistry } from "./npm-registry.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-release-"));
const checkout = join(root, "checkout");
let registry: NpmRegistry;
afterAll(async () => {
  await registry?.stop();
  rmSync(root, { recursive: true });
});

const VERSION = "0.7.0";

function release(...words: readonly string[]): Promise<ProgramRun> {
  return releaseWith({}, ...words);
}

function releaseWith(env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<ProgramRun> {
  const registryWords = ["--registry", registry.url];
  const argv = ["npm", "run", "--silent", "release", "--", ...words, ...registryWords];
  return runProgram(argv, { cwd: checkout, env: { ...registry.env, ...env } });
}

async function done(argv: readonly string[], cwd: string): Promise<string> {
  const run = await runProgram(argv, { cwd, env: registry?.env });
  expect(run, run.stdout + run.stderr).toMatchObject({ exitCode: 0 });
  return run.stdout.trim();
}

const git = (...words: readonly string[]) => done(["git", ...words], checkout);
const state = async () => [await git("rev-parse", "HEAD"), await git("status", "--porcelain"), await git("tag")];

/** The repository as it is here, compiled, with a history and an origin of its own. */
beforeAll(async () => {
  mkdirSync(checkout);
  // With the times of the files, so that what is compiled is seen to be current.
  const copy =
    '{ git ls-files -z --cached --others --exclude-standard; printf "%s\\0" "${@:2}"; } |' +
    ' tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory="$1"';
  const compiled = [...publishedNames.map((name) => `packages/${name}/dist`), "packages/cli/bundle"];
  await done(["bash", "-o", "pipefail", "-c", copy, "copy", checkout, ...compiled], repository);
  const modules = join(checkout, "node_modules");
  mkdirSync(join(modules, "@dibkit"), { recursive: true });
  for (const name of readdirSync(join(repository, "node_modules"))) {
    if (!["@dibkit", "dibkit", "dibkit-vscode"].includes(name))
      symlinkSync(join(repository, "node_modules", name), join(modules, name));
  }
  for (const name of publishedNames) {
    symlinkSync(join(checkout, "packages", name), join(modules, name === "cli" ? "dibkit" : `@dibkit/${name}`));
  }
  // It is compiled already. The checks are those of every change and take minutes; here it is whether they are asked.
  const manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  manifest.scripts.build = "test -d packages/cli/bundle";
  manifest.scripts["release:check"] = "test ! -e node_modules/check-fails";
  writeFileSync(join(checkout, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await git("init", "--quiet", "--initial-branch", "main");
  await git("config", "user.name", "Test");
  await git("config", "user.email", "test@example.org");
  await git("remote", "add", "origin", "git@git.example.org:acme/dibkit.git");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "Begin");
  // One package in the middle of the order is refused, as by a registry where it belongs to somebody else.
  registry = await openNpmRegistry(join(root, "registry"), { refused: ["@dibkit/lint"] });
});

test("what is wrong is said at once, and nothing has changed", async () => {
  const before = await state();
  expect(await release("often")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('"often" is no version'),
  });
  const changes = readFileSync(join(checkout, "CHANGELOG.md"), "utf8");
  writeFileSync(
    join(checkout, "CHANGELOG.md"),
    "# Changelog\n\n## [Unreleased]\n\n### Added\n\n## [0.0.9] - 2026-01-01\n",
  );
  const { exitCode, stderr } = await release("0.0.9", "--provenance");
  expect(exitCode).toBe(1);
  expect(stderr.trim().split("\n")).toEqual([
    "error: the tree has changes: commit or remove them (git status)",
    expect.stringContaining("--provenance needs a token of a CI"),
    "error: 0.0.9 is less than 0.1.0",
    "error: CHANGELOG.md has a section of 0.0.9",
    'error: CHANGELOG.md says nothing under "## [Unreleased]"',
  ]);
  writeFileSync(join(checkout, "CHANGELOG.md"), changes);
  writeFileSync(join(checkout, "node_modules/check-fails"), "");
  const failing = await release(VERSION, "--no-publish");
  expect(failing).toMatchObject({ exitCode: 1 });
  expect(failing.stderr).toContain('error: "npm run --silent release:check" failed');
  rmSync(join(checkout, "node_modules/check-fails"));
  expect(await state()).toEqual(before);
});

test("a dry run does everything but what stays", async () => {
  const before = await state();
  const { exitCode, stderr } = await release(VERSION, "--dry-run");
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toMatch(new RegExp(`^${VERSION} can be released, in this order: @dibkit/model .* dibkit$`, "m"));
  expect(await state()).toEqual(before);
});

test("a release that the registry breaks off goes on with the same command", async () => {
  const broken = await release(VERSION);
  expect(broken.exitCode).toBe(1);
  expect(broken.stderr).toContain(`error: @dibkit/lint@${VERSION} is not published`);
  expect(broken.stderr).toMatch(/^published: @dibkit\/model .*@dibkit\/shell/m);
  expect(broken.stderr).toMatch(/^left: @dibkit\/lint .* dibkit$/m);
  expect(await git("log", "-1", "--format=%s")).toBe(`Release ${VERSION}`);
  expect(await git("tag", "--points-at", "HEAD")).toBe(`v${VERSION}`);

  // npm, which is asked to prove where it runs, says that it cannot.
  const nowhere = { GITHUB_ACTIONS: "", GITLAB_CI: "", SIGSTORE_ID_TOKEN: "none" };
  const unproven = await releaseWith(nowhere, VERSION, "--provenance");
  expect(unproven.exitCode).toBe(1);
  expect(unproven.stderr).toContain("Automatic provenance generation not supported for provider");
  expect(unproven.stderr).toContain(`error: @dibkit/lint@${VERSION} is not published`);

  await registry.stop();
  registry = await openNpmRegistry(join(root, "registry"));
  const rest = await release(VERSION);
  expect(rest.exitCode, rest.stderr).toBe(0);
  expect(rest.stderr).toMatch(new RegExp(`^\\d packages are published as ${VERSION}$`, "m"));

  const changes = readFileSync(join(checkout, "CHANGELOG.md"), "utf8");
  expect(changes).toMatch(/^## \[Unreleased\]\n\n## \[0\.7\.0\] - \d{4}-\d\d-\d\d\n\n### /m);
  expect(await git("status", "--porcelain")).toBe("");
  // npm would refuse a lock file that is not of these manifests.
  await done(["npm", "ci", "--dry-run", "--offline", "--ignore-scripts"], checkout);
});

test("an element package is made, published and used as the guide says", async () => {
  const guide = readFileSync(join(checkout, "docs/authoring.md"), "utf8");
  const chapter = (title: string) => guide.slice(guide.indexOf(`\n## ${title}\n`)).split(/\n##+ /)[1] as string;
  const commands = (title: string) => [...chapter(title).matchAll(/^```sh\n(.*?)^```/gms)].map(([, text]) => text);
  const listing = (name: string) => {
    const found = new RegExp(`^\`\`\`\\w+\\n(// ${name.replaceAll(".", "\\.")}\\n.*?)^\`\`\``, "ms").exec(guide);
    return found?.[1] as string;
  };
  const write = (directory: string, ...files: readonly string[]) => {
    for (const name of files) writeFileSync(join(directory, name), listing(name));
  };
  const shell = (script: string, cwd: string) => done(["bash", "-e", "-c", script], cwd);

  await shell(commands("1. A project")[0] as string, root);
  const author = join(root, "acme-elements");
  await shell(commands("2. An element").join(""), author);
  mkdirSync(join(author, "web/static/usr/local/bin"), { recursive: true });
  writeFileSync(join(author, "web/static/usr/local/bin/acme"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  write(author, "web.ts", "web.test.ts", "index.ts", "tsconfig.json");
  await shell(commands("5. A package").join(""), author);

  const user = join(root, "shop");
  mkdirSync(user);
  await shell("npm init -y && npm pkg set type=module", user);
  await shell(
    "npm install --save-dev dibkit @dibkit/model @dibkit/testing typescript && npm install acme-elements",
    user,
  );
  // The tests of an image are for Vitest, which is as large as everything else here.
  symlinkSync(join(repository, "node_modules/vitest"), join(user, "node_modules/vitest"));
  write(user, "shop.ts", "shop.test.ts");
  await done(["npx", "tsc", "shop.ts"], user);
  expect(await done(["node", "--eval", 'import("./shop.js").then((m) => console.log(m.default.name))'], user)).toBe(
    "shop",
  );
  await done(["npx", "tsc", "--noEmit", "--skipLibCheck", "shop.test.ts"], user);

  const dibkit = (...words: readonly string[]) => done(["npx", "dibkit", ...words], user);
  const resolved = await dibkit("resolve", "shop.ts");
  expect(resolved).toMatch(/^acme-web +requested; needed by acme-site-shop$/m);
  expect(resolved).toMatch(/^install-static +needed by acme-web$/m);
  expect(await dibkit("compile", "shop.ts")).toBe(
    "wrote elements/acme-site-shop (3 files)\nwrote elements/acme-web (7 files)",
  );
  expect(statSync(join(user, "elements/acme-web/static/usr/local/bin/acme")).mode & 0o111).not.toBe(0);
  expect(readFileSync(join(user, "elements/acme-web/post-install.d/50-acme-web"), "utf8")).toContain("${ACME_PORT}");
  for (const what of ["shop.ts", "elements"])
    expect(await dibkit("lint", what)).toBe("no findings in 2 elements, 10 files");
  await dibkit("eject", "shop.ts");
  expect(existsSync(join(user, "elements/.dibkit-manifest.json"))).toBe(false);
});
