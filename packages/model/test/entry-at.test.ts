import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCatalog } from "@dibkit/model";
import { resolve } from "@dibkit/model/resolution";
import { expect, onTestFinished, test } from "vitest";
import { entryAt } from "../src/element-lookup.js";

function elements(): string {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-entry-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, "web/install.d"), { recursive: true });
  mkdirSync(join(directory, "debian"));
  writeFileSync(join(directory, "web/element-deps"), "debian\n");
  writeFileSync(join(directory, "web/names"), "operating-system\n");
  symlinkSync("../web/names", join(directory, "debian/element-provides"));
  return directory;
}

test("one entry is the same object before and after all are listed", () => {
  const web = loadCatalog([elements()]).elements.get("web")!;
  const early = entryAt(web, "element-deps");
  expect(early).toMatchObject({ kind: "file", path: "element-deps" });
  expect(entryAt(web, "element-provides")).toBeUndefined();
  expect(web.files.get("element-deps")).toBe(early);
  expect(entryAt(web, "names")).toBe(web.files.get("names"));
});

test("resolving follows links, and looks at no file that says nothing of dependencies", () => {
  const directory = elements();
  const catalog = loadCatalog([directory]);
  expect(resolve(catalog, ["web"], { arch: "amd64", base: false })).toMatchObject({ ok: true });
  // Written after the resolution, and still seen: the files of "web" had not been listed.
  writeFileSync(join(directory, "web/install.d/50-late"), "");
  chmodSync(join(directory, "web/install.d/50-late"), 0o755);
  expect([...catalog.elements.get("web")!.files.keys()]).toContain("install.d/50-late");
});
