import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../tiny-image.js";

describe.skipIf(!mayBuild || !workerIsBuilt)("a script of root.d that goes wrong and ends with 0", () => {
  let project: TinyProject;
  beforeEach(() => {
    project = tinyProject();
    project.element("probe", { "install.d/50-probe": "#!/bin/bash\n:\n" });
  });
  afterEach(() => project.remove());

  const MOUNT = "sudo mount -t proc none $TARGET_ROOT/proc\n";
  const fetch = (ok: string) => `#!/bin/bash\nset -eu\n${MOUNT}${ok}\n`;
  const outcome = async () => {
    const { outcome: ended, steps } = await project.build();
    return { ended, fetched: steps["root.d/20-fetch"] };
  };

  test("and leaves a mount is a failure with its last words, and no layer", async () => {
    const gone = '[[ -n x ]]\necho "could not download"\nexit 0';
    project.element("probe", { "root.d/20-fetch": fetch(`[ -e ${project.directory}/open ] || { ${gone}\n}`) });
    const wrong = {
      kind: "script-failed",
      message:
        'hook script root.d/20-fetch of element "probe" ended with exit code 0 but left "/proc" mounted in the root',
      tail: ["could not download"],
    };
    for (let time = 0; time < 2; time++) {
      expect(await outcome()).toMatchObject({ ended: wrong, fetched: "failed" });
    }
    project.element("probe", { "root.d/20-fetch": fetch("sudo umount $TARGET_ROOT/proc") });
    expect(await outcome()).toMatchObject({ ended: { kind: "built" }, fetched: "ran" });
    expect(await outcome()).toMatchObject({ ended: { kind: "built" }, fetched: "cached" });
  });

  test("and leaves a mount that a later script of the phase takes away is none", async () => {
    project.element("probe", {
      "root.d/20-fetch": fetch(":"),
      "root.d/30-rest": "#!/bin/bash\nsudo umount $TARGET_ROOT/proc\n",
    });
    expect(await outcome()).toMatchObject({ ended: { kind: "built" } });
  });

  test.each([
    ["brings none", { "root.d/10-tiny": "#!/bin/bash\necho nothing came\nsudo mkdir $TARGET_ROOT/etc\n" }],
    ["removes it", { "root.d/90-remove": "#!/bin/bash\necho nothing came\nsudo rm $TARGET_ROOT/bin/sh\n" }],
  ])("and %s is a failure, when something is to run in the image", async (_, scripts) => {
    project.element("tiny-os", scripts);
    for (let time = 0; time < 2; time++) {
      const { outcome: ended } = await project.build();
      expect(ended).toMatchObject({
        kind: "script-failed",
        message: expect.stringContaining("left a root without a shell, which scripts in the image need"),
        tail: ["nothing came"],
      });
    }
    expect(await project.build({ elements: ["tiny-os"] })).toMatchObject({ outcome: { kind: "built" } });
  });

  test("upstream's die is a failure, whatever went before it", async () => {
    project.element("probe", { "root.d/20-fetch": '#!/bin/bash\nset -eu\n[[ -n x ]]\ndie "could not download"\n' });
    expect(await outcome()).toMatchObject({
      ended: { kind: "script-failed", exitCode: 1, tail: ["could not download"] },
      fetched: "failed",
    });
  });
});
