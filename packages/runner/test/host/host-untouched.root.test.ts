import { readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyOs } from "../../../../test/tiny-os.mjs";
import { mayBuild, type TinyProject, tinyProject } from "../tiny-image.js";

/** As the systemd-tmpfiles and the udev of an image do, and more. */
const CHANGE_DEVICES = `#!/bin/bash
set -u
for node in /dev/*; do
  [ -d "$node" ] || [ -L "$node" ] || { chown 7:7 "$node"; chmod 0604 "$node"; }
done
[ "$(ls -ln /dev/null | cut -c1-10)" = crw----r-- ] && echo changed its own
[ -w /proc/sys/vm/swappiness ] || echo settings are read-only
[ -w /sys/kernel ] || echo sysfs is read-only
echo lost > /dev/null && echo null takes what it is given
`;

/** Nodes by name with their mode and owner; those of loop devices come and go with other builds. */
function hostDevices(): Readonly<Record<string, string>> {
  const names = readdirSync("/dev").filter((name) => !name.startsWith("loop") && name !== "mapper");
  return Object.fromEntries(
    names.flatMap((name) => {
      const status = statSync(join("/dev", name), { throwIfNoEntry: false });
      return status === undefined ? [] : [[name, `${status.mode.toString(8)} ${status.uid}:${status.gid}`]];
    }),
  );
}

describe.skipIf(!mayBuild)("the host of a build", () => {
  let project: TinyProject;
  beforeAll(() => {
    project = tinyProject();
    project.element("tiny-os", {
      "root.d/10-tiny": tinyOs([
        ...["bash", "sh", "cat", "env", "ls", "mkdir", "rm", "sleep", "grep"],
        ...["chown", "chmod", "cut"],
      ]),
    });
    project.element("probe", {
      "root.d/50-probe": CHANGE_DEVICES,
      "install.d/50-probe": CHANGE_DEVICES,
      "finalise.d/50-probe": CHANGE_DEVICES,
    });
  });
  afterAll(() => project.remove());

  test("keeps its devices and its settings, whatever scripts do to those that they see", async () => {
    const before = hostDevices();
    expect((await project.build()).outcome).toMatchObject({ kind: "built" });
    for (const phase of ["root.d", "install.d", "finalise.d"]) {
      expect(project.log(`${phase}/50-probe`), phase).toBe(
        "changed its own\nsettings are read-only\nsysfs is read-only\nnull takes what it is given\n",
      );
    }
    const after = hostDevices();
    const both = Object.keys(before).filter((name) => name in after);
    expect(Object.fromEntries(both.map((name) => [name, after[name]]))).toEqual(
      Object.fromEntries(both.map((name) => [name, before[name]])),
    );
  });

  test("keeps its name and its shared memory", async () => {
    const script = `#!/bin/bash
set -eu
hostname elsewhere
echo "$(hostname) $(ipcmk -M 4096 | cut -d: -f1)"
`;
    const shared = () =>
      readFileSync("/proc/sysvipc/shm", "utf8")
        .split("\n")
        .map((line) => line.slice(0, 21));
    const before = [hostname(), shared()];
    const other = tinyProject();
    try {
      other.element("probe", { "root.d/50-probe": script });
      expect((await other.build()).outcome).toMatchObject({ kind: "built" });
      expect(other.log("root.d/50-probe")).toBe("elsewhere Shared memory id\n");
    } finally {
      other.remove();
    }
    expect([hostname(), shared()]).toEqual(before);
  });

  test("gives scripts every loop device that it has, and some that it does not have yet", async () => {
    const attach = `#!/bin/bash
set -eu
truncate -s 1M /tmp/one /tmp/two
attached=()
trap 'losetup --detach "\${attached[@]}"' EXIT
for file in /tmp/one /tmp/two; do attached+=("$(losetup --show --find "$file")"); done
echo "attached \${#attached[@]}"
cd /sys/block
for device in loop*; do [ -b "/dev/$device" ] || echo "no $device"; done
`;
    const other = tinyProject();
    try {
      other.element("probe", { "root.d/50-probe": attach });
      expect((await other.build()).outcome).toMatchObject({ kind: "built" });
      expect(other.log("root.d/50-probe")).toBe("attached 2\n");
    } finally {
      other.remove();
    }
  });
});
