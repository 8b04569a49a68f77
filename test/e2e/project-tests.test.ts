import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tinyOs, UPSTREAM_PROGRAMS } from "../tiny-os.mjs";
import { dibkit, example, whyNotBuild } from "./dibkit.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-tests-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const script = (...lines: readonly string[]) => `#!/bin/bash\nset -eu\n${lines.join("\n")}\n`;
const TESTS = "elements/web/test-elements";
const files: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module" }\n',
  "elements/tiny/element-provides": "operating-system\n",
  "elements/tiny/root.d/10-tiny": tinyOs(UPSTREAM_PROGRAMS),
  "elements/web/element-deps": "tiny\n",
  "elements/web/install.d/50-web": script("echo hello > /etc/web"),
  [`${TESTS}/finds/post-install.d/50-check`]: script("grep hello /etc/web"),
  [`${TESTS}/breaks/install.d/60-break`]: script("echo gone '<wrong>'", "exit 22"),
  [`${TESTS}/refuses/install.d/60-refuse`]: script("touch /tmp/dib-test-should-fail", "exit 1"),
  [`${TESTS}/forgets/install.d/60-forget`]: script("touch /tmp/dib-test-should-fail"),
  [`${TESTS}/odd/install.d/60-odd`]: script("true"),
  "odd/strange/test-elements/kind/element-type": "floppy\n",
  "web.test.js": 'import { expect, test } from "vitest";\ntest("adds", () => expect(1 + 1).toBe(2));\n',
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), text);
  if (text.startsWith("#!")) chmodSync(join(root, path), 0o755);
}
symlinkSync(join(example("web-server"), "../../node_modules"), join(root, "node_modules"));

const run = (...words: readonly string[]) =>
  dibkit(["test", ...words], { cwd: root, env: { DIBKIT_CACHE: join(root, "layers"), DIB_JOURNAL_SIZE: "4" } });
const seconds = (text: string) => text.replaceAll(/\([\d.]+ s\)/g, "(T)");

test("the tests of elements are found where the caller says, and words are checked", async () => {
  expect(await run("--list", "--elements-path", "elements")).toMatchObject({
    ...{ exitCode: 0, stderr: "" },
    stdout: "web/breaks\nweb/finds\nweb/forgets\nweb/odd\nweb/refuses\n",
  });
  expect(await run("--list")).toEqual({
    ...{ exitCode: 0, stdout: "", stderr: "no element of the project has test-elements\n" },
  });
  expect(await run("web/none", "--elements-path", "elements")).toMatchObject({
    ...{ exitCode: 2, stdout: "" },
    stderr: expect.stringMatching(/^error: element "web" has no test "none", but "breaks", "finds",.*\n help: see /),
  });
  expect(await run("strange", "--elements-path", "odd")).toMatchObject({
    ...{ exitCode: 2, stdout: "" },
    stderr: expect.stringMatching(/kind\/element-type" says "floppy", expected "disk" or "ramdisk"\n help: correct it/),
  });
});

test("what fails and what passes is told by the exit code also where nobody reads the messages", async () => {
  const through = ["bash", "-o", "pipefail", "-c", '"$@" 2>&1 >/dev/null | true', "bash"];
  expect(await dibkit(["test", "web.test.js"], { cwd: root, through })).toMatchObject({ exitCode: 0 });
  expect(await dibkit(["test", "nowhere"], { cwd: root, through })).toMatchObject({ exitCode: 2 });
  const misspelt = await run("wbe.test.js");
  expect(misspelt.exitCode).toBe(1);
  expect(misspelt.stderr).toMatch(/^No test files found/m);
});

test.skipIf(whyNotBuild())(
  "builds decide, layers are shared, and what Vitest finds is in the same report",
  async () => {
    const tests = ["breaks", "finds", "forgets", "refuses"].map((name) => `web/${name}`);
    const failing = await run(...tests, "--elements-path", "elements", "--junit", "out/junit.xml");
    expect(failing.exitCode, failing.stderr).toBe(1);
    expect(seconds(failing.stdout)).toBe(
      [
        'fail: web/breaks (T): hook script install.d/60-break of element "breaks" failed with exit code 22',
        "pass: web/finds (T)",
        "fail: web/forgets (T): its build was to fail, and did not",
        "pass: web/refuses (T)\n",
      ].join("\n"),
    );
    expect(failing.stderr).toContain("4 tests of elements, 2 failed\n");
    // The first has made what all have in common.
    expect(failing.stderr).toMatch(/^web\/finds: = install\.d\/50-web +web +cached/m);
    const junit = readFileSync(join(root, "out/junit.xml"), "utf8");
    expect(junit).toContain('<testsuites name="dibkit test" tests="4" failures="2" errors="0">');
    expect(junit).toMatch(/<failure message="[^"]*&quot;breaks&quot;[^"]*">gone &lt;wrong&gt;<\/failure>/);
    const all = await run("web/refuses", "web.test.js", "--elements-path", "elements", "--junit", "out/junit.xml");
    expect(all.exitCode, all.stderr).toBe(0);
    const both = readFileSync(join(root, "out/junit.xml"), "utf8");
    expect(both).toContain('<testsuites name="dibkit test" tests="2" failures="0" errors="0">');
    expect(both).toMatch(/name="web\/refuses"[\s\S]*name="adds"/);
  },
);
