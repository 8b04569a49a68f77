import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { openLayerStore } from "@dibkit/runner";
import { expect, test } from "vitest";
import { mayBuild, tinyProject } from "../../runner/test/tiny-image.js";
import { findBuild } from "../src/find-build.js";
import { layerContents } from "../src/layer-contents.js";
import { installedPackages } from "../src/packages/installed-packages.js";

/** A paragraph of dpkg's database, and of many more whose length a real one has. */
const paragraph = (name: string) =>
  `Package: ${name}\\nStatus: install ok installed\\nArchitecture: all\\nVersion: 1.0\\n`;
const writes = (status: string) => `#!/bin/bash
set -eu
mkdir -p $TARGET_ROOT/var/lib/dpkg
printf '${paragraph("early")}\\n' > $TARGET_ROOT${status}
for ((at = 0; at < 2000; at++)); do
  printf '${paragraph("package-%s")}\\n' $at
done >> $TARGET_ROOT${status}
`;

test.skipIf(!mayBuild)(
  "packages that are installed on the disk, such as boot loaders, are among those of the layers",
  async () => {
    const project = tinyProject();
    const status = "/var/lib/dpkg/status";
    project.element("probe", {
      "root.d/50-packages": writes(status),
      "finalise.d/50-late": `#!/bin/bash\nprintf '${paragraph("late")}\\n' >> ${status}\n`,
    });
    try {
      expect((await project.build({ disk: "loop" })).outcome.kind).toBe("built");
      const store = await openLayerStore(join(project.directory, "store"));
      const build = await findBuild(store, undefined);
      if (!build.ok) throw new Error(build.error);
      const commands = createCommandRunner();
      const contents = await layerContents(store, build.value, commands);
      if (!contents.ok) throw new Error(contents.error);
      const packages = await installedPackages(contents.value, commands);
      expect([packages.get("early:all"), packages.get("late:all"), packages.size]).toEqual(["1.0", "1.0", 2002]);
    } finally {
      project.remove();
    }
  },
);
