import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layerStoreAt } from "../../src/layers/layer-store.js";
import { imageFacts } from "../disk/image-facts.js";
import {
  mayBuild,
  type TinyBuild,
  type TinyOptions,
  type TinyProject,
  tinyProject,
  workerIsBuilt,
} from "../tiny-image.js";
import { TWO_FILESYSTEMS } from "./two-filesystems.js";

/** Everything that scripts can do to a disk: files, tops of filesystems, removals, boot code, other partitions. */
const SCRIPTS = {
  "install.d/50-write": `#!/bin/bash
set -eu
mkdir -p /srv/data /usr/old/deep /var/spool
echo tree > /srv/data/file
echo gone > /usr/old/gone
echo deep > /usr/old/deep/file
`,
  "pre-finalise.d/50-host": `#!/bin/bash
set -eu
printf "first stage" > "\${IMAGE_BLOCK_DEVICE}p1"
chmod 1777 $TMP_MOUNT_PATH/srv
chown 12:34 $TMP_MOUNT_PATH/srv
`,
  "finalise.d/40-target": `#!/bin/bash
set -eu
rm -r /usr/old
mkdir /usr/old
echo $((1 + 1)) > /srv/data/sum
printf 'boot code' | { exec 3<> "$IMAGE_BLOCK_DEVICE"; cat >&3; }
`,
  "finalise.d/60-target": "#!/bin/bash\nset -eu\necho one > /etc/edited\n",
  // It goes on with what the others have left on the device.
  "finalise.d/80-target": `#!/bin/bash
set -eu
exec 3<> "$IMAGE_BLOCK_DEVICE"
read -r -n 4 -u 3 word
printf ' %s' "$word" >&3
ls /srv > /srv/listed
`,
  "cleanup.d/50-host": "#!/bin/bash\nset -eu\nchmod 0700 $TMP_MOUNT_PATH/var/spool\nrm $TMP_MOUNT_PATH/srv/data/file\n",
} as const;

const FINALISE = ["40-target", "60-target", "80-target"].map((name) => `finalise.d/${name}`);
const ON_DISK = ["pre-finalise.d/50-host", ...FINALISE, "cleanup.d/50-host", "dibkit/finish-root"];

/** Seconds since 1970 after a blank. */
const TIMES = / \d{10,}(?= )/g;

describe.skipIf(!mayBuild)("layers of scripts that work on a disk in files", () => {
  let project: TinyProject;
  let scratch = "";
  let warm: TinyBuild;
  const options: TinyOptions = {
    ...{ formats: "raw,tar", disk: "files" },
    environment: { DIB_BLOCK_DEVICE_CONFIG: TWO_FILESYSTEMS },
  };

  beforeAll(async () => {
    if (!workerIsBuilt) throw new Error('run "npm run build" first: a build runs in a worker of its own');
    scratch = await mkdtemp(join(tmpdir(), "dibkit-disk-layers-"));
    project = tinyProject();
    project.element("probe", SCRIPTS);
    const first = await project.build(options);
    expect(first.outcome).toMatchObject({ kind: "built" });
    expect(onDisk(first)).toEqual(Object.fromEntries(ON_DISK.map((step) => [step, "ran"])));
    project.element("probe", { "finalise.d/60-target": '#!/bin/bash\nset -eu\necho "two ${PROBE:-}" > /etc/edited\n' });
    warm = await project.build(options);
  });
  afterAll(async () => {
    project.remove();
    await rm(scratch, { recursive: true, force: true });
  });

  const onDisk = ({ steps }: TinyBuild) => Object.fromEntries(ON_DISK.map((step) => [step, steps[step] ?? "no step"]));

  const facts = async (image: string): Promise<string> => {
    const read = await imageFacts(join(project.directory, "out", `${image}.raw`), scratch, createCommandRunner());
    return JSON.stringify(read, undefined, 1).replaceAll(TIMES, "");
  };

  test("an edit costs the script and what stands on it, as the plan says", () => {
    expect(warm.outcome).toMatchObject({ kind: "built" });
    const [edited, ...after] = [
      "finalise.d/60-target",
      "finalise.d/80-target",
      "cleanup.d/50-host",
      "dibkit/finish-root",
    ];
    const expected = ON_DISK.map((step) => [step, step === edited || after.includes(step) ? "ran" : "cached"]);
    expect(onDisk(warm)).toEqual(Object.fromEntries(expected));
    const planned = new Map(warm.planned.map((step) => [`${step.phase}/${step.script}`, step]));
    expect(ON_DISK.filter((step) => planned.get(step)?.cached)).toEqual([
      "pre-finalise.d/50-host",
      "finalise.d/40-target",
    ]);
    expect(planned.get("finalise.d/60-target")?.reason).toBe("script changed");
    expect(planned.get("disk/populated")?.cached).toBe(true);
  });

  test("the image is the one that a build without a store makes", async () => {
    const found = await facts("image");
    const fresh = await project.build({ ...options, image: "fresh/image", noStore: true });
    expect(fresh.outcome).toMatchObject({ kind: "built" });
    expect(found).toBe(await facts("fresh/image"));
    // What the first scripts wrote to the devices has come from their layers.
    expect(found).toContain("boot boot");
    expect(found).not.toContain("old/deep");
  });

  test("paths are told to be of the script that wrote them, whether it ran or not", async () => {
    const { records } = layerStoreAt(join(project.directory, "store"));
    const changes = (await records.diskChanges(warm.logs.split("/").at(-2) ?? "")) ?? [];
    const told = Object.fromEntries(changes.map(({ path, type, writer }) => [path, `${type} ${writer.script}`]));
    expect(told).toMatchObject({
      "/etc/edited": "file 60-target",
      "/etc/fstab": "file create",
      "/srv/data/sum": "file 40-target",
      "/srv/data/file": "removed 50-host",
      "/srv/listed": "file 80-target",
      "/usr/old/deep": "removed 40-target",
    });
  });

  test("nothing is taken over when a script's variables or the layout are others", async () => {
    const other = { ...options, environment: { ...options.environment, PROBE: "value" } };
    expect(onDisk(await project.build(other))).toMatchObject({
      ...{ "finalise.d/40-target": "cached", "finalise.d/60-target": "ran", "finalise.d/80-target": "ran" },
    });
    const layout = {
      ...other,
      environment: { ...other.environment, DIB_BLOCK_DEVICE_CONFIG: TWO_FILESYSTEMS.replace("24", "28") },
    };
    expect(onDisk(await project.build(layout))).toEqual(Object.fromEntries(ON_DISK.map((step) => [step, "ran"])));
  });
});
