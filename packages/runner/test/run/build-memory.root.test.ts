import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLayerStore } from "../../src/layers/layer-store.js";
import { stepName } from "../../src/plan/script-step.js";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../tiny-image.js";

/** Says where what it changes is written. */
const WHERE = `#!/bin/bash
set -eu
grep -oE "upperdir=[^,]*_[0-9]{2}-[a-z]+/root" /proc/self/mountinfo
mkdir -p $TMP_MOUNT_PATH/usr/share/probe $TMP_MOUNT_PATH/usr/lib
ln $TMP_MOUNT_PATH/bin/cat $TMP_MOUNT_PATH/usr/lib/cat
mv $TMP_MOUNT_PATH/var/log $TMP_MOUNT_PATH/usr/share/probe/log
rm $TMP_MOUNT_PATH/bin/sleep
`;
const ON_DISK = `#!/bin/bash
set -eu
file=$(losetup --noheadings --output BACK-FILE $IMAGE_BLOCK_DEVICE)
echo "disk: $file"
case $file in */memory/*) ls \${file%%/memory/*}/memory ;; esac
[ "$(stat -Lc %s $TMP_IMAGE_DIR/image0.raw)" = "$(blockdev --getsize64 $IMAGE_BLOCK_DEVICE)" ]
`;
const LARGE = `#!/bin/bash
set -eu
grep -oE "upperdir=[^,]*_[0-9]{2}-[a-z]+/root" /proc/self/mountinfo
head -c 600M /dev/zero > $TMP_MOUNT_PATH/var/large
`;

const MEMORY_GROUP = "/sys/fs/cgroup/memory";
const GROUP = join(MEMORY_GROUP, `dibkit-test-${process.pid}`);

describe.skipIf(!mayBuild)("memory for a build", () => {
  let project: TinyProject;
  beforeAll(() => {
    if (!workerIsBuilt) throw new Error('run "npm run build" first: a build runs in a worker of its own');
    project = tinyProject();
    project.element("probe", { "extra-data.d/50-where": WHERE, "cleanup.d/10-disk": ON_DISK });
  });
  afterAll(() => project.remove());

  /** Names and contents of the layers of a store, and where the two scripts worked. */
  const build = async (store: string, environment: Readonly<Record<string, string>>) => {
    const { outcome } = await project.build({ store, environment, formats: "raw" });
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "built" });
    const layers = await (await openLayerStore(join(project.directory, store))).all();
    const contents = layers.filter((entry) => entry.kind === "step" && (entry.changed.root || entry.changed.hooks));
    return {
      contents: contents.map(({ label, content }) => `${stepName(label)} ${content}`).sort(),
      tree: project.log("extra-data.d/50-where"),
      disk: project.log("cleanup.d/10-disk"),
    };
  };

  test("takes scripts and disks, and layers are the same as without", async () => {
    const without = await build("on-disk", { DIB_NO_TMPFS: "1" });
    expect(without.tree + without.disk).not.toContain("/memory/");
    const within = await build("in-memory", {});
    expect(within.tree).toMatch(/upperdir=.*\/memory\/extra-data.d_50-where\/root/);
    expect(within.disk).not.toContain("50-where");
    expect(within.disk).toMatch(/\/memory\/.*\/builds\/[^/]+\/image\/image0.raw/);
    expect(within.contents).toEqual(without.contents);
    expect(within.contents.join("\n")).toContain("extra-data.d/50-where");
  });

  test("of which the store cannot take everything: says what the copier said", async () => {
    // A tmpfs takes files of any size, ext4 those up to 16 TiB.
    project.element("probe", { "extra-data.d/60-huge": "#!/bin/bash\ntruncate -s 20T $TMP_MOUNT_PATH/huge\n" });
    const { outcome } = await project.build({ store: "too-small-files", formats: "tar" });
    project.element("probe", { "extra-data.d/60-huge": "#!/bin/bash\n" });
    expect(outcome).toMatchObject({
      kind: "stage-failed",
      message: expect.stringMatching(/extra-data.d\/60-huge of element "probe" has written could not be put into the/),
      help: expect.stringContaining("--no-tmpfs"),
    });
    expect(JSON.stringify(outcome)).toContain("File too large");
  });

  test("is left alone when there is less than was asked for", async () => {
    const { tree, disk } = await build("too-little", { DIB_MIN_TMPFS: "1000000" });
    expect(tree + disk).not.toContain("/memory/");
  });

  test.skipIf(!canLimit())("is half of what the control group leaves; a script that fills it runs again", async () => {
    project.element("large", { "extra-data.d/60-large": LARGE, "install.d/60-small": "#!/bin/bash\nrm /var/large\n" });
    mkdirSync(GROUP);
    const before = ownGroup();
    try {
      writeFileSync(join(GROUP, "memory.limit_in_bytes"), String(1024 ** 3));
      writeFileSync(join(GROUP, "cgroup.procs"), String(process.pid));
      const environment = { DIB_MIN_TMPFS: "0.1" };
      const elements = ["tiny-os", "probe", "large"];
      const { outcome, events, steps } = await project.build({ store: "limited", environment, elements });
      expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "built" });
      expect(steps["extra-data.d/60-large"]).toBe("ran");
      const notes = events.flatMap((event) => (event.type === "note" ? [event.message] : []));
      expect(notes).toEqual([expect.stringContaining("extra-data.d/60-large filled the memory")]);
      const [first, second] = project.log("extra-data.d/60-large").match(/^upperdir=.*$/gm) ?? [];
      expect(first).toContain("/memory/");
      expect(second).not.toContain("/memory/");
    } finally {
      writeFileSync(join(MEMORY_GROUP, before, "cgroup.procs"), String(process.pid));
      rmdirSync(GROUP);
    }
  });
});

/** Whether groups can be limited here: as root, with the memory controller at its usual place. */
function canLimit(): boolean {
  try {
    mkdirSync(GROUP);
    rmdirSync(GROUP);
    return true;
  } catch {
    return false;
  }
}

function ownGroup(): string {
  return /^\d+:memory:(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
}
