import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newestBuild } from "../../src/layers/build-history.js";
import { collectGarbage } from "../../src/layers/collect-garbage.js";
import { describeLayer } from "../../src/layers/describe-layer.js";
import { layerName, openLayerStore } from "../../src/layers/layer-store.js";
import { layerKind } from "../../src/layers/open-layer-trees.js";
import { usedLayers } from "../../src/layers/prune-store.js";
import { verifyAfterRestart, verifyStore } from "../../src/layers/verify-store.js";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../tiny-image.js";

const commands = createCommandRunner();

describe.skipIf(!mayBuild)("the layer store", () => {
  let project: TinyProject;
  beforeAll(() => {
    if (!workerIsBuilt) throw new Error('run "npm run build" first: a build runs in a worker of its own');
    project = tinyProject();
    project.element("probe", {
      "install.d/50-write": "#!/bin/bash\necho one > /etc/probe\nrm /bin/sleep\n",
      "finalise.d/50-last": "#!/bin/bash\nset -eu\nread text < /etc/probe\necho $text > /etc/last\n",
    });
  });
  afterAll(() => project.remove());
  const store = (name: string) => openLayerStore(join(project.directory, name));
  const listed = async () => {
    const done = await commands.run(["tar", "-tvf", join(project.directory, "out/image.tar")]);
    const lines = done.ok ? done.value.stdout.split("\n") : [];
    return lines.map((line) => line.replace(/ \d{4}-\d\d-\d\d \d\d:\d\d /, " ")).sort();
  };

  test("says what a layer's key is made of, and what differs from the one before", async () => {
    await project.build();
    project.element("probe", { "install.d/50-write": "#!/bin/bash\necho two > /etc/probe\nrm /bin/sleep\n" });
    const planned = (await project.plan()).document.steps.find(({ script }) => script === "50-write");
    expect(planned).toMatchObject({
      cached: false,
      reason: "script changed",
      diff: ["- echo one > /etc/probe", "+ echo two > /etc/probe"],
    });
    await project.build();
    const described = await describeLayer(await store("store"), "install.d/50-write", await newest());
    expect(described?.build).toMatchObject({ outcome: "ran", reason: "script changed" });
    expect(described?.before?.changed).toEqual(["script"]);
    expect(Object.keys(described?.meta.ingredients ?? {})).toContain("image before it");
  });

  test("drops layers that a power failure has damaged, in the first build after it", async () => {
    const opened = await store("store");
    const layers = (await usedLayers(opened)).map(({ meta }) => meta);
    const [damaged, half] = layers.filter(
      (entry) => entry.kind === "step" && entry.label.script === "50-write" && entry.changed.root,
    );
    if (damaged === undefined || half === undefined) throw new Error("no layers");
    writeFileSync(join(opened.layers, layerName(damaged.key), "root/etc/probe"), "");
    writeFileSync(join(opened.layers, layerName(half.key), "meta.json"), "");
    expect(await verifyAfterRestart(opened, commands)).toEqual([]);
    await opened.records.saveBoot("an earlier one");
    expect(await verifyAfterRestart(opened, commands)).toEqual([damaged]);
    expect(await verifyAfterRestart(opened, commands)).toEqual([]);
    const { outcome, steps } = await project.build();
    expect([outcome.kind, steps["install.d/50-write"]]).toEqual(["built", "ran"]);
    expect(await verifyStore(opened, commands, false)).toEqual([]);
    expect((await collectGarbage(opened, commands)).partial).toBe(1);
  });

  test("is kept within its size, and has nothing in it that no build can use", async () => {
    project.element("probe", { "install.d/50-write": "#!/bin/bash\necho three > /etc/probe\nrm /bin/sleep\n" });
    const { events } = await project.build({ cacheSize: 1 });
    expect(events).toContainEqual(
      expect.objectContaining({ type: "note", message: expect.stringMatching(/^removed the \d+ least recently used/) }),
    );
    const opened = await store("store");
    expect((await usedLayers(opened)).reduce((sum, { meta }) => sum + meta.bytes, 0)).toBeLessThanOrEqual(1);
    mkdirSync(join(opened.layers, "0123456789ab/root"), { recursive: true });
    expect((await collectGarbage(opened, commands)).partial).toBe(1);
    expect((await project.build()).outcome.kind).toBe("built");
  });

  test("is left alone with --no-store", async () => {
    const before = (await usedLayers(await store("store"))).length;
    const { outcome, steps } = await project.build({ noStore: true });
    expect(outcome.kind).toBe("built");
    expect(Object.values(steps)).not.toContain("cached");
    expect((await usedLayers(await store("store"))).length).toBe(before);
    expect(existsSync(join(project.directory, "store/unkept"))).toBe(true);
    expect(readdirSync(join(project.directory, "store/unkept"))).toEqual([]);
  });

  test("makes the same image of plain copies, on a filesystem that cannot hold overlays", async () => {
    await project.build();
    const expected = await listed();
    const place = join(project.directory, "container");
    for (const name of ["lower", "upper", "work", "at"]) mkdirSync(join(place, name), { recursive: true });
    const options = `lowerdir=${place}/lower,upperdir=${place}/upper,workdir=${place}/work`;
    await commands.run(["mount", "-t", "overlay", "-o", options, "overlay", join(place, "at")]);
    try {
      expect((await project.build({ store: "container/at/store" })).outcome).toMatchObject({ kind: "built" });
      expect(await listed()).toEqual(expected);
      expect(await layerKind(await store("container/at/store"))).toBe("plain");
      const { steps } = await project.build({ store: "container/at/store" });
      expect(Object.values(steps)).not.toContain("ran");
      project.element("probe", { "install.d/60-more": "#!/bin/bash\necho more > /etc/more\n" });
      const { steps: edited } = await project.build({ store: "container/at/store" });
      expect([edited["install.d/50-write"], edited["install.d/60-more"]]).toEqual(["cached", "ran"]);
      expect(await listed()).toHaveLength(expected.length + 1);
      expect(await verifyStore(await store("container/at/store"), commands, false)).toEqual([]);
    } finally {
      await commands.run(["umount", join(place, "at")]);
      project.element("probe", { "install.d/60-more": null });
    }
  });

  test("holds more layers than one mount can take", async () => {
    const count = Number(process.env.DIBKIT_SCRIPTS ?? 155);
    const scripts = Array.from({ length: count }, (_, at) => [
      `install.d/60-many-${at}`,
      `#!/bin/bash\n${at % 50 === 49 ? `rm /etc/many-${at - 1}` : ":"}\necho ${at} > /etc/many-${at}\n`,
    ]);
    project.element("probe", Object.fromEntries(scripts));
    expect((await project.build()).outcome).toMatchObject({ kind: "built" });
    const many = (await listed()).filter((line) => line.includes("./etc/many-"));
    expect(many).toHaveLength(count - Math.floor(count / 50));
    project.element("probe", { "post-install.d/50-after": "#!/bin/bash\necho after > /etc/after\n" });
    const { outcome, steps } = await project.build();
    expect(outcome).toMatchObject({ kind: "built" });
    expect(Object.entries(steps).filter(([id, how]) => id.startsWith("install.d") && how !== "cached")).toEqual([]);
    expect(await verifyStore(await store("store"), commands, false)).toEqual([]);
  });

  async function newest() {
    return newestBuild(await store("store"), undefined);
  }
});
