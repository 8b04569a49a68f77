import type { BuildTimeline } from "@dibkit/runner";
import { describe, expect, test } from "vitest";
import { recordTimeline } from "../../runner/src/job/build-timeline.js";
import { chromeTrace } from "../src/chrome-trace.js";
import { sizePage } from "../src/size-page.js";
import { tracePage } from "../src/trace-page.js";

const label = { phase: "install.d", script: "50-x", element: "acme" };
const TIMELINE: BuildTimeline = {
  version: 1,
  id: "b1",
  started: "2026-01-02T03:04:05.000Z",
  seconds: 10,
  status: "failed",
  steps: [
    {
      id: "root.d/10-os",
      label: { phase: "root.d", script: "10-os" },
      start: 0,
      end: 1,
      outcome: "cached",
      seconds: 40,
    },
    { id: "install.d/50-x", label, start: 2, end: 6, outcome: "ran", seconds: 3, reason: "script changed" },
    { id: "install.d/60-</script>", label, start: 6, end: 9, outcome: "failed", seconds: 3 },
  ],
  notes: [{ at: 4, message: "waiting for a mirror" }],
};

/** What the page's script gets, read back from the page. */
function dataOf(page: string): unknown {
  const [, json = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page) ?? [];
  return JSON.parse(json);
}

describe.each([
  ["size", sizePage("<b>&", { directory: { name: "/", bytes: 3, children: [{ name: "</script>", bytes: 3 }] } })],
  ["trace", tracePage("<b>&", TIMELINE)],
])("the page of %s", (_name, page) => {
  test("needs nothing from elsewhere", () => {
    expect(page).not.toMatch(/<(link|img|iframe)\b|\bsrc=|@import|url\(|\bfetch\(|XMLHttpRequest/);
  });

  test("shows names as they are", () => {
    expect(page).toContain("&lt;b&gt;&amp;</h1>");
    expect(JSON.stringify(dataOf(page))).toContain("</script>");
    expect(page.match(/<\/script>/g)).toHaveLength(2);
  });
});

test("a build becomes slices of Chrome's trace format", () => {
  const { traceEvents, otherData } = chromeTrace(TIMELINE);
  expect(otherData).toMatchObject({ build: "b1", status: "failed" });
  expect(
    traceEvents.filter(({ tid, ph }) => tid === 2 && ph === "X").map(({ name, cat, ts, dur }) => [name, cat, ts, dur]),
  ).toEqual([
    ["root.d/10-os", "cached", 0, 1_000_000],
    ["waited: install.d/50-x", "waited", 1_000_000, 1_000_000],
    ["install.d/50-x", "ran", 2_000_000, 3_000_000],
    ["kept: install.d/50-x", "kept", 5_000_000, 1_000_000],
    ["install.d/60-</script>", "failed", 6_000_000, 3_000_000],
  ]);
  expect(traceEvents.filter(({ cat }) => cat === "phase").map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
    ["root.d", 0, 1_000_000],
    ["install.d", 1_000_000, 8_000_000],
  ]);
  expect(traceEvents.find(({ ph }) => ph === "i")).toMatchObject({ name: "waiting for a mirror", ts: 4_000_000 });
});

test("a step that was running when the build was stopped is in its timeline", () => {
  const passed: string[] = [];
  const timeline = recordTimeline("b2", ({ type }) => passed.push(type));
  timeline.emit({ type: "step-finished", id: "a", label, seconds: 5, outcome: "cached" });
  timeline.emit({ type: "step-started", id: "b", label, reason: "script changed" });
  timeline.emit({ type: "warning", message: "odd" });
  const { steps, notes, status } = timeline.finish("interrupted");
  expect(passed).toEqual(["step-finished", "step-started", "warning"]);
  expect(steps.map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual([
    ["a", "cached", undefined],
    ["b", "interrupted", "script changed"],
  ]);
  expect([status, notes[0]?.message]).toEqual(["interrupted", "odd"]);
});
