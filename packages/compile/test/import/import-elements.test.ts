import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { elementOf, loadCatalog, loadElement, upstreamInstallation } from "@dibkit/model";
import { describe, expect, test } from "vitest";
import { differences, importElements } from "../../src/import/import-elements.js";
import { loadDefinitions } from "../../src/load/load-definitions.js";
import { project, write } from "../project.js";

const upstream = upstreamInstallation(process.env);

/** An element directory of a test, loaded. */
function element(directory: string) {
  const loaded = loadElement(directory);
  if (!loaded.ok) throw new Error(directory);
  return loaded.value;
}

async function imported(directory: string) {
  const outDir = project({});
  const report = await importElements({ elements: [element(directory)], outDir });
  expect(report.diagnostics.map(({ message }) => message)).toEqual([]);
  return readFileSync(report.modules[0] as string, "utf8");
}

describe("importElements", () => {
  test.runIf(upstream)("every upstream element comes back byte for byte", async () => {
    const elements = [...loadCatalog([upstream!.elements]).elements.values()];
    const outDir = project({});
    const report = await importElements({ elements, outDir, verify: false });
    const loaded = await loadDefinitions(report.modules);
    expect(loaded.diagnostics).toEqual([]);
    const compiled = new Map(loaded.definitions.map((definition) => [definition.name, elementOf(definition)]));
    expect([...compiled.keys()]).toEqual(elements.map(({ name }) => name));
    expect(elements.flatMap((each) => differences(each, compiled.get(each.name)))).toEqual([]);
    expect(report.modules.filter((path) => /\bany\b(?! )/.test(code(readFileSync(path, "utf8"))))).toEqual([]);
  });

  test("structure where it gives the same bytes, files where it would not", async () => {
    const directory = join(
      project({
        "web/README.rst": "===\nweb\n===\n\nServes pages.\n",
        "web/element-deps": "base\nvm\n",
        "web/environment.d/50-web": "export WEB_PORT=${WEB_PORT:-80}\nexport WEB_NAME=acme\n",
        "web/environment.d/10-setup.bash": "if true; then\n    export X=1\nfi\nexport WEB_ROOT=/srv\n",
        "web/package-installs.yaml":
          "nginx:\ncurl:\n  when: WEB_PORT=80\nvim:\n  - arch: amd64\n  - not-arch: amd64\n    phase: post-install.d\n",
        "web/pkg-map": '{\n  "family": {\n    "redhat": {\n      "nginx": ""\n    }\n  }\n}\n',
        "web/svc-map": "# kept\nnginx:\n  default: nginx\n",
        "web/source-repository-site": "site git /srv/site https://example.org/site.git main\n",
        "web/block-device-default.yaml": "- local_loop:\n    name: image0\n",
        "web/install.d/50-web": "#!/bin/bash\ntrue\n",
        "web/install.d/web.conf": "x\n",
        "web/static/etc/web": "x\n",
        "web/odd/file name": "x\n",
      }),
      "web",
    );
    chmodSync(join(directory, "install.d/50-web"), 0o755);
    chmodSync(join(directory, "odd/file name"), 0o600);
    symlinkSync("../web.conf", join(directory, "odd/link"));
    mkdirSync(join(directory, "empty"));
    expect(await imported(directory)).toBe(`import {
  defineElement,
  elementRef,
  emptyDirectory,
  envDefault,
  envFixed,
  environmentScript,
  fromDirectory,
  fromFile,
  install,
  symlink,
} from "@dibkit/model";

export const web = defineElement("web", {
  summary: "Serves pages.",
  deps: [elementRef("base"), elementRef("vm")],
  environment: { WEB_PORT: envDefault("80"), WEB_NAME: envFixed("acme") },
  packages: {
    nginx: {},
    curl: { when: "WEB_PORT=80" },
    vim: [{ arch: "amd64" }, { notArch: "amd64", phase: "post-install.d" }],
  },
  pkgMap: { family: { redhat: { nginx: "" } } },
  svcMap: { nginx: { default: "nginx" } },
  sourceRepositories: {
    site: { type: "git", destination: "/srv/site", location: "https://example.org/site.git", ref: "main" },
  },
  blockDevices: { default: [{ local_loop: { name: "image0" } }] },
  scripts: [
    environmentScript(10, "setup.bash", fromFile("./environment.d/10-setup.bash"), { exports: ["WEB_ROOT"] }),
    install(50, "web", fromFile("./install.d/50-web")),
  ],
  static: fromDirectory("./static"),
  files: {
    empty: emptyDirectory(),
    "install.d/web.conf": fromFile("./install.d/web.conf"),
    "odd/file name": { content: fromFile("./odd/file name"), mode: 0o600 },
    "odd/link": symlink("../web.conf"),
  },
  layout: fromDirectory("./layout"),
});
`);
  });

  test("odd content comes back too", async () => {
    const directory = join(project({ "odd/README.rst": "" }), "odd");
    write(directory, {
      "crlf.txt": "a\r\nb\r\n",
      "data/one": "1",
      "data/more/two": "2",
      "install.d/data/three": "3",
      "install.d/data/four": "4",
      "element-deps": "b\na\n# no comment\n\n",
      "element.ts": "not a module of ours {{{",
      "environment.d/crlf": "export A=1\r\n",
      "install.d/001-x": "#!/bin/sh\n",
      "install.d/50-": "#!/bin/sh\n",
      "no-newline": "x",
      "package-installs.yaml": "a:\n  when: UNKNOWN=1\nb:\n  archs: x\n",
      "pkg-map": "not json",
      "test-elements/works/element-deps": "vm",
      "test-elements/works/test-elements/inner/install.d/10-x": "true\n",
    });
    writeFileSync(join(directory, "binary"), new Uint8Array([0, 255, 254, 10, 128]));
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/caf`), Buffer.from([0xe9])]), "latin-1 name");
    symlinkSync("nowhere", join(directory, "dangling"));
    symlinkSync("../nowhere", join(directory, "data/dangling"));
    chmodSync(join(directory, "install.d/001-x"), 0o755);
    const text = await imported(directory);
    expect(text).toContain('deps: [elementRef("b"), elementRef("a")],');
    expect(text).toContain('namedScript("install.d", "001-x", fromFile("./install.d/001-x"))');
    expect(text).toContain('data: fromDirectory("./data"),');
    expect(text).toContain('"install.d/data": fromDirectory("./install.d/data"),');
    expect(text).toContain('"caf\\udce9": fromFile("./caf\\udce9")');
  });

  test("what a field cannot say is kept beside it, and editing the field edits the file", async () => {
    const root = project({
      "web/README.rst": "Web\n---\n\nServes\npages.\n\n.. note:: prose\n\n* ``WEB_PORT`` is where\n",
      "web/element-deps": "vm\nbase",
      "web/environment.d/10-web":
        '# port\nexport WEB_PORT="${WEB_PORT:-80}"\nWEB_DIR=${WEB_DIR:-$HOME/web}\nexport WEB_DIR\n',
      "web/package-installs.yaml": "# why\nnginx: {}\n\ncurl:   # a client\n    when: 'WEB_PORT=80'\n",
      "web/pkg-map": '{"default": {"nginx": "nginx",\n "curl": "curl"}}',
      "web/source-repository-site": "# theirs\nsite  git /srv/site   https://example.org/site.git\n",
    });
    const text = await imported(join(root, "web"));
    expect(text).toContain(
      `  summary: "Serves pages.",
  deps: [elementRef("vm"), elementRef("base")],
  environment: {
    WEB_PORT: envDefault("80", "is where", { file: "10-web" }),
    WEB_DIR: envDefault(bash\`"\\$HOME/web"\`, "", { file: "10-web" }),
  },`
        .replaceAll("\\$", "$")
        .replace('"$HOME/web"', "$HOME/web"),
    );
    expect(text).toContain(`  packages: { nginx: {}, curl: { when: "WEB_PORT=80" } },
  pkgMap: { default: { nginx: "nginx", curl: "curl" } },
  sourceRepositories: { site: { type: "git", destination: "/srv/site", location: "https://example.org/site.git" } },
  layout: fromDirectory("./layout"),`);
  });

  test("a checkout whose group may write is read like any other", async () => {
    const directory = join(project({ "web/element-deps": "vm\n", "web/install.d/50-web": "#!/bin/sh\n" }), "web");
    chmodSync(join(directory, "element-deps"), 0o664);
    chmodSync(join(directory, "install.d/50-web"), 0o775);
    expect(
      await imported(directory),
    ).toBe(`import { defineElement, elementRef, fromFile, install } from "@dibkit/model";

export const web = defineElement("web", {
  readme: false,
  deps: [elementRef("vm")],
  scripts: [install(50, "web", fromFile("./install.d/50-web"))],
});
`);
  });

  test("what no field says is in none: a file that is a link, a README without a first paragraph", async () => {
    const directory = join(project({ "odd/README.rst": "Odd\n===\n", "odd/more-deps": "vm\n" }), "odd");
    symlinkSync("more-deps", join(directory, "element-deps"));
    const text = await imported(directory);
    expect(text).toContain('readme: fromFile("./README.rst"),');
    expect(text).not.toContain("summary");
    expect(text).not.toContain("deps: [");
  });

  test("dependencies inside a cycle are referred to by name", async () => {
    const directory = project({ "a/element-deps": "b\nc\n", "b/element-deps": "a\n", "c/README.rst": "c\n" });
    const elements = ["a", "b", "c"].map((name) => element(join(directory, name)));
    const outDir = project({});
    const report = await importElements({ elements, outDir });
    expect(report.diagnostics).toEqual([]);
    const text = readFileSync(join(outDir, "a/element.ts"), "utf8");
    expect(text).toContain('import { c } from "../c/element.js";');
    expect(text).toContain('deps: [elementRef("b"), c],');
  });

  test("what dibkit compiled comes back as it was written", async () => {
    const directory = join(
      project({
        "web/README.rst":
          "===\nweb\n===\n\nserves pages\n\nMore of it.\n\nEnvironment Variables\n---------------------\n\nPORT\n  :Required: No\n  :Default: ``80``\n",
        "web/environment.d/50-web": "export PORT=${PORT:-80}\n",
      }),
      "web",
    );
    expect(await imported(directory)).toBe(`import { defineElement, envDefault } from "@dibkit/model";

export const web = defineElement("web", {
  summary: "serves pages",
  description: "More of it.",
  environment: { PORT: envDefault("80") },
});
`);
  });

  test("does not write into a directory that holds something", async () => {
    const directory = project({ "a/README.rst": "a\n", "out/a/mine": "" });
    const outDir = join(directory, "out");
    const report = await importElements({ elements: [element(join(directory, "a"))], outDir });
    expect(report.diagnostics.map(({ code }) => code)).toEqual(["import/exists"]);
    expect(existsSync(join(outDir, "a/element.ts"))).toBe(false);
  });
});

/** A module without its strings. */
function code(text: string): string {
  return text.replace(/(["'`])(?:\\.|(?!\1)[^\\])*\1/gs, '""');
}
