import { DISTRO_FAMILIES, mapPackage, viewsOf } from "@dibkit/model";
import { describe, expect, it } from "vitest";
import { memoryElement } from "../memory-element.js";
import { rendered, textAt } from "./rendered.js";

describe("element-deps and element-provides", () => {
  it("take each stripped line as a name, comments included", () => {
    const element = memoryElement("web", {
      "element-deps": "vm\r\n\n  base \t\n# not a comment\nvm",
      "element-provides": "",
    });
    const { deps, provides } = viewsOf(element);
    expect(deps.value.map(({ name, comment, location }) => [name, comment, textAt(location)])).toEqual([
      ["vm", false, "vm"],
      ["base", false, "base"],
      ["# not a comment", true, "# not a comment"],
      ["vm", false, "vm"],
    ]);
    expect(provides).toEqual({ value: [], diagnostics: [] });
  });

  it("are read through links", () => {
    const element = memoryElement("web", { "element-deps": { link: "lists/deps" }, "lists/deps": "vm\n" });
    expect(viewsOf(element).deps.value.map(({ name }) => name)).toEqual(["vm"]);
  });
});

describe("scripts", () => {
  const element = memoryElement("web", {
    "install.d/10-ten": "",
    "install.d/9-nine": "",
    "install.d/100-hundred": "",
    "install.d/zero": "",
    "install.d/Zero": "",
    "install.d/-1-first": "",
    "install.d/50-data.service": { text: "", mode: 0o644 },
    "install.d/20-not-executable": { text: "", mode: 0o644 },
    "install.d/30-name.sh": "#!/bin/bash\necho\n",
    "install.d/40-link": { link: "10-ten" },
    "install.d/41-dangling": { link: "nowhere" },
    "install.d/42-outside": { link: "/bin/true" },
    "install.d/web-source-install/50-web": "",
    "install.d/web-source-install/notes": { text: "", mode: 0o644 },
    "root.d/50-root": "",
    "finalize.d/50-misspelt": "",
    "modprobe.d/web.conf": "",
  });
  const views = viewsOf(element);

  it("come in the order dib-run-parts runs them, phase by phase", () => {
    expect(views.scripts.value.map(({ path, priority, runs }) => `${path} ${priority} ${runs}`)).toEqual([
      "root.d/50-root 50 true",
      "install.d/-1-first -1 true",
      "install.d/Zero undefined true",
      "install.d/zero undefined true",
      "install.d/9-nine 9 true",
      "install.d/10-ten 10 true",
      "install.d/20-not-executable 20 false",
      "install.d/30-name.sh 30 false",
      "install.d/40-link 40 true",
      "install.d/50-data.service 50 false",
      "install.d/100-hundred 100 true",
    ]);
    const shell = views.scripts.value.find(({ name }) => name === "30-name.sh");
    expect(shell && textAt(shell.location)).toBe("#!/bin/bash");
  });

  it("leave other entries of phase directories to phaseFiles, installTypes and unknownPhases", () => {
    expect(views.phaseFiles.value.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      "install.d/41-dangling dangling-link",
      "install.d/42-outside link-outside",
      "install.d/web-source-install/50-web in-subdirectory",
      "install.d/web-source-install/notes in-subdirectory",
    ]);
    expect(
      views.installTypes.value.map(({ prefix, type, scripts }) => [
        prefix,
        type,
        scripts.map(({ name, executable }) => `${name} ${executable}`),
      ]),
    ).toEqual([["web", "source", ["50-web true", "notes false"]]]);
    expect(views.unknownPhases.value.map(({ name, files }) => [name, files.map(({ path }) => path)])).toEqual([
      ["finalize.d", ["finalize.d/50-misspelt"]],
    ]);
  });
});

it("environment.d is in byte order, as upstream sources it", () => {
  const element = memoryElement("web", {
    "environment.d/10-b.bash": "export B=1\n",
    "environment.d/9-a": "",
    "environment.d/10-a": "",
    "environment.d/10-c~": "",
    "environment.d/deeper/10-d": "",
  });
  expect(viewsOf(element).environment.value.map(({ name, priority, sourced }) => [name, priority, sourced])).toEqual([
    ["10-a", 10, true],
    ["10-b.bash", 10, true],
    ["10-c~", 10, false],
    ["9-a", 9, true],
  ]);
});

