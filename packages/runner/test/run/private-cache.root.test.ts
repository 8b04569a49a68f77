import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../tiny-image.js";

/** As upstream's element dpkg has it. */
const SHARE = `#!/bin/bash
set -eu
mkdir -p $DIB_IMAGE_CACHE/apt/debian $TARGET_ROOT/var/cache/apt/archives
sudo mount --bind $DIB_IMAGE_CACHE/apt/debian $TARGET_ROOT/var/cache/apt/archives
`;

/** As apt does it: it locks the directory, keeps what it fetches, and removes what it has kept. */
const FETCH = `#!/bin/bash
set -eu
cd /var/cache/apt/archives
cat earlier_1.deb
echo $DIB_PROBE > lock
echo $DIB_PROBE > both_1.deb
echo $DIB_PROBE > $DIB_PROBE.deb
sleep 2
[ "$(cat lock)" = $DIB_PROBE ]
[ "$(cat both_1.deb)" = $DIB_PROBE ]
rm earlier_1.deb
`;

describe.skipIf(!mayBuild)("the cache that apt locks", () => {
  let project: TinyProject;
  beforeAll(() => {
    project = tinyProject();
    project.element("probe", { "root.d/50-share": SHARE, "install.d/50-fetch": FETCH });
  });
  afterAll(() => project.remove());

  test("is one for all builds, and each has its own lock", async () => {
    const shared = join(project.directory, "cache/apt/debian");
    mkdirSync(shared, { recursive: true });
    writeFileSync(join(shared, "earlier_1.deb"), "earlier\n");
    await project.build({ environment: { DIB_PROBE: "before" } });
    const builds = await Promise.all(
      ["one", "two"].map((name) => project.build({ environment: { DIB_PROBE: name }, image: name })),
    );
    for (const { outcome, steps } of builds) {
      expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "built" });
      expect(steps["root.d/50-share"]).toBe("cached");
    }
    expect(readdirSync(shared).sort()).toEqual(["before.deb", "both_1.deb", "earlier_1.deb", "one.deb", "two.deb"]);
    expect(readFileSync(join(shared, "one.deb"), "utf8")).toBe("one\n");
    expect(readFileSync(join(shared, "earlier_1.deb"), "utf8")).toBe("earlier\n");
  });
});
