import { expect, test, vi } from "vitest";

test("what a definition declares is known to any copy of the module, for a command may have another", async () => {
  vi.resetModules();
  const first = await import("../../src/index.js");
  vi.resetModules();
  const second = await import("../../src/index.js");
  const { bash, defineElement, elementOf, envDefault, install } = first;
  const definition = defineElement("probe", {
    summary: "reads one variable",
    environment: { PROBE_URL: envDefault("x", "where", { phases: ["finalise.d"] }) },
    scripts: [install(50, "probe", bash`echo`, { inputs: ["PROBE_URL"] })],
  });
  expect(second.elementOf).not.toBe(elementOf);
  const element = elementOf(definition);
  expect(second.declaredInputs(element, "install.d/50-probe")).toEqual(["PROBE_URL"]);
  expect([...second.declaredPhases(element)]).toEqual([["PROBE_URL", ["finalise.d"]]]);
});
