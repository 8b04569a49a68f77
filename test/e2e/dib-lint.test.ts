import { join } from "node:path";
import { lint } from "@dibkit/lint";
import { loadCatalog, upstreamInstallation } from "@dibkit/model";
import { afterAll, expect, test } from "vitest";
import { dibLint, hasDibLint, ownFindings } from "../../packages/lint/test/dib-lint-oracle.js";
import { keptFindings } from "../../packages/lint/test/kept-dib-lint.js";
import { upstreamOf } from "../upstream-version.mjs";

const PYTHON_OF_NOBODY =
  'script-program-element: "PyYAML" and "python3-PyYAML" are never installed: nothing brings "dib-python", which sets the DIB_PYTHON_VERSION that is asked for';

const installed = hasDibLint();
const oracle = dibLint();
afterAll(oracle.dispose);

test.skipIf(!installed)("what dib-lint finds in upstream's elements, dibkit finds too", async () => {
  const upstream = upstreamInstallation(process.env);
  if (upstream === undefined) throw new Error("diskimage-builder is not installed");
  const ours = await ownFindings(loadCatalog([upstream.elements]));
  const theirs = keptFindings(oracle, upstream.elements);
  expect(theirs.filter((finding) => !ours.has(finding))).toEqual([]);
});

/** dib-lint takes many minutes for a tree that it has not seen, so a second one is a run of its own. */
const long = process.env.DIBKIT_DIB_LINT === "newest";

test.skipIf(!long)("what dib-lint finds in the elements of the newest release, dibkit finds too", async () => {
  const elements = join(upstreamOf("sid").directory, "elements");
  const ours = await ownFindings(loadCatalog([elements]));
  const theirs = keptFindings(oracle, elements, true);
  expect(theirs.length).toBeGreaterThan(0);
  expect(theirs.filter((finding) => !ours.has(finding))).toEqual([]);
});

test("errors on upstream's elements are real defects", async () => {
  const upstream = upstreamInstallation(process.env);
  if (upstream === undefined) throw new Error("diskimage-builder is not installed");
  const catalog = loadCatalog([upstream.elements]);
  const { diagnostics } = await lint({ catalog, elements: [...catalog.elements.values()] });
  const errors = diagnostics
    .filter((found) => found.severity === "error")
    .map((found) => `${found.code}: ${found.message}`);
  expect(errors).toEqual([
    // Its element-deps names an element that was removed years ago, so it cannot be built.
    'deps-known: element "deploy-kexec" depends on "deploy", which is in no directory of ELEMENTS_PATH',
    // No element of this version sets DIB_PYTHON_VERSION for them: no package is installed for either value.
    PYTHON_OF_NOBODY,
    // Mode 0644 and no first line: dib-run-parts never runs it.
    "script-executable: hook script cleanup.d/99-fix-grub is not executable, so it is never run",
    // The test has lost a bracket on either side of "||": it fails on Debian, and "debian" is run as a command.
    'script-test-operator: the test ends at "||", without its "]"',
    PYTHON_OF_NOBODY,
  ]);
});
