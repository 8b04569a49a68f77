import { expect, test } from "vitest";
import {
  defineElement,
  type ElementSpec,
  elementOf,
  elementRef,
  envDefault,
  envFixed,
  isDefinitionError,
} from "../../src/index.js";

/** The file that a specification writes with a layout. */
function laidOut(path: string, layout: string, spec: ElementSpec): string {
  const element = elementOf(defineElement("web", { readme: false, ...spec, layout: { [path]: layout } } as never));
  const file = element.files.get(path);
  return file?.kind === "file" ? new TextDecoder().decode(file.bytes) : "";
}

const refs = (...names: readonly string[]) => names.map((name) => elementRef(name));

/** What a file was like, what the fields say now, and what becomes of it. */
const ROWS: readonly (readonly [what: string, path: string, layout: string, spec: ElementSpec, merged: string])[] = [
  ["the same names in their own order", "element-deps", "b\n\na", { deps: refs("a", "b") }, "b\n\na"],
  ["a name where it sorts", "element-deps", "a\nc\n", { deps: refs("a", "b", "c") }, "a\nb\nc\n"],
  ["a name at the end", "element-deps", "c\na\n# x", { deps: refs("a", "b", "c") }, "c\na\n# x\nb\n"],
  ["a name less, with the line ends of Windows", "element-deps", "b\r\na\r\n", { deps: refs("a") }, "a\r\n"],
  [
    "a package more, one less and one other",
    "package-installs.yaml",
    "# tools\n\nvim: {}\n\n# for the page\nnginx:   # the server\n    phase: install.d\n\n# for tests\ncurl:\n",
    { packages: { nginx: { phase: "post-install.d" }, git: {} } },
    "# tools\n\n# for the page\nnginx:   # the server\n    phase: post-install.d\n\ngit:\n",
  ],
  [
    "alternatives of a package",
    "package-installs.yaml",
    "a:\n- arch: amd64 # one\n# two\n- arch: arm64\n",
    { packages: { a: [{ arch: "amd64" }, { arch: "s390x" }, { notArch: ["amd64", "s390x"] }] } },
    "a:\n- arch: amd64 # one\n# two\n- arch: s390x\n- not-arch: amd64,s390x\n",
  ],
  [
    "a pkg-map on a few lines",
    "pkg-map",
    '{\n    "family": {"redhat": {"a": "b"}},\n    "default": {\n        "a": "a"\n    }\n}\n',
    { pkgMap: { family: { redhat: { a: "c", x: "y" } }, default: { a: "a", b: "" } } },
    '{\n    "family": {"redhat": {"a": "c", "x": "y"}},\n    "default": {\n        "a": "a",\n        "b": ""\n    }\n}\n',
  ],
  [
    "a section of a pkg-map less",
    "pkg-map",
    '{"distro": {"debian": {"a": "b"}}, "default": {"a": "a"}}',
    { pkgMap: { default: { a: "a" } } },
    '{"default": {"a": "a"}}',
  ],
  [
    "a service on another distribution",
    "svc-map",
    "# names\nweb: {default: nginx}\n",
    { svcMap: { web: { default: "nginx", suse: "apache2" } } },
    '# names\nweb: {default: nginx, "suse": "apache2"}\n',
  ],
  [
    "a size in a disk layout",
    "block-device-default.yaml",
    "---\n- local_loop:\n    name: image0\n    size: 1GiB   # small\n\n# the root\n- mkfs: {base: image0, type: ext4}\n",
    {
      blockDevices: {
        default: [{ local_loop: { name: "image0", size: "2GiB" } }, { mkfs: { base: "image0", type: "xfs" } }],
      },
    },
    "---\n- local_loop:\n    name: image0\n    size: 2GiB   # small\n\n# the root\n- mkfs: {base: image0, type: xfs}\n",
  ],
  [
    "a repository's branch, and one more",
    "source-repository-a",
    "# ours\n\na  git /opt/a   https://a main\n",
    {
      sourceRepositories: {
        a: [
          { type: "git", destination: "/opt/a", location: "https://a", ref: "v2" },
          { name: "b", type: "tar", destination: "/opt/b", location: "https://b" },
        ],
      },
    },
    "# ours\n\na git /opt/a https://a v2\nb tar /opt/b https://b\n",
  ],
  [
    "a default, a variable less and one more",
    "environment.d/50-web",
    "# head\n\n# a\nexport A=\"${A:-1}\"\n# b\nexport B='x y'\n# c\nC=${C:-$A}\nexport C\n",
    { environment: { A: envDefault(2), B: envFixed("x y"), D: envDefault("") } },
    "# head\n\n# a\nexport A=${A:-2}\n# b\nexport B='x y'\nexport D=${D:-}\n",
  ],
  [
    "a README's summary, description and variables",
    "README.rst",
    "Web\n===\n\nThe *old*\nsummary.\n\nProse.\n\nA_PORT\n  :Default: 80\n  :Description: old words\n    on two lines\n\nThe end.\n",
    {
      readme: undefined as never,
      summary: "the new one",
      description: "More of it.",
      environment: { A_PORT: envDefault(80, "new words"), B_PORT: envDefault(1, "another") },
    },
    "Web\n===\n\nthe new one\n\nMore of it.\n\nProse.\n\nA_PORT\n  :Default: 80\n  :Description: new words\n\nThe end.\n\nEnvironment Variables\n---------------------\n\nB_PORT\n  :Required: No\n  :Default: ``1``\n  :Description: another\n",
  ],
];

