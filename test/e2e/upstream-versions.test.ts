import { loadCatalog, resolve, type UpstreamInstallation, upstreamInstallation } from "@dibkit/model";
import { describe, expect, test } from "vitest";
import { askUpstream, configurations, expectSame } from "../../packages/runner/test/disk/block-device-oracle.js";
import { comparePackagePlans } from "../../packages/runner/test/plan/package-plans.js";
import { upstreamVersion } from "../upstream-version.mjs";

/** The newer versions that Debian has, beside the installed one, which the tests of the packages look at. */
const VERSIONS = ["3.37", "3.40"];

describe.each(VERSIONS)("diskimage-builder %s", (version) => {
  const upstream = upstreamInstallation({ DIB_LIB: upstreamVersion(version) }) as UpstreamInstallation;

  test("is found with its version and its elements", () => {
    expect(upstream.version).toMatch(new RegExp(`^${version}\\.`));
    const catalog = loadCatalog([upstream.elements]);
    expect(resolve(catalog, ["rocky-container", "vm"], { arch: "amd64", base: true }).ok).toBe(true);
  });

  test("installs and removes the packages that dibkit plans, for every system with sets of companions", async () => {
    const { compared, differences } = await comparePackagePlans(upstream, 50);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(400);
  });

  test("makes the disks that dibkit plans", async () => {
    const installed = { package: upstream.package, version: upstream.version ?? "" };
    const configs = await configurations(installed);
    const answers = await askUpstream(installed, configs);
    expect(Object.keys(configs).length).toBeGreaterThan(30);
    for (const [name, text] of Object.entries(configs)) {
      const theirs = answers[name];
      if (theirs === undefined) throw new Error(`upstream has no answer for ${name}`);
      expectSame(name, text, theirs, installed.version);
    }
  });
});