describe("pkg-map", () => {
  const text = JSON.stringify({
    release: { ubuntu: { focal: { web: "web-focal" } } },
    distro: { ubuntu: { web: "web-ubuntu", extra: "" } },
    family: { redhat: { web: "web web-tools" }, debian: { web: "web-deb", extra: "extra" } },
    default: { web: "web" },
  });
  const map = viewsOf(memoryElement("web", { "pkg-map": text })).pkgMap.value;

  it.each([
    ["web", "ubuntu", "focal", ["web-focal"]],
    ["web", "ubuntu", "jammy", ["web-ubuntu"]],
    ["extra", "ubuntu", "focal", []],
    ["web", "debian", undefined, ["web-deb"]],
    ["web", "fedora", undefined, ["web", "web-tools"]],
    ["web", "arch", undefined, ["web"]],
    ["other", "debian", undefined, undefined],
  ])("maps %s on %s %s", (name, distro, release, packages) => {
    expect(map && mapPackage(map, name, { distro, ...(release && { release }) })).toEqual(packages);
  });

  it("keeps where each mapping is written", () => {
    const entry = map?.entries.find(({ section }) => section === "family");
    expect(entry && [entry.key, textAt(entry.location), textAt(entry.valueLocation)]).toEqual([
      "redhat",
      '"web"',
      '"web web-tools"',
    ]);
    expect(DISTRO_FAMILIES).toEqual(["debian", "gentoo", "redhat", "suse"]);
  });

  it.each([
    ["{'a': 1}", "pkg-map:1:2 this is not a JSON value (json/syntax)"],
    ['{"default": {"a": "b",}}', "pkg-map:1:23 a key in double quotes is expected here (json/syntax)"],
    ["{} // x", "pkg-map:1:4 JSON has no comments (json/syntax)"],
    [
      '{"default": {"a": "b", "a": "c"}}',
      'pkg-map:1:24 key "a" is given twice, and only the last counts (json/duplicate-key)',
    ],
    [
      '{"defaults": {}}',
      'pkg-map:1:2 unknown key "defaults" in the file: use one of "$schema", "release", "distro", "family", "default" (schema/pkg-map)',
    ],
    ['{"default": {"a": ["b"]}}', 'pkg-map:1:14 "a" of "default" must be a string, not a list (schema/pkg-map)'],
    ["[]", "pkg-map:1:1 the file must be a mapping, not a list (schema/pkg-map)"],
  ])("tells what is wrong with %s", (wrong, message) => {
    const { diagnostics } = viewsOf(memoryElement("web", { "pkg-map": wrong })).pkgMap;
    expect(diagnostics.map(rendered)).toContain(message);
  });
});

it("svc-map gives names by distro and family", () => {
  const { value, diagnostics } = viewsOf(
    memoryElement("web", { "svc-map": "web:\n  default: webd\n  suse: [a]\nother: x\n" }),
  ).svcMap;
  expect(value?.entries.map(({ name, names }) => [name, names.map(({ key, service }) => `${key}=${service}`)])).toEqual(
    [
      ["web", ["default=webd"]],
      ["other", []],
    ],
  );
  expect(diagnostics.map(rendered)).toEqual([
    'svc-map:3:3 "suse" of "web" must be a string, not a list (schema/svc-map)',
    'svc-map:4:8 "other" must be a mapping, not the string "x" (schema/svc-map)',
  ]);
});

describe("source-repository files", () => {
  const parse = (text: string) => viewsOf(memoryElement("web", { "source-repository-web": text })).sourceRepositories;

  it.each([
    ["web git /opt/web https://example.org/web.git", ["git", "/opt/web", "https://example.org/web.git", undefined]],
    [
      "web git /opt/web https://example.org/web.git  stable",
      ["git", "/opt/web", "https://example.org/web.git", "stable"],
    ],
    [
      "web tar /opt/web ${MIRROR:-https://a b}/web.tar.gz .",
      ["tar", "/opt/web", "${MIRROR:-https://a b}/web.tar.gz", "."],
    ],
    ["web package", ["package", undefined, undefined, undefined]],
  ])("%s", (line, words) => {
    const { value, diagnostics } = parse(`# comment\n\n${line}\n`);
    expect(diagnostics).toEqual([]);
    const [one] = value;
    expect([one?.type, one?.destination, one?.url, one?.ref].map((word) => word?.value)).toEqual(words);
    for (const word of [one?.name, one?.type, one?.destination, one?.url, one?.ref]) {
      if (word) expect(textAt(word.location)).toBe(word.value);
    }
  });

  it.each([
    ["web", '1:1 source repository "web" has no type (source-repository/syntax)'],
    ["\ufeff", '1:1 source repository "\ufeff" has no type (source-repository/syntax)'],
    [
      "web hg /opt/web https://x",
      '1:5 unknown type "hg" of source repository "web": use git, tar, file, package (source-repository/syntax)',
    ],
    ["web git opt/web https://x", '1:1 source repository "web" has no absolute destination (source-repository/syntax)'],
    ["web git /opt/web", '1:1 source repository "web" has no location (source-repository/syntax)'],
  ])("tells what is wrong with %s", (line, message) => {
    expect(parse(line).diagnostics.map(rendered)).toEqual([`source-repository-web:${message}`]);
  });
});

