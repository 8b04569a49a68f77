import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkElementsPath,
  elementsPath,
  loadCatalog,
  loadDiagnostics,
  loadElement,
  nearestName,
  resolve,
  upstreamInstallation,
  viewsOf,
} from "@dibkit/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeUpstream } from "./upstream.js";
import { rendered } from "./views/rendered.js";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "dibkit-catalog-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function lay(tree: Readonly<Record<string, string | null | { readonly link: string }>>): void {
  for (const [path, content] of Object.entries(tree)) {
    const target = join(scratch, path);
    mkdirSync(join(target, ".."), { recursive: true });
    if (content === null) mkdirSync(target, { recursive: true });
    else if (typeof content === "string") writeFileSync(target, content);
    else symlinkSync(content.link, target);
  }
}

describe("loadCatalog", () => {
  it("lets earlier directories win and names elements after their real directory", () => {
    lay({
      "a/web/element-deps": "from-a\n",
      "a/__init__.py": "",
      "a/__pycache__/x.pyc": "",
      "a/.git/config": "",
      "a/alias": { link: "web" },
      "a/other": { link: "../real/apache" },
      "a/dangling": { link: "nowhere" },
      "a/empty": null,
      "real/apache/element-deps": "from-real\n",
      "b/web/element-deps": "from-b\n",
      "b/db/element-deps": "",
    });
    const catalog = loadCatalog([join(scratch, "a"), join(scratch, "b")]);
    expect([...catalog.elements.keys()]).toEqual(["apache", "db", "empty", "web"]);
    const web = catalog.elements.get("web");
    expect(web && viewsOf(web).deps.value.map(({ name }) => name)).toEqual(["from-a"]);
    expect(catalog.shadowed.map(({ element, by }) => [element.root, by.root])).toEqual([
      [join(scratch, "b/web"), join(scratch, "a/web")],
    ]);
    expect(catalog.diagnostics).toEqual([]);
    const failed = resolve(catalog, ["other"], { arch: "amd64", base: false });
    expect(failed.ok || failed.error[0]?.diagnostic.help).toMatch(/^request "apache": /);
  });

  it("reports entries that are no directories", () => {
    lay({ file: "" });
    const { diagnostics, elements } = loadCatalog([join(scratch, "file"), join(scratch, "missing")]);
    expect(diagnostics.map(rendered)).toEqual([
      `:0:0 entry "${scratch}/file" of ELEMENTS_PATH is not a directory (elements-path/not-a-directory)`,
      `:0:0 entry "${scratch}/missing" of ELEMENTS_PATH does not exist (elements-path/not-a-directory)`,
    ]);
    expect(elements.size).toBe(0);
    expect(checkElementsPath([join(scratch, "file"), scratch, join(scratch, "missing")])).toEqual(diagnostics);
  });

  it("sees elements whose directory is reached by a link in the path itself", () => {
    lay({ "real/web/element-deps": "", path: { link: "real" } });
    expect(loadCatalog([join(scratch, "path")]).elements.get("web")?.root).toBe(join(scratch, "real/web"));
  });
});

describe("loadElement", () => {
  it("reports special files and keeps the rest", () => {
    lay({ "web/element-deps": "vm\n" });
    execFileSync("mkfifo", [join(scratch, "web/pipe")]);
    const loaded = loadElement(join(scratch, "web"));
    const element = loaded.ok ? loaded.value : undefined;
    expect(element && [...element.files.keys()]).toEqual(["element-deps"]);
    expect(element && loadDiagnostics(element).map(rendered)).toEqual([
      ':0:0 "web/pipe" is a named pipe, which an element cannot hold (load/special-file)',
    ]);
  });

  it("follows links to directories at its top, as upstream does, but none to a directory that it is in", () => {
    lay({
      "shared/60-all": "",
      "shared/more": { link: ".." },
      "web/install.d": { link: "../shared" },
      "web/self": { link: "." },
      "web/up": { link: "../.." },
      "web/kernel": { link: "/proc/self" },
      "web/whole": { link: "/" },
      "web/wide": { link: "/usr" },
      "web/dangling": { link: "nowhere" },
      "web/static/deep": { link: "../../shared" },
    });
    const loaded = loadElement(join(scratch, "web"));
    expect(loaded.ok && [...loaded.value.files.values()].map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      "dangling symlink",
      "install.d/60-all file",
      "install.d/more symlink",
      "kernel symlink",
      "self symlink",
      "static/deep symlink",
      "up symlink",
      "whole symlink",
      "wide symlink",
    ]);
  });

  it("reads metadata through links that leave the element, as upstream does", () => {
    lay({ "shared-deps": "vm\n", "web/element-deps": { link: "../shared-deps" } });
    const loaded = loadElement(join(scratch, "web"));
    expect(loaded.ok && viewsOf(loaded.value).deps.value.map(({ name }) => name)).toEqual(["vm"]);
  });

  it.each(["missing", "file"])("says that %s is not a directory", (name) => {
    lay({ file: "" });
    const loaded = loadElement(join(scratch, name));
    expect(loaded.ok ? "" : loaded.error.diagnostic.message).toBe(`"${scratch}/${name}" is not a directory`);
  });

  it.runIf(process.geteuid?.() === 0)("reports files it may not read", () => {
    lay({ "web/element-deps": "vm\n", "web/secret": "x", "web/locked/inner": "x" });
    execFileSync("chmod", ["0", join(scratch, "web/secret"), join(scratch, "web/locked")]);
    execFileSync("chmod", ["755", scratch]);
    const loaded = loadElement(join(scratch, "web"));
    process.seteuid?.("nobody");
    try {
      const found = loaded.ok ? loadDiagnostics(loaded.value).map(rendered) : [];
      expect(found.sort()).toEqual([
        ':0:0 "web/secret" cannot be read: permission denied (load/unreadable)',
        `:0:0 directory "${scratch}/web/locked" cannot be read: permission denied (load/unreadable)`,
      ]);
    } finally {
      process.seteuid?.(0);
    }
  });
});

