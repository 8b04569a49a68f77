import { viewsOf } from "@dibkit/model";
import { describe, expect, it } from "vitest";
import { memoryElement } from "../memory-element.js";
import { rendered, textAt } from "./rendered.js";

// Upstream and whole catalogs take their time on a busy machine.

const view = (text: string, file = "package-installs.yaml") =>
  viewsOf(memoryElement("web", { [file]: text })).packageInstalls;

describe("package-installs", () => {
  it("reads every field, alternatives, and where each is written", () => {
    const { value, diagnostics } = view(
      [
        "curl:",
        "nginx:",
        "  phase: pre-install.d",
        "  arch: amd64, arm64",
        "  when: DIB_WEB = 1",
        "kernel:",
        "  - not-arch: arm64",
        "    dib_python_version: 3",
        "    when:",
        "      - A = 1",
        "      - B != 2",
        "  - uninstall: false",
        "    installtype: source",
        "gcc:",
        "  build-only: True",
        "",
      ].join("\n"),
    );
    expect(diagnostics).toEqual([]);
    const summary = value.map(({ name, location, alternatives }) => [
      name,
      textAt(location),
      ...alternatives.map((one) => ({
        phase: one.phase,
        flags: [one.uninstall, one.buildOnly],
        limits: [one.arch, one.notArch, one.installType, one.dibPythonVersion],
        when: one.when.map(({ text }) => text),
        keys: [...one.fields.keys()],
      })),
    ]);
    const plain = {
      phase: "install.d",
      flags: [false, false],
      limits: [[], [], undefined, undefined],
      when: [],
      keys: [],
    };
    expect(summary).toEqual([
      ["curl", "curl", plain],
      [
        "nginx",
        "nginx",
        {
          ...plain,
          phase: "pre-install.d",
          limits: [["amd64", "arm64"], [], undefined, undefined],
          when: ["DIB_WEB = 1"],
          keys: ["phase", "arch", "when"],
        },
      ],
      [
        "kernel",
        "kernel",
        {
          ...plain,
          limits: [[], ["arm64"], undefined, "3"],
          when: ["A = 1", "B != 2"],
          keys: ["not-arch", "dib_python_version", "when"],
        },
        { ...plain, limits: [[], [], "source", undefined], keys: ["uninstall", "installtype"] },
      ],
      ["gcc", "gcc", { ...plain, flags: [false, true], keys: ["build-only"] }],
    ]);
    const when = value[2]?.alternatives[0]?.when[1];
    expect(when && textAt(when.location)).toBe("B != 2");
    const arch = value[1]?.alternatives[0]?.fields.get("arch");
    expect(arch && [arch.value, textAt(arch.location), textAt(arch.keyLocation)]).toEqual([
      "amd64, arm64",
      "amd64, arm64",
      "arch",
    ]);
  });

  it("reads package-installs.json before package-installs.yaml", () => {
    const element = memoryElement("web", {
      "package-installs.yaml": "b:\n",
      "package-installs.json": '{"a": {"phase": "install.d"}, "c": null}',
    });
    const { value, diagnostics } = viewsOf(element).packageInstalls;
    expect([value.map(({ name, path }) => `${path} ${name}`), diagnostics]).toEqual([
      ["package-installs.json a", "package-installs.json c", "package-installs.yaml b"],
      [],
    ]);
  });

  it.each([
    [
      "curl:\n  phase: install\n",
      '2:10 "phase" of "curl" is "install": use one of "pre-install.d", "install.d", "post-install.d"',
      'write "install.d"',
    ],
    [
      "curl:\n  archs: amd64\n",
      '2:3 unknown key "archs" in "curl": use one of "phase", "uninstall", "build-only", "installtype", "arch", "not-arch", "dib_python_version", "when"',
      'write "arch"',
    ],
    ["curl:\n  arch: amd64\n  not-arch: arm64\n", '1:1 "curl" has both "arch" and "not-arch"', "keep one of them"],
    ["curl:\n- arch: [amd64]\n", '2:3 "arch" of item 1 of "curl" must be a string, not a list', undefined],
    [
      "curl:\n  when: DIB_X\n",
      '2:9 "when" of "curl" is "DIB_X", which does not read like "VARIABLE = value", "VARIABLE != value"',
      undefined,
    ],
    ["curl:\n  when: [A = 1, 7]\n", '2:17 item 2 of "when" of "curl" must be a string, not the number 7', undefined],
    [
      "curl:\n  uninstall: 'yes'\n",
      '2:14 "uninstall" of "curl" must be true or false, not the string "yes"',
      undefined,
    ],
    ["- curl\n- git\n", "1:1 the file must be a mapping, not a list", undefined],
    ["curl: install.d\n", '1:7 "curl" must be empty, a mapping or a list, not the string "install.d"', undefined],
  ])("tells what is wrong with %j", (text, message, help) => {
    const { diagnostics } = view(text);
    expect(diagnostics.map(rendered)).toEqual([`package-installs.yaml:${message} (schema/package-installs)`]);
    expect(diagnostics[0]?.help).toBe(help);
  });

  it("follows anchors and merge keys as PyYAML does", () => {
    const { value } = view("a: &base\n  phase: pre-install.d\n  arch: amd64\nb:\n  <<: *base\n  arch: arm64\n");
    expect(value.map(({ name, alternatives: [one] }) => [name, one?.phase, one?.arch])).toEqual([
      ["a", "pre-install.d", ["amd64"]],
      ["b", "pre-install.d", ["arm64"]],
    ]);
  });

  it("reads words as YAML 1.1 does", () => {
    expect(view("a:\n  uninstall: yes\n").value[0]?.alternatives[0]?.uninstall).toBe(true);
    expect(view("on:\n~:\n1:\n").value.map(({ name }) => name)).toEqual(["on", "~", "1"]);
  });
});

