import { expect, test } from "vitest";
import { conformancePage } from "../src/conformance-page.js";
import { type ConformanceRecord, recordReport } from "../src/conformance-record.js";
import type { ConformanceReport } from "../src/conformance-report.js";

const report = (
  elements: readonly string[],
  differences: ConformanceReport["differences"],
  version = "3.13.0",
): ConformanceReport => ({
  version: 1,
  elements,
  architecture: "amd64",
  formats: ["tar"],
  upstream: { version, seconds: 10, outputs: [] },
  dibkit: { seconds: 5, outputs: [] },
  compared: { tree: 100, packages: 7 },
  differences,
});
const facts = (resolved: readonly string[], date = "2026-01-02") => ({
  resolved,
  upstreamElements: ["vm", "base", "ubuntu", "sysprep"],
  upstreamTestElements: ["base/builds", "base/fails", "ubuntu/builds"],
  date,
  release: "bookworm",
});
const EMPTY: ConformanceRecord = { version: 2, upstreams: {}, builds: [] };
const open = { aspect: "tree", subject: "etc/odd", upstream: "a", dibkit: "b" } as const;

test("a result takes the place of an older one of the same elements, and reasons are counted", () => {
  const first = recordReport(EMPTY, report(["vm"], [open]), facts(["vm", "base"]));
  const explained = [
    { ...open, reason: "random" },
    { ...open, subject: "etc/other", reason: "random" },
  ];
  const second = recordReport(first, report(["vm"], explained), facts(["vm", "base"], "2026-01-03"));
  expect(first.builds.map(({ unexplained }) => unexplained)).toEqual([["tree etc/odd"]]);
  expect(second.builds).toMatchObject([{ date: "2026-01-03", explained: { random: 2 }, unexplained: [] }]);
  expect(second.upstreams["3.13"]?.elements).toEqual(["base", "sysprep", "ubuntu", "vm"]);
});

test("the page tells same, different, out of reach and not yet compared apart", () => {
  const good = recordReport(EMPTY, report(["base"], []), facts(["base"]));
  const page = conformancePage(recordReport(good, report(["vm"], [open]), facts(["vm", "base"])));
  expect(page).toContain("| base | same |  |");
  expect(page).toContain("| vm | differs | in a build of it, tree etc/odd |");
  expect(page).toContain("| ubuntu | not reachable | needs Ubuntu's mirror |");
  expect(page).toContain("| sysprep | not compared yet |  |");
  expect(page).toContain("| vm | tar | 3.13.0 | 2026-01-02 | 100 tree, 7 packages | 0 | tree etc/odd |");
});

test("test elements count for the element they are of", () => {
  const page = conformancePage(recordReport(EMPTY, report(["base", "builds"], []), facts(["base", "builds"])));
  expect(page).toContain("| base/builds | same |  |");
  expect(page).toContain("| base/fails | not compared yet |  |");
  expect(page).toContain("| ubuntu/builds | not reachable | needs Ubuntu's mirror |");
});

test("versions of upstream stand side by side, and none takes another's place", () => {
  const old = recordReport(EMPTY, report(["vm"], []), facts(["vm", "base"]));
  const names = { ...facts(["vm", "base"]), upstreamElements: ["vm", "base", "rocky-container"] };
  const both = recordReport(old, report(["vm"], [open], "3.40.2"), names);
  expect(both.builds.map(({ upstream }) => upstream)).toEqual(["3.13.0", "3.40.2"]);
  const page = conformancePage(both);
  expect(page).toContain("| element | 3.13 | 3.40 | why |");
  expect(page).toContain("| vm | same | differs | in a build of it, tree etc/odd |");
  expect(page).toMatch(/^\| rocky-container \| – \| \S/m);
  expect(page).toMatch(/^\* 3\.13: 2 same · /m);
});
