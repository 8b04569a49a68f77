import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { mayBuild, tinyProject, workerIsBuilt } from "../tiny-image.js";

const project = tinyProject();
afterAll(() => project.remove());

const script = (line: string) => `#!/bin/bash\nset -eu\n${line}\n`;
const LATIN = `$(printf '\\344')`;

test.skipIf(!mayBuild || !workerIsBuilt)(
  "names that are not UTF-8 are in the image, and in what is cached",
  async () => {
    const host = `rm -rf /tmp/names; mkdir -p "/tmp/names/${LATIN}d"; echo x > "/tmp/names/${LATIN}d/${LATIN}f"`;
    const copy = "sudo cp -a /tmp/names $TMP_MOUNT_PATH/names";
    project.element("probe", {
      "extra-data.d/50-host": script(host),
      "install.d/50-settings": script(`echo x > "/etc/${LATIN}install"`),
      "pre-finalise.d/50-copy": script(copy),
      "finalise.d/50-disk": script(
        `mkdir "/${LATIN}disk"; echo x > "/${LATIN}disk/${LATIN}f"; rm "/etc/${LATIN}install"`,
      ),
    });
    const listed = () => {
      const names = execFileSync("tar", ["-tf", join(project.directory, "out/image.tar")], { encoding: "utf8" });
      return names.split("\n").filter((name) => name.includes("\\344"));
    };
    const expected = ["./\\344disk/", "./\\344disk/\\344f", "./names/\\344d/", "./names/\\344d/\\344f"];
    expect((await project.build()).outcome.kind).toBe("built");
    expect(listed().sort()).toEqual(expected);
    project.element("probe", { "pre-finalise.d/50-copy": script(`${copy} # once more`) });
    const { outcome, steps } = await project.build();
    expect([outcome.kind, steps["extra-data.d/50-host"], steps["pre-finalise.d/50-copy"]]).toEqual([
      "built",
      "cached",
      "ran",
    ]);
    expect(listed().sort()).toEqual(expected);
  },
);