describe("a file that is no good YAML", () => {
  it.each([
    ["an open list", "a: [1,\n", /^package-installs.yaml:\d:\d .* \(yaml\/syntax\)$/],
    ["a tab", "a:\n\tb: 1\n", /yaml\/syntax/],
    ["two documents", "a: 1\n---\nb: 2\n", /a second document begins here.* \(yaml\/syntax\)/],
    ["a tag", "a: !thing x\n", /PyYAML does not know the tag "!thing" \(yaml\/value\)/],
    ["an unknown alias", "a: *nowhere\n", /nowhere.* \(yaml\/syntax\)/],
    [
      "a double key",
      "a:\nb:\na:\n",
      /^package-installs.yaml:3:1 key "a" is given twice, and only the last counts \(yaml\/duplicate-key\)$/,
    ],
    ["nesting", () => `a: ${"[".repeat(50_000)}\n`, /yaml\/(syntax|too-deep)/],
    [
      "length",
      () => `# ${"x".repeat(1 << 20)}\n`,
      /^package-installs.yaml:1:1 file has 1048579 characters, and more than 1048576 are not read \(yaml\/too-large\)$/,
    ],
  ])("%s becomes a diagnostic", (_, text, expected) => {
    const { diagnostics } = view(typeof text === "string" ? text : text());
    expect(diagnostics.map(rendered).join("\n")).toMatch(expected);
  });

  it("does not follow aliases without end", () => {
    const bomb = Array.from({ length: 30 }, (_, at) =>
      at === 0
        ? "a0: &a0 [x, x]"
        : `a${at}: &a${at} [${Array(10)
            .fill(`*a${at - 1}`)
            .join(", ")}]`,
    ).join("\n");
    expect(view(bomb).diagnostics.map(rendered).join("\n")).toMatch(
      /aliases make more than 20000 values of this file \(yaml\/too-large\)/,
    );
    expect(view("a: &a [*a]\n").diagnostics.map(rendered).join("\n")).toMatch(/nested more than 100 levels deep/);
  });
});
