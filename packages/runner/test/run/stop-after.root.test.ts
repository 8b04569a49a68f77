import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLayerStore } from "../../src/layers/layer-store.js";
import type { BuildPlan } from "../../src/plan/plan-build.js";
import { startBuild } from "../../src/run/start-build.js";
import { mayBuild, type TinyProject, tinyProject } from "../tiny-image.js";

let project: TinyProject;
beforeEach(() => {
  project = tinyProject();
  project.element("common", {
    "environment.d/10-common": "export COMMON=$(echo computed)\n",
    "install.d/20-common": "#!/bin/bash\necho $COMMON > /etc/common\n",
  });
  project.element("one", { "install.d/30-one": "#!/bin/bash\necho one > /etc/flavour\n" });
  project.element("two", { "install.d/30-two": "#!/bin/bash\necho two > /etc/flavour\n" });
});
afterEach(() => project.remove());

const keys = (plan: BuildPlan) => plan.predict().steps.map(({ label, key }) => [`${label.phase}/${label.script}`, key]);

describe.skipIf(!mayBuild)("a build that stops after a step", () => {
  test("keeps the layers that another image begins with, as was predicted, and makes no image", async () => {
    const first = await project.plan({ elements: ["tiny-os", "common", "one"], image: "one" });
    const second = await project.plan({ elements: ["tiny-os", "common", "two"], image: "two" });
    const shared = keys(first).filter(([, key]) => keys(second).some(([, other]) => other === key));
    expect(shared.map(([step]) => step)).toEqual([
      "root.d/10-tiny",
      "dibkit/check-root",
      "dibkit/prepare-root",
      "dibkit/install-type",
      "install.d/20-common",
    ]);
    const request = { ...first.job.request, stopAfter: "install.d/20-common" };
    const stopped = await startBuild(
      { ...first, job: { ...first.job, request } },
      { onEvent: () => {}, signal: new AbortController().signal },
    );
    expect(stopped).toEqual({ kind: "built", outputs: [] });
    const store = await openLayerStore(request.store);
    const record = await store.records.record(first.job.id);
    expect(record).toMatchObject({ status: "stopped", outputs: {} });
    expect(record?.steps.map(({ label }) => `${label.phase}/${label.script}`)).toEqual(shared.map(([step]) => step));
    const { outcome, steps } = await project.build({ elements: ["tiny-os", "common", "two"], image: "two" });
    expect(outcome).toMatchObject({ kind: "built" });
    for (const [step = ""] of shared) expect(steps[step]).toBe("cached");
    expect(steps["install.d/30-two"]).toBe("ran");
  });

  test("may stop after a step of dibkit's own", async () => {
    const plan = await project.plan({ elements: ["tiny-os", "common", "one"] });
    const request = { ...plan.job.request, stopAfter: "dibkit/check-root" };
    await startBuild(
      { ...plan, job: { ...plan.job, request } },
      { onEvent: () => {}, signal: new AbortController().signal },
    );
    const record = await (await openLayerStore(request.store)).records.record(plan.job.id);
    expect(record?.steps.at(-1)?.label.script).toBe("check-root");
  });
});

test("what differs between machines, calls and stores is not in a prediction", async () => {
  const elements = ["tiny-os", "common", "one"];
  const plan = await project.plan({ elements, image: "a" });
  const other = await project.plan({
    elements,
    image: "b",
    store: "elsewhere",
    environment: { http_proxy: "http://192.0.2.1:3128", LANG: "de_DE.UTF-8", CI_JOB_ID: "17" },
  });
  expect(keys(other)).toEqual(keys(plan));
  const changed = await project.plan({ elements, environment: { COMMON: "from outside" } });
  expect(keys(changed)).toEqual(keys(plan));
  project.element("common", { "environment.d/10-common": "export COMMON=$(echo another)\n" });
  const edited = await project.plan({ elements });
  const differing = keys(edited).filter(([step, key]) => !keys(plan).some(([a, b]) => a === step && b === key));
  expect(differing.map(([step]) => step)).toEqual([
    "install.d/20-common",
    "install.d/30-one",
    "dibkit/remove-lost-and-found",
  ]);
});
