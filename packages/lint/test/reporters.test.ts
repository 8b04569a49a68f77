import type { Diagnostic } from "@dibkit/model";
import { describe, expect, it } from "vitest";
import { type LintResult, reporters } from "../src/index.js";

const source = { path: "/work/elements/web/install.d/50-web", text: "#!/bin/bash\nset -eu\n\twhich nginx <&>\n" };
const at = source.text.indexOf("which");

const diagnostics: readonly Diagnostic[] = [
  {
    code: "script-which",
    severity: "warning",
    message: '`which` is missing from "minimal" <systems> & so on',
    help: "use `command -v`",
    element: "web",
    location: { source, start: at, end: at + 5 },
    related: [{ message: "see here", location: { source, start: 0, end: 2 } }],
    fix: {
      title: "use command -v",
      safe: true,
      edits: [{ kind: "replace", path: source.path, start: at, end: at + 5, text: "command -v" }],
    },
  },
  { code: "image-operating-system", severity: "error", message: "no element provides operating-system, 100%" },
];
const result: LintResult = { diagnostics, suppressed: 2, files: 3, elements: 1, checkedFiles: [] };
const empty: LintResult = { diagnostics: [], suppressed: 0, files: 3, elements: 1, checkedFiles: [] };

function report(format: string, of = result): string {
  const reporter = reporters.find((candidate) => candidate.name === format);
  if (!reporter) throw new Error(format);
  return reporter.render(of, { cwd: "/work", color: false, version: "1.2.3", rules: new Map() });
}

it("pretty shows the line, a caret under the place, and what can be repaired", () => {
  expect(report("pretty")).toBe(`warning \`which\` is missing from "minimal" <systems> & so on [script-which]
  at elements/web/install.d/50-web:3:2
  3 |     which nginx <&>
    |     ^^^^^
  see here: elements/web/install.d/50-web:1:1
  help: use \`command -v\`

error no element provides operating-system, 100% [image-operating-system]

1 error, 1 warning in 1 element, 3 files, 2 suppressed
repairable: 1 with --fix
`);
  expect(report("pretty", empty)).toBe("no findings in 1 element, 3 files\n");
});

it("compact is one line per finding", () => {
  expect(
    report("compact"),
  ).toBe(`elements/web/install.d/50-web:3:2: warning: \`which\` is missing from "minimal" <systems> & so on [script-which]
error: no element provides operating-system, 100% [image-operating-system]
`);
});

it("json has the documented shape", () => {
  const data = JSON.parse(report("json"));
  expect(data.summary).toEqual({ errors: 1, warnings: 1, infos: 0, files: 3, elements: 1, suppressed: 2 });
  expect(data.diagnostics[0]).toEqual({
    code: "script-which",
    severity: "warning",
    message: '`which` is missing from "minimal" <systems> & so on',
    help: "use `command -v`",
    element: "web",
    file: "elements/web/install.d/50-web",
    line: 3,
    column: 2,
    endLine: 3,
    endColumn: 7,
    fixable: true,
    related: [
      { message: "see here", file: "elements/web/install.d/50-web", line: 1, column: 1, endLine: 1, endColumn: 3 },
    ],
  });
});

it("github escapes properties and data", () => {
  expect(report("github")).toBe(
    '::warning file=elements/web/install.d/50-web,line=3,endLine=3,col=2,endColumn=7,title=script-which::`which` is missing from "minimal" <systems> & so on%0Ause `command -v`\n' +
      "::error title=image-operating-system::no element provides operating-system, 100%25\n",
  );
});

it("gitlab names each finding by a fingerprint", () => {
  const issues = JSON.parse(report("gitlab"));
  expect(issues[0]).toMatchObject({
    check_name: "script-which",
    severity: "minor",
    location: { path: "elements/web/install.d/50-web", lines: { begin: 3, end: 3 } },
  });
  expect(issues[0].fingerprint).toMatch(/^[0-9a-f]{32}$/);
});

describe("fingerprints", () => {
  const sarif = (of: LintResult) => JSON.parse(report("sarif", of)).runs[0].results;
  it("stay when lines move, and differ for equal findings", () => {
    const moved = { path: source.path, text: `# new line\n${source.text}` };
    const [first] = diagnostics as [Diagnostic];
    const later: Diagnostic = { ...first, location: { source: moved, start: at + 11, end: at + 16 } };
    const print = (of: LintResult, index: number) => sarif(of)[index].partialFingerprints["dibkit/v1"];
    expect(print({ ...result, diagnostics: [later] }, 0)).toBe(print(result, 0));
    const twice = { ...result, diagnostics: [first, first] };
    expect(print(twice, 0)).not.toBe(print(twice, 1));
  });
});

it("checkstyle and junit are well-formed XML", () => {
  expect(report("checkstyle")).toContain(
    '<error line="3" column="2" severity="warning" message="`which` is missing from &quot;minimal&quot; &lt;systems&gt; &amp; so on" source="dibkit.script-which"/>',
  );
  expect(report("junit")).toContain('<testsuites name="dibkit" tests="2" failures="2">');
  expect(report("junit", empty)).toContain('<testcase name="no findings" classname="dibkit"/>');
});