test.each(ROWS)("%s", (_, path, layout, spec, merged) => {
  expect(laidOut(path, layout, spec)).toBe(merged);
});

test.each([
  ["element-deps", { deps: refs("a") }],
  ["package-installs.yaml", { packages: { a: {} } }],
] as const)("without a difference %s keeps its bytes, also those that are no UTF-8", (path, spec) => {
  const bytes = new Uint8Array([35, 255, 10, 97, path === "element-deps" ? 10 : 58, 10]);
  const element = elementOf(defineElement("e", { readme: false, ...spec, layout: { [path]: bytes } } as never));
  expect(element.files.get(path)).toMatchObject({ bytes });
});

/** What cannot be merged is refused at its line; nothing is lost in silence. */
test.each([
  [
    "an entry that stands for two",
    { packages: { a: { phase: "root.d" }, b: { phase: "install.d" } } },
    { "package-installs.yaml": "a: &x\n  phase: install.d\nb: *x\n" },
  ],
  ["what is no YAML", { packages: { a: {} } }, { "package-installs.yaml": "a: [\n" }],
  ["a file that no field writes", {}, { other: "x" }],
] as const)("%s is refused", (_, spec, layout) => {
  const definition = defineElement("e", { readme: false, ...spec, layout } as never);
  expect(() => elementOf(definition)).toThrow(/layout|lays out/);
  try {
    elementOf(definition);
  } catch (error) {
    expect(isDefinitionError(error) && error.site?.line && error.help).toBeTruthy();
  }
});

test.each([
  [{ location: "https://example.org/y.git" }, "destination"],
  [{ destination: "/opt/y", ref: "v1" }, "location"],
])("a source repository with a gap in its line is refused", (words, missing) => {
  const spec = { readme: false, sourceRepositories: { y: { type: "git", ...words } } };
  expect(() => elementOf(defineElement("e", spec as never))).toThrow(
    `source repository "y" has no ${missing}, so upstream would take what follows for it`,
  );
});

test.each([
  [{ readme: "x", summary: "y" }, /would be written nowhere/],
  [{ readme: false, deps: refs("vm"), files: { "element-deps": "base\n" } }, /defines "element-deps" twice/],
])("two fields that write one file are refused", (spec, message) => {
  expect(() => elementOf(defineElement("e", spec as never))).toThrow(message);
});
