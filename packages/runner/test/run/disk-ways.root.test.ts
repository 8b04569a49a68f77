import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageFacts } from "../disk/image-facts.js";
import { mayBuild, type TinyOptions, type TinyProject, tinyProject, workerIsBuilt } from "../tiny-image.js";
import { TWO_FILESYSTEMS } from "./two-filesystems.js";

/** What boot loaders and others look at, without what differs from build to build. */
const LOOK = `#!/bin/bash
set -eu
while read -r _ _ _ _ at _ line; do
  case $at in "$1"|"$1/srv"|/|/srv) source=\${line#*- * }; echo "$at \${source%% *}" ;; esac
done < /proc/self/mountinfo
`;

const TIMES = / \d{10,}(?= )/g;

describe.skipIf(!mayBuild)("a build whose disk is made in files alone", () => {
  let project: TinyProject;
  let scratch = "";
  const options: TinyOptions = { formats: "raw", environment: { DIB_BLOCK_DEVICE_CONFIG: TWO_FILESYSTEMS } };

  beforeAll(async () => {
    if (!workerIsBuilt) throw new Error('run "npm run build" first: a build runs in a worker of its own');
    scratch = await mkdtemp(join(tmpdir(), "dibkit-ways-"));
    project = tinyProject();
    project.element("probe", {
      "install.d/50-write":
        "#!/bin/bash\nset -eu\nmkdir -p /srv/data /usr/old\necho tree > /srv/data/file\necho gone > /usr/old/gone\n",
      "pre-finalise.d/50-host":
        '#!/bin/bash\nset -eu\necho "$IMAGE_BLOCK_DEVICES"\nblkid -p -o value -s LABEL "${IMAGE_BLOCK_DEVICE}p4"\nchmod 0600 "$IMAGE_BLOCK_DEVICE"\nchown 6:6 "$IMAGE_BLOCK_DEVICE"\n',
      "finalise.d/50-target": `${LOOK.replaceAll("$1", "/")}rm /usr/old/gone\necho $((1 + 1)) > /srv/data/sum
echo "mount of $IMAGE_BLOCK_DEVICE"
printf 'boot code' | { exec 3<> "$IMAGE_BLOCK_DEVICE"; cat >&3; }
`,
      "cleanup.d/50-host": "#!/bin/bash\nset -eu\nchmod 0700 $TMP_MOUNT_PATH/usr/old\n",
    });
  });
  afterAll(async () => {
    project.remove();
    await rm(scratch, { recursive: true, force: true });
  });

  const facts = async (name: string) =>
    JSON.parse(
      JSON.stringify(
        await imageFacts(join(project.directory, "out", `${name}.raw`), scratch, createCommandRunner()),
      ).replaceAll(TIMES, ""),
    );

  test("is the same image, file for file, as on loop devices", async () => {
    const built = { kind: "built", outputs: [join(project.directory, "out/image.raw")] };
    const loop = await project.build({ ...options, disk: "loop" });
    expect(loop.outcome).toEqual(built);
    const expected = await facts("image");
    const ownerAndMode = async () => {
      const { mode, uid, gid } = await stat(join(project.directory, "out/image.raw"));
      return [mode, uid, gid];
    };
    const owned = await ownerAndMode();
    const files = await project.build({ ...options, disk: "files" });
    expect(files.outcome).toEqual(built);
    expect(files.steps).toMatchObject({ "install.d/50-write": "cached", "finalise.d/50-target": "ran" });
    expect(project.log("finalise.d/50-target")).toMatch(/^\/ (\/dev\/dibkit\d+)p4\n\/srv \1p2\nmount of \1\n$/);
    expect(project.log("pre-finalise.d/50-host")).toMatch(
      /^ \[image0\]=(\S+) {2}\[BSP\]=\1p1 .* \[root\]=\1p4 \ncloudimg-rootfs\n$/,
    );
    expect(expected).toMatchObject({ boot: expect.stringMatching(/^boot code/) });
    expect(await facts("image")).toEqual(expected);
    expect(await ownerAndMode()).toEqual(owned);
  });

  test("is taken from the cache when nothing has changed, for its own way only", async () => {
    const again = await project.build({ ...options, disk: "files" });
    expect(again.steps["formats/outputs"]).toBe("cached");
    const plan = await project.plan({ ...options, disk: "loop" });
    expect(plan.document.diskWay).toEqual({ way: "loop", reason: "asked for with --disk" });
  });

  test("runs a new script of finalise.d on what the others have left, and what follows it", async () => {
    project.element("probe", {
      "finalise.d/60-more": "#!/bin/bash\nset -eu\n[ -e /usr/old/gone ] || echo more > /srv/data/more\n",
    });
    const { outcome, steps } = await project.build({ ...options, disk: "files" });
    expect(outcome).toMatchObject({ kind: "built" });
    const ran = Object.entries(steps).filter(([, how]) => how === "ran");
    expect(ran.map(([step]) => step).filter((step) => !/^(disk|formats|dibkit)\//.test(step))).toEqual([
      ...["finalise.d/60-more", "cleanup.d/50-host"],
    ]);
    const files = JSON.stringify(await facts("image"));
    expect(files).toContain("data/more f 644");
    expect(files).not.toContain("old/gone");
  });

  test("refuses a layout that needs a device, before anything runs", async () => {
    const xfs = "- local_loop: { name: image0, mkfs: { type: xfs, label: r, mount: { mount_point: / } } }";
    const planning = project.plan({ formats: "raw", disk: "files", environment: { DIB_BLOCK_DEVICE_CONFIG: xfs } });
    await expect(planning).rejects.toThrow(
      'filesystem "mkfs_image0" is xfs, which cannot be written from a directory with all that it has, so it cannot be made in files alone',
    );
  });
});