it.each<[string | undefined, readonly string[], readonly string[], readonly string[]]>([
  [undefined, [], [], []],
  ["", [], ["/up"], ["/up"]],
  ["/a:/b", ["/cli"], ["/up"], ["/cli", "/a", "/b", "/up"]],
  ["/a::/b:", [], ["/a"], ["/a", "/b"]],
])("elementsPath of %j with %j before and %j after", (value, extra, last, expected) => {
  expect(elementsPath({ ELEMENTS_PATH: value }, extra, last)).toEqual(expected);
});

it.each([
  ["ubunt", "ubuntu"],
  ["Debian-Minimal", "debian-minimal"],
  ["pre-instal.d", "pre-install.d"],
  ["install", "install.d"],
  ["bootlaoder", "bootloader"],
  ["zzzzzz", undefined],
  ["vm", "vms"],
])("nearestName of %s is %s", (name, expected) => {
  const candidates = ["ubuntu", "debian-minimal", "pre-install.d", "install.d", "bootloader", "vms", "vm"];
  expect(nearestName(name, candidates)).toBe(expected);
});

describeUpstream("upstreamInstallation", (installation) => {
  it("finds the elements, the library and the version", () => {
    expect([...loadCatalog([installation.elements]).elements.keys()]).toContain("package-installs");
    expect(installation.version).toMatch(/^\d+\.\d+/);
  });

  it("prefers DIB_LIB, then the virtual environment", () => {
    const other = "venv/lib/python3.12/site-packages";
    lay({
      [`${other}/diskimage_builder/elements/web/element-deps`]: "",
      [`${other}/diskimage_builder/lib/common-functions`]: "",
      [`${other}/diskimage_builder-9.9.1.dist-info/METADATA`]: "Metadata-Version: 2.1\nVersion: 9.9.1\n",
    });
    const root = join(scratch, other, "diskimage_builder");
    lay({ "venv/bin/python3": "" });
    const python = join(scratch, "venv/bin/python3");
    const expected = {
      elements: join(root, "elements"),
      lib: join(root, "lib"),
      package: root,
      version: "9.9.1",
      python,
    };
    expect(upstreamInstallation({ VIRTUAL_ENV: join(scratch, "venv") })).toEqual(expected);
    expect(upstreamInstallation({ DIB_LIB: join(root, "lib") })).toEqual(expected);
    expect(upstreamInstallation({ DIB_LIB: root })).toEqual(expected);
    expect(upstreamInstallation({ DIB_LIB: installation.lib, VIRTUAL_ENV: join(scratch, "venv") })).toEqual(
      installation,
    );
    expect(upstreamInstallation({ VIRTUAL_ENV: join(scratch, "nowhere") })).toEqual(installation);
  });

  it.each([
    ["a line of a .pth file", "__editable__.diskimage_builder-3.42.0.pth", (root: string) => `${root}\n`],
    ["an egg-link", "diskimage-builder.egg-link", (root: string) => `${root}\n.`],
    [
      "a finder of setuptools",
      "__editable___diskimage_builder_3_42_0_finder.py",
      (root: string) => `MAPPING: dict = {'diskimage_builder': '${root}/diskimage_builder'}\n`,
    ],
  ])("finds the checkout that an editable installation names by %s", (_, name, content) => {
    const root = join(scratch, `editable ${name}/src`);
    const venv = join(scratch, `editable ${name}/venv`);
    lay({
      [`editable ${name}/src/diskimage_builder/elements/web/element-deps`]: "",
      [`editable ${name}/src/diskimage_builder/lib/common-functions`]: "",
      [`editable ${name}/src/.git/packed-refs`]: "a refs/tags/3.42.0\n",
      [`editable ${name}/venv/bin/python3`]: "",
      [`editable ${name}/venv/lib/python3.12/site-packages/${name}`]: content(root),
      [`editable ${name}/venv/lib/python3.12/site-packages/distutils.pth`]: "import os; os\n",
    });
    const found = upstreamInstallation({ VIRTUAL_ENV: venv });
    expect(found?.package).toBe(join(root, "diskimage_builder"));
    expect(found?.version).toBe("3.42.0");
    expect(found?.python).toBe(join(venv, "bin/python3"));
    expect(found?.pythonPath).toBeUndefined();
  });

  it.each(["/nowhere", "/", "/usr"])(
    "finds nothing where DIB_LIB is %s, for another one is not what was asked for",
    (path) => {
      expect(upstreamInstallation({ DIB_LIB: path, PATH: process.env.PATH, VIRTUAL_ENV: installation.package })).toBe(
        undefined,
      );
    },
  );

  it("says what a Python needs to find a checkout that DIB_LIB names", () => {
    lay({
      "checkout/diskimage_builder/elements/web/element-deps": "",
      "checkout/diskimage_builder/lib/common-functions": "",
    });
    const found = upstreamInstallation({ DIB_LIB: join(scratch, "checkout") });
    expect(found?.pythonPath).toBe(join(scratch, "checkout"));
    expect(found?.python).toBe("/usr/bin/python3");
  });
});
