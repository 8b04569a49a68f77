import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCatalog, upstreamInstallation } from "@dibkit/model";
import { expect, onTestFinished, test } from "vitest";
import { planPackages } from "../../src/plan/plan-packages.js";
import { comparePackagePlans } from "./package-plans.js";

/** Packages of elements a and b, in this order, as `+name` and `-name`. */
function planned(
  a: string,
  b: string,
  upstreamVersion: string | undefined,
  values: Record<string, string | null> = {},
) {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-packages-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of [
    ["a", a],
    ["b", b],
  ] as const) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, "package-installs.yaml"), text);
  }
  const elements = [...loadCatalog([directory]).elements.values()];
  const context = { values, architecture: "amd64", installType: "source", upstreamVersion };
  const phases = Object.values(planPackages(elements, context));
  return phases.flatMap(({ install, uninstall }) => [
    ...install.map(({ name, when }) => `+${name}${when === undefined ? "" : ` if ${when.join(" and ")}`}`),
    ...uninstall.map(({ name }) => `-${name}`),
  ]);
}

test.each([
  // Before 3.31 the removal comes after all installs, whoever wishes it.
  ["git:\n", "git: {build-only: true}\n", "3.13.0", ["+git", "+git", "-git"]],
  ["git:\n", "git: {build-only: true}\n", "3.31.0", ["+git", "+git"]],
  ["git: {build-only: true}\n", "git:\n", "3.31.0", ["+git", "+git"]],
  ["git:\n", "git: {uninstall: true}\n", "3.30.0", ["+git", "-git"]],
  ["git:\n", "git: {uninstall: true}\n", undefined, ["+git"]],
  ["git: {uninstall: true}\n", "git:\n", undefined, ["+git"]],
  ["git: {uninstall: true}\n", "git: {phase: post-install.d}\n", undefined, ["-git", "+git"]],
  ["git: {build-only: true, uninstall: true}\n", "jq:\n", "3.13.0", ["+git", "+jq", "-git"]],
  // What does not apply on this architecture forgets the removal all the same.
  ["git: {uninstall: true}\n", "git: {arch: arm64}\n", undefined, []],
] as const)("%j and %j with diskimage-builder %s: %j", (a, b, version, expected) => {
  expect(planned(a, b, version)).toEqual(expected);
});

test.each([
  [{}, ["+jq"]],
  [{ DIB_PYTHON_VERSION: "3" }, ["+python3-yaml", "+jq"]],
  [{ DIB_PYTHON_VERSION: "2" }, ["+python-yaml", "+jq"]],
  [
    { DIB_PYTHON_VERSION: null },
    ["+python-yaml if DIB_PYTHON_VERSION=2", "+python3-yaml if DIB_PYTHON_VERSION=3", "+jq"],
  ],
] as const)("dib_python_version is asked of %j: %j", (values, expected) => {
  const list = "python-yaml: {dib_python_version: 2}\npython3-yaml: {dib_python_version: 3}\n";
  expect(planned(list, "jq:\n", "3.13.0", values)).toEqual(expected);
});

const upstream = upstreamInstallation(process.env);

test.skipIf(upstream === undefined)("every system with sets of companions gets upstream's packages", async () => {
  if (upstream === undefined) return;
  const { compared, differences } = await comparePackagePlans(upstream, 12);
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(100);
});
