import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { yamlMapping } from "../../src/define/yaml-text.js";
import { plainData } from "../../src/views/data-node.js";
import { parseYamlText } from "../../src/views/parse-yaml.js";

// What upstream's parser makes of each text, one line of JSON for each: its type and value, or that it raises.
const ORACLE = `
import datetime, json, sys, yaml
def shown(value):
    if isinstance(value, datetime.datetime):
        return ["date", value.replace(tzinfo=None).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")]
    if isinstance(value, datetime.date):
        return ["date", value.strftime("%Y-%m-%dT00:00:00").rjust(19, "0")]
    if value is None or isinstance(value, (bool, str)):
        return [type(value).__name__, value]
    if isinstance(value, (int, float)):
        return ["number", repr(float(value))]
    if isinstance(value, list):
        return ["list", [shown(item) for item in value]]
    if isinstance(value, dict):
        return ["map", {str(key): shown(item) for key, item in value.items()}]
    return [type(value).__name__, ""]
for line in json.load(sys.stdin):
    try:
        print(json.dumps(shown(yaml.safe_load(line))))
    except Exception:
        print("null")
`;

const hasPyYaml = spawnSync("python3", ["-c", "import yaml"]).status === 0;
if (!hasPyYaml && process.env.CI) throw new Error("python3-yaml is missing");

function theirs(texts: readonly string[]): readonly unknown[] {
  const { stdout } = spawnSync("python3", ["-c", ORACLE], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function ours(text: string): unknown {
  const { root, diagnostics } = parseYamlText({ path: "x", text });
  if (diagnostics.some(({ code }) => code !== "yaml/duplicate-key")) return null;
  return shown(root === undefined ? null : plainData(root));
}

function shown(value: unknown): unknown {
  if (value === null) return ["NoneType", null];
  if (typeof value === "string") return ["str", value];
  if (typeof value === "boolean") return ["bool", value];
  if (typeof value === "number") return ["number", number(value)];
  if (value instanceof Date) return ["date", value.toISOString().slice(0, 19)];
  if (Array.isArray(value)) return ["list", value.map(shown)];
  return ["map", Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, shown(item)]))];
}

/** Numbers in one spelling: Python writes 1e+16 and JavaScript 10000000000000000. */
function number(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return Number.isFinite(value) ? `${value}` : value > 0 ? "inf" : "-inf";
}

function normal(result: unknown): unknown {
  return JSON.parse(JSON.stringify(result), (_key, value) =>
    Array.isArray(value) && value[0] === "number" && !/inf|nan/.test(value[1])
      ? ["number", number(Number(value[1]) + 0)]
      : value,
  );
}

function compare(texts: readonly string[]): void {
  const expected = theirs(texts);
  expect(expected.length).toBe(texts.length);
  const different = texts.flatMap((text, index) => {
    const [python, own] = [JSON.stringify(normal(expected[index])), JSON.stringify(normal(ours(text)))];
    return python === own ? [] : [`${JSON.stringify(text)}: PyYAML ${python}, dibkit ${own}`];
  });
  expect(different).toEqual([]);
}

const SCALARS =
  `8E00 1e3 1.0e3 1.0e+3 1e+3 08 0o17 0700 0x83 83 y n Y N yes no on off Yes ON oFF true TRUE tRUE null Null
  nULL ~ 2026-01-01 2026-1-1 2026-13-01 2026-02-30 0000-01-01 2026-01-01T10:00:00 2026-01-01T10:00:00Z
  2026-01-01T25:00:00 2026-01-01T10:00:00.5+02:00 1:30 190:20:30 1:60 0:30 1:30.5 -1:30 1_000 0x_ 0b_ 0b101 -0b11 0_7 -0 +0
  -0x1F .5 +.5 .5e-3 1. 1._ ._1 . .. 1.5.1 .inf -.inf +.INF .iNF .nan .NaN -.nan << = <=> 8300 EF00 ef02 0xef 1e 12e03
  1__0 100% 8GiB 0777 0o777 0b 0x - -- --- +1 -1 0.1 00.1 1.e+3 1.E-3 1e400 1.0e+400 ! !!str !!int`.split(/\s+/);

