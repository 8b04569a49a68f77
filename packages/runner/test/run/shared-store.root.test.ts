import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layerName, openLayerStore } from "../../src/layers/layer-store.js";
import { verifyStore } from "../../src/layers/verify-store.js";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../tiny-image.js";

const INSTALLER = `#!/bin/bash
echo "installing $*"
echo "$*" >> /etc/packages
`;

describe.skipIf(!mayBuild)("builds over one store", () => {
  let project: TinyProject;
  beforeAll(() => {
    if (!workerIsBuilt) throw new Error('run "npm run build" first: a build runs in a worker of its own');
    project = tinyProject();
    const counter = "$DIB_IMAGE_CACHE/mirror";
    project.element("probe", {
      // What a mirror serves changes without any input of the script changing.
      "root.d/50-fetch": `#!/bin/bash\nset -eu\nmkdir -p $TARGET_ROOT/usr/bin\ncat ${counter} > $TARGET_ROOT/etc/fetched\n`,
      "root.d/60-installer": `#!/bin/bash\nset -eu\ncat > $TARGET_ROOT/bin/install-packages <<'END'\n${INSTALLER}END\nchmod 755 $TARGET_ROOT/bin/install-packages\n`,
      "install.d/50-own": "#!/bin/bash\necho from install.d\necho own > /etc/packages\n",
    });
  });
  afterAll(() => project.remove());

  const mirror = async (text: string) => {
    await createCommandRunner().run(["mkdir", "-p", join(project.directory, "cache")]);
    writeFileSync(join(project.directory, "cache/mirror"), text);
  };
  const inImage = async (path: string, image = "image") => {
    const read = await createCommandRunner().run(["tar", "-xOf", join(project.directory, `out/${image}.tar`), path]);
    return read.ok ? read.value.stdout : undefined;
  };

  test("two at once give two good images and a whole store", async () => {
    await mirror("monday");
    const builds = await Promise.all(["first", "second"].map((image) => project.build({ image })));
    expect(builds.map(({ outcome }) => outcome)).toEqual(
      ["first", "second"].map((image) => ({ kind: "built", outputs: [join(project.directory, `out/${image}.tar`)] })),
    );
    expect(await Promise.all(["first", "second"].map((image) => inImage("./etc/fetched", image)))).toEqual([
      "monday",
      "monday",
    ]);
    const store = await openLayerStore(join(project.directory, "store"));
    expect(await verifyStore(store, createCommandRunner(), false)).toEqual([]);
    const { steps } = await project.build({ image: "third" });
    expect(steps["root.d/50-fetch"]).toBe("cached");
  });

  test("-p installs after install.d, and --logfile has what all scripts print", async () => {
    const logfile = join(project.directory, "all.log");
    const { outcome, steps } = await project.build({ packages: ["one,two", "three"], logfile });
    expect(outcome.kind).toBe("built");
    expect(await inImage("./etc/packages")).toBe("own\none two three\n");
    const order = Object.keys(steps);
    expect(order.indexOf("dibkit/install-packages")).toBeGreaterThan(order.indexOf("install.d/50-own"));
    expect(readFileSync(logfile, "utf8")).toContain("installing one two three\n");
    const { steps: again } = await project.build({ packages: ["one,two", "four"] });
    expect([again["install.d/50-own"], again["dibkit/install-packages"]]).toEqual(["cached", "ran"]);
  });

  test("a layer older than --max-age is made again, and --refresh keeps what it has made", async () => {
    await mirror("tuesday");
    await project.build({ maxAge: "1h" });
    expect(await inImage("./etc/fetched")).toBe("monday");
    const store = await openLayerStore(join(project.directory, "store"));
    for (const meta of await store.all()) {
      const file = join(store.layers, layerName(meta.key), "meta.json");
      writeFileSync(file, JSON.stringify({ ...meta, created: "2020-01-01T00:00:00Z" }));
      utimesSync(file, new Date(), new Date());
    }
    const { steps: planned } = (await project.plan({ maxAge: "1h" })).document;
    expect(planned.find(({ script }) => script === "50-fetch")?.reason).toBe("its layer is older than 1h");
    // It can have read nothing that is newer now.
    expect(planned.find(({ script }) => script === "10-tiny")?.cached).toBe(true);
    const { events } = await project.build({ maxAge: "1h" });
    expect(events).toContainEqual(
      expect.objectContaining({ id: "root.d/50-fetch", reason: "its layer is older than 1h" }),
    );
    expect(await inImage("./etc/fetched")).toBe("tuesday");
    await mirror("wednesday");
    await project.build();
    expect(await inImage("./etc/fetched")).toBe("tuesday");
    await project.build({ refresh: true });
    expect(await inImage("./etc/fetched")).toBe("wednesday");
    const { steps } = await project.build();
    expect(steps["root.d/50-fetch"]).toBe("cached");
    expect(await inImage("./etc/fetched")).toBe("wednesday");
  });
});
