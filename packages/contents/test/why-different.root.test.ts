import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { type LayerStore, openLayerStore } from "@dibkit/runner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyOptions, type TinyProject, tinyProject } from "../../runner/test/tiny-image.js";
import { findBuild } from "../src/find-build.js";
import { whyDifferent } from "../src/why/why-different.js";

describe.skipIf(!mayBuild)("why two builds are different", () => {
  let project: TinyProject;
  let store: LayerStore;
  let options: TinyOptions = {};
  beforeAll(async () => {
    project = tinyProject();
    project.element("probe", {
      "environment.d/10-probe": "export DIB_PROBE=${DIB_PROBE:-first}\n",
      "install.d/30-one": "#!/bin/bash\necho one > /etc/one\n",
      "install.d/40-two": "#!/bin/bash\ncat /etc/one > /etc/two\n",
      "install.d/50-three": "#!/bin/bash\necho $DIB_PROBE > /etc/three\n",
      "install.d/60-random": "#!/bin/bash\necho $RANDOM$RANDOM > /etc/random\n",
      "finalise.d/50-last": "#!/bin/bash\necho last > /etc/last\n",
    });
    project.element("more", { "post-install.d/50-more": "#!/bin/bash\necho more > /etc/more\n" });
    await build();
    store = await openLayerStore(join(project.directory, "store"));
  });
  afterAll(() => project.remove());

  async function build(more: TinyOptions = {}): Promise<void> {
    // Of a script that nobody watched, --refresh cannot know that it used no network.
    const environment = { DIBKIT_NETWORK: "host", ...options.environment, ...more.environment };
    const { outcome } = await project.build({ ...options, ...more, environment });
    expect(outcome.kind).toBe("built");
  }

  async function why() {
    const [before, after] = [await findBuild(store, "~1"), await findBuild(store, undefined)];
    if (!before.ok || !after.ok) throw new Error("two builds are there");
    const { cause, inputs, steps, images } = await whyDifferent(
      store,
      before.value,
      after.value,
      createCommandRunner(),
    );
    return {
      cause: cause && `${cause.label.phase}/${cause.label.script}: ${cause.why}`,
      diff: cause?.diff ?? [],
      by: cause?.inputs.map(({ kind, name }) => `${kind} ${name}`) ?? [],
      inputs: inputs.map(({ kind, name, before: old, after: now }) => `${kind} ${name}: ${old} → ${now}`),
      steps: steps.map(
        ({ label: { phase, script }, kind, otherContent }) => `${phase}/${script} ${kind} ${otherContent}`,
      ),
      files: images?.files.map(({ path }) => path),
    };
  }

  test("nothing", async () => {
    await build();
    expect(await why()).toEqual({ cause: null, diff: [], by: [], inputs: [], steps: [], files: [] });
  });

  test("an edit of a script, and what followed from it", async () => {
    project.element("probe", { "install.d/30-one": "#!/bin/bash\necho 1 > /etc/one\n" });
    await build();
    expect(await why()).toMatchObject({
      cause: "install.d/30-one: its script changed",
      diff: ["- echo one > /etc/one", "+ echo 1 > /etc/one"],
      by: ["element-file probe/install.d/30-one"],
      inputs: [expect.stringMatching(/^element-file probe\/install\.d\/30-one: 755 \w{64} → 755 \w{64}$/)],
      steps: expect.arrayContaining(["install.d/30-one other-inputs true", "install.d/40-two other-inputs true"]),
      files: expect.arrayContaining(["/etc/one", "/etc/two"]),
    });
  });

  test("a variable of the caller", async () => {
    options = { environment: { DIB_PROBE: "second" } };
    await build();
    expect(await why()).toMatchObject({
      cause: 'install.d/50-three: variable DIB_PROBE changed: "first" → "second"',
      by: ["variable DIB_PROBE"],
      inputs: ["variable DIB_PROBE: null → second"],
      files: expect.arrayContaining(["/etc/three"]),
    });
  });

  test("a default of environment.d", async () => {
    options = {};
    await build();
    project.element("probe", { "environment.d/10-probe": "export DIB_PROBE=${DIB_PROBE:-third}\n" });
    await build();
    expect(await why()).toMatchObject({
      cause: 'install.d/50-three: variable DIB_PROBE changed: "first" → "third"',
      by: ["element-file probe/environment.d/10-probe"],
    });
  });

  test("a script on the disk", async () => {
    project.element("probe", { "finalise.d/50-last": "#!/bin/bash\necho later > /etc/last\n" });
    await build();
    expect(await why()).toMatchObject({
      cause: "finalise.d/50-last: its script changed",
      by: ["element-file probe/finalise.d/50-last"],
      files: ["/etc/last"],
    });
  });

  test("an element more", async () => {
    options = { elements: ["tiny-os", "probe", "more"] };
    await build();
    expect(await why()).toMatchObject({
      cause: 'post-install.d/50-more: element "more", which has it, is new',
      by: ["element more"],
      inputs: ["element more: null → there", "option elements: tiny-os probe → tiny-os probe more"],
      files: ["/etc/more"],
    });
  });

  test("a script that does something else each time", async () => {
    await build({ refresh: true });
    expect(await why()).toMatchObject({
      cause:
        "install.d/60-random: nothing that went in changed, but it ran again (asked to run everything again), and something else came of it",
      by: [],
      inputs: [],
      files: ["/etc/random"],
    });
  });
});