describe("block-device files", () => {
  const parse = (text: string) => viewsOf(memoryElement("disk", { "block-device-default.yaml": text })).blockDevices;

  it("keep the tree", () => {
    const { value, diagnostics } = parse(
      "- local_loop:\n    name: image0\n    mkfs:\n      type: ext4\n      mount:\n        mount_point: /\n",
    );
    expect([value.map(({ name, root }) => [name, root?.kind]), diagnostics]).toEqual([[["default", "sequence"]], []]);
  });

  it.each([
    [
      "- local_loop:\n    nam: image0\n",
      [
        '2:5 unknown key "nam" in "local_loop" of item 1: use one of "name", "size", "directory", "block_size", "partitioning", "mkfs", "lvm"',
        '1:3 "local_loop" of item 1 has no "name"',
      ],
    ],
    [
      "- partitioning:\n    label: dos\n    partitions:\n    - name: root\n      szie: 1G\n",
      [
        '2:12 "label" of "partitioning" of item 1 is "dos": use one of "mbr", "gpt"',
        '5:7 unknown key "szie" in item 1 of "partitions" of "partitioning": use one of "name", "size", "base", "type", "flags", "mkfs", "lvm"',
        '4:7 item 1 of "partitions" of "partitioning" has no "size"',
      ],
    ],
    [
      "- local_loop:\n    name: image0\n    size: 1XB\n",
      ['3:11 "size" of "local_loop" of item 1 is "1XB", which does not read like "8MiB", "40G", "1.5GiB"'],
    ],
    [
      "- raid: {}\n",
      ['1:3 unknown key "raid" in item 1: use one of "local_loop", "partitioning", "lvm", "mkfs", "mount", "fstab"'],
    ],
    ["[]\n", ["1:1 the file is an empty list"]],
  ])("tells what is wrong with %j", (text, messages) => {
    const expected = messages.map((message) => `block-device-default.yaml:${message} (schema/block-device)`);
    expect(parse(text).diagnostics.map(rendered).sort()).toEqual(expected.sort());
  });
});

describe("files that other programs use", () => {
  const element = memoryElement("web", {
    "static/etc/web.conf": "",
    "static/etc/link": { link: "web.conf" },
    "bin/web-tool": "",
    "init-scripts/systemd/web.service": "",
    "test-elements/build-succeeds/element-deps": "debian\n",
    "install.d/package-installs-web": { text: "curl\n# comment\n-gcc\n", mode: 0o644 },
    "containerfiles/bookworm": "",
    "notes.txt": "",
  });
  const views = viewsOf(element);

  it.each([
    ["static", views.static.value.map(({ target }) => target), ["/etc/link", "/etc/web.conf"]],
    ["bin", views.bin.value.map(({ name, executable }) => `${name} ${executable}`), ["web-tool true"]],
    ["init scripts", views.initScripts.value.map(({ init, name }) => `${init} ${name}`), ["systemd web.service"]],
    [
      "legacy packages",
      views.legacyPackageInstalls.value.map(({ phase, name, uninstall }) => `${phase} ${name} ${uninstall}`),
      ["install.d curl false", "install.d gcc true"],
    ],
    ["other files", views.otherFiles.value.map(({ path }) => path), ["containerfiles/bookworm", "notes.txt"]],
  ])("%s", (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  it("test elements are elements", () => {
    const [inner] = views.testElements.value;
    expect(inner && [inner.name, inner.root, viewsOf(inner).deps.value.map(({ name }) => name)]).toEqual([
      "build-succeeds",
      "/elements/web/test-elements/build-succeeds",
      ["debian"],
    ]);
  });
});

describe("README.rst", () => {
  const parse = (text: string) => viewsOf(memoryElement("web", { "README.rst": text })).readme.value;

  it("gives title, summary and variables", () => {
    const readme = parse(
      [
        "===",
        "web",
        "===",
        "",
        ".. note:: not this",
        "",
        "Serves ``/srv`` with",
        "`nginx <https://nginx.org>`_ **quickly**.",
        "",
        "DIB_WEB_PORT",
        "  :Required: No",
        "  :Default: 80",
        "  :Description: the port,",
        "    as a number",
        "",
        "DIB_WEB_NAME:",
        "  Name of the host.  Defaults to localhost.",
        "",
        "* ``DIB_WEB_ROOT`` sets the root. It defaults to ``/srv``.",
        "",
      ].join("\n"),
    );
    expect([readme?.title, readme?.summary]).toEqual(["web", "Serves /srv with nginx quickly."]);
    expect(readme?.variables.map((one) => [textAt(one.location), one.required, one.default, one.description])).toEqual([
      ["DIB_WEB_PORT", false, "80", "the port, as a number"],
      ["DIB_WEB_NAME", undefined, "localhost", "Name of the host. Defaults to localhost."],
      ["DIB_WEB_ROOT", undefined, "/srv", "sets the root. It defaults to /srv."],
    ]);
  });

  it.each([
    ["", undefined, undefined],
    ["Only text", undefined, "Only text"],
    // docutils takes a line of one character below a title of one.
    ["T\n=\n\nText", "T", "Text"],
    ["=\nT\n=\n\nText", "T", "Text"],
    ["TT\n=\n", undefined, "TT ="],
  ])("%j", (text, title, summary) => {
    const readme = parse(text);
    expect([readme?.title, readme?.summary]).toEqual([title, summary]);
  });
});

it("views are computed once", () => {
  const element = memoryElement("web", { "element-deps": "vm\n" });
  expect(viewsOf(element)).toBe(viewsOf(element));
  expect(viewsOf(element).deps).toBe(viewsOf(element).deps);
});