// Characters of numbers, dates and words for truth, so that most texts are nearly something.
const nearly = fc
  .array(fc.constantFrom(..."0011238._-+:eExXoObBaAfFyYnNtTrRuUsSlLiI~<=zZ"), { minLength: 1, maxLength: 9 })
  .map((characters) => characters.join(""))
  .filter((text) => !/:$|^-$|^---?$|^\?$/.test(text));

const changed = fc
  .tuple(fc.constantFrom(...SCALARS), fc.nat(20), fc.constantFrom(..."018._-+:eExobyn", ""))
  .map(([text, at, sign]) => `${text.slice(0, at)}${sign}${text.slice(at + 1)}`)
  .filter((text) => !/:$|^[-?!]*$/.test(text));

it.skipIf(!hasPyYaml)("every scalar is what PyYAML makes of it", { timeout: 120_000 }, () => {
  const random = fc.sample(fc.oneof(nearly, changed), { numRuns: 8_000, seed: 22 });
  const texts = [...new Set([...SCALARS.filter((text) => !/^(-|---|!.*)$/.test(text)), ...random])];
  compare(texts.flatMap((text) => [`k: ${text}\n`, `[ ${text} ]\n`]));
});

it.skipIf(!hasPyYaml)("texts of Windows' editors are what PyYAML makes of them", () => {
  const texts = ["- a: 1\n  b: 2\n", "a:\n  b: |\n    c\n    d\n", "a: 1\nb: 'x\n  y'\n", "- a:\n    - 1\n    - [2]\n"];
  compare(
    texts.flatMap((text) => {
      const returns = text.replaceAll("\n", "\r\n");
      return [`\uFEFF${text}`, `\uFEFF${returns}`, returns, returns.slice(0, -1), text.replaceAll("\n", "\r")];
    }),
  );
  const source = { path: "x", text: "\uFEFF- a: 1\r\n  a: 2\r\n" };
  const places = parseYamlText(source).diagnostics.map(({ location }) => [location?.start, location?.end]);
  expect(places).toEqual([[11, 12]]);
});

it.skipIf(!hasPyYaml)("what is written for PyYAML is read back as it was", () => {
  const written = SCALARS.map((text) => yamlMapping({ k: text, [text]: [text] }).text);
  const expected = SCALARS.map((text) => ["map", { k: ["str", text], [text]: ["list", [["str", text]]] }]);
  expect(theirs(written)).toEqual(expected);
});

it.skipIf(!hasPyYaml)(
  "tags, merge keys, equal keys and odd keys are what PyYAML makes of them",
  { timeout: 60_000 },
  () => {
    const tagged = ["str", "int", "float", "bool", "null", "timestamp", "set", "omap", "python/none", "foo"].flatMap(
      (tag) =>
        ["1", "08", "'08'", "yes", "1.0", "2026-01-01", "x", "''", "{a: 1}"].map((value) => `k: !!${tag} ${value}\n`),
    );
    compare([
      ...tagged.filter((text) => !/(set|omap|null) [^{]|omap|set \{/.test(text)),
      "k: ! 12\n",
      "k: !local 12\n",
      "k: !local {a: 1}\n",
      "a: 1\nb: 2\na: 3\n",
      "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n",
      "x: &x {a: 1}\nz: &z {a: 2, c: 3}\ny: {<<: [*x, *z]}\n",
      "x: &x {a: 1}\nz: &z {a: 2, c: 3}\ny:\n  <<: *x\n  <<: *z\n",
      "x: &x {a: 1}\ny: {'<<': *x}\n",
      "y: {<<: 1}\n",
      "y: {<<: [1]}\n",
      "? [a]\n: b\n",
      "? {a: 1}\n: b\n",
      "a: 1\n---\nb: 2\n",
      "",
      "---\n",
      "# only a comment\n",
      "k:\n",
      "k: ''\n",
      "- \n- ~\n",
      "k: |\n  08\n",
      "k: >-\n  08\n",
      "k: 0\n  8\n",
      "%YAML 1.2\n---\nk: 0o17\n",
      "%YAML 1.1\n---\nk: 0o17\n",
    ]);
  },
);
