import { expect, test } from "vitest";
import { planHostView, type ViewMount } from "../../src/host/host-view.js";
import { parseMountInfo } from "../../src/host/mount-table.js";

const TABLE = `1 0 8:1 / / rw - ext4 /dev/sda1 rw
2 1 0:5 / /proc rw - proc proc rw
3 1 0:6 / /dev rw - devtmpfs devtmpfs rw
4 3 0:7 / /dev/pts rw - devpts devpts rw
5 1 0:8 / /sys rw - sysfs sysfs rw
6 1 0:9 / /tmp rw - tmpfs tmpfs rw
7 1 8:2 / /data rw - ext4 /dev/sda2 rw
`;

const TOP = [
  { name: "bin", target: "usr/bin" },
  ...["data", "dev", "proc", "sys", "tmp", "usr"].map((name) => ({ name })),
];

const shown = (mount: ViewMount) => `${mount.kind} ${mount.at}`;

test("the root and /tmp get throw-away layers, other disks are read-only, caches stay writable", () => {
  const request = {
    table: parseMountInfo(TABLE),
    top: TOP,
    hasContainers: false,
    mountPoint: "/store/view",
    scratch: "/store/host",
    writable: ["/home/me/cache", "/home/me/cache/inner", "/out"],
  };
  expect(planHostView(request, { privilege: "root" }).map(shown)).toEqual([
    "overlay /",
    "overlay /tmp",
    "read-only-bind /data",
    "proc /proc",
    "sys /sys",
    "devices /dev",
    "tmpfs /run/udev",
    "writable-bind /home/me/cache",
    "writable-bind /out",
  ]);
});

test.each(["root", "namespace"] as const)(
  "container engines get a directory of the build's own from %s",
  (privilege) => {
    const request = {
      table: parseMountInfo(TABLE),
      top: TOP,
      hasContainers: true,
      mountPoint: "/store/view",
      writable: [],
    };
    const plan = planHostView({ ...request, scratch: "/store/host" }, { privilege });
    expect(plan.filter(({ kind }) => kind === "own-directory")).toEqual([
      { kind: "own-directory", from: "/store/host/containers", at: "/var/lib/containers" },
      { kind: "own-directory", from: "/store/host/running-containers", at: "/run/containers" },
      { kind: "own-directory", from: "/store/host/podman", at: "/run/libpod" },
    ]);
  },
);

test("in a user namespace each directory of the root gets a layer of its own, and shared memory one too", () => {
  const request = {
    table: parseMountInfo(`${TABLE}8 3 0:10 / /dev/shm rw - tmpfs tmpfs rw\n`),
    top: TOP,
    hasContainers: false,
    mountPoint: "/store/view",
    scratch: "/store/host",
    writable: ["/home/me/cache"],
  };
  expect(planHostView(request, { privilege: "namespace" }).map(shown)).toEqual([
    "tmpfs /",
    "link /bin",
    "overlay /data",
    "overlay /tmp",
    "overlay /usr",
    "proc /proc",
    "sys /sys",
    "devices /dev",
    "overlay /dev/shm",
    "tmpfs /run/udev",
    "writable-bind /home/me/cache",
  ]);
});
