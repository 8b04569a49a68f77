import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { dibkit, runProgram } from "./dibkit.js";

const guide = readFileSync(fileURLToPath(new URL("../../docs/authoring.md", import.meta.url)), "utf8");
const root = mkdtempSync(join(tmpdir(), "dibkit-element-package-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A module of the guide, by the file name in its first line. */
function module(name: string): string {
  return new RegExp(`\`\`\`ts\\n(// ${name}\\n.*?)\`\`\``, "s").exec(guide)?.[1] as string;
}

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { mode: path.includes("/bin/") ? 0o755 : 0o644 });
  }
}

/** npm, with nothing from a registry. */
async function npm(cwd: string, ...words: readonly string[]): Promise<void> {
  const flags = ["--offline", "--no-audit", "--no-fund", "--no-update-notifier"];
  const run = await runProgram(["npm", ...words, ...flags], { cwd });
  expect(run, run.stderr).toMatchObject({ exitCode: 0 });
}

test("an element package is packed, installed, resolved, compiled and linted as the guide says", async () => {
  const [author, user] = [join(root, "acme-elements"), join(root, "shop")];
  write(author, {
    "package.json": /```json\n(.*?)```/s.exec(guide)?.[1] as string,
    "web.ts": module("web.ts"),
    "index.ts": module("index.ts"),
    "web.test.ts": module("web.test.ts"),
    "web/static/srv/web/index.html": "<h1>Acme</h1>\n",
    "web/static/usr/local/bin/acme": "#!/bin/sh\nexit 0\n",
  });
  await npm(author, "pack");
  write(user, {
    "package.json": '{ "name": "shop", "type": "module", "private": true }',
    "shop.ts": module("shop.ts"),
  });
  // dibkit brings @dibkit/model itself for packages that find none.
  await npm(user, "install", join(author, "acme-elements-1.0.0.tgz"), "--legacy-peer-deps");
  expect(readdirSync(join(user, "node_modules/acme-elements")).sort()).toEqual([
    "index.ts",
    "package.json",
    "web",
    "web.ts",
  ]);

  const resolved = await dibkit(["resolve", "shop.ts"], { cwd: user });
  expect(resolved.stderr).toBe("");
  expect(resolved.stdout).toMatch(/^acme-web +requested; needed by acme-site-shop$/m);
  expect(resolved.stdout).toMatch(/^install-static +needed by acme-web$/m);

  const compiled = await dibkit(["compile", "shop.ts"], { cwd: user });
  expect(compiled.stdout).toBe("wrote elements/acme-site-shop (3 files)\nwrote elements/acme-web (7 files)\n");
  const program = join(user, "elements/acme-web/static/usr/local/bin/acme");
  expect(statSync(program).mode & 0o111).not.toBe(0);
  expect(readFileSync(join(user, "elements/acme-web/post-install.d/50-acme-web"), "utf8")).toContain("${ACME_PORT}");

  for (const what of ["shop.ts", "elements"]) {
    const linted = await dibkit(["lint", what], { cwd: user });
    expect(linted, linted.stdout).toMatchObject({ exitCode: 0, stdout: "no findings in 2 elements, 10 files\n" });
  }
  expect((await dibkit(["eject", "shop.ts"], { cwd: user })).exitCode).toBe(0);
  expect(existsSync(join(user, "elements/.dibkit-manifest.json"))).toBe(false);
});
