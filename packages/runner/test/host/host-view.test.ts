import { expect, test } from "vitest";
import { planHostView } from "../../src/host/host-view.js";
import { parseMountInfo } from "../../src/host/mount-table.js";

const TABLE = `1 0 8:1 / / rw - ext4 /dev/sda1 rw
2 1 0:5 / /proc rw - proc proc rw
3 1 0:6 / /dev rw - devtmpfs devtmpfs rw
4 3 0:7 / /dev/pts rw - devpts devpts rw
5 1 0:8 / /sys rw - sysfs sysfs rw
6 1 0:9 / /tmp rw - tmpfs tmpfs rw
7 1 8:2 / /data rw - ext4 /dev/sda2 rw
`;

test("the root and /tmp get throw-away layers, other disks are read-only, caches stay writable", () => {
  const request = {
    table: parseMountInfo(TABLE),
    mountPoint: "/store/view",
    scratch: "/store/host",
    writable: ["/home/me/cache", "/home/me/cache/inner", "/out"],
  };
  expect(planHostView(request).map((mount) => `${mount.kind} ${mount.at}`)).toEqual([
    "overlay /",
    "overlay /tmp",
    "read-only-bind /data",
    "proc /proc",
    "recursive-bind /sys",
    "recursive-bind /dev",
    "writable-bind /home/me/cache",
    "writable-bind /out",
  ]);
});
