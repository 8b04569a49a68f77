import { expect, test } from "vitest";
import { parseMountInfo } from "../../src/host/mount-table.js";
import { recordMounts, resolveSource } from "../../src/host/record-mounts.js";

const TABLE = `1 0 0:50 / / rw - overlay host rw
2 1 0:51 / /proc rw - proc proc rw
3 1 0:6 / /dev rw - devtmpfs devtmpfs rw
4 1 8:1 /home/me/cache /home/me/cache rw - ext4 /dev/sda1 rw
5 1 0:60 / /build/mnt rw - overlay dibkit rw
6 5 0:61 / /build/mnt/proc rw - proc none rw
7 5 0:6 / /build/mnt/dev rw - devtmpfs devtmpfs rw
8 7 0:62 / /build/mnt/dev/pts rw - devpts devpts rw
9 5 0:63 / /build/mnt/sys ro - sysfs none rw
10 5 8:1 /home/me/cache/apt /build/mnt/var/cache/apt rw - ext4 /dev/sda1 rw
11 5 0:60 /opt/real /build/mnt/opt/shown rw - overlay dibkit rw
12 5 0:64 / /build/mnt/run rw - tmpfs tmpfs rw
13 5 7:0 / /build/mnt/iso ro - iso9660 /dev/loop0 ro
14 5 0:65 / /build/mnt/var/cache/apt/archives rw - overlay dibkit:$DIB_IMAGE_CACHE/apt/debian rw
`;

test("mounts in the target become records without host paths", () => {
  const { records, unrepeatable } = recordMounts(parseMountInfo(TABLE), "/build/mnt", {
    DIB_IMAGE_CACHE: "/home/me/cache",
  });
  expect(records).toEqual([
    { kind: "filesystem", at: "proc", type: "proc", readOnly: false },
    { kind: "bind", at: "dev", source: "/dev", readOnly: false },
    { kind: "filesystem", at: "dev/pts", type: "devpts", readOnly: false },
    { kind: "filesystem", at: "sys", type: "sysfs", readOnly: true },
    { kind: "bind", at: "var/cache/apt", source: "$DIB_IMAGE_CACHE/apt", readOnly: false },
    { kind: "bind-inside", at: "opt/shown", from: "opt/real", readOnly: false },
    { kind: "tmpfs", at: "run", readOnly: false },
    { kind: "bind", at: "var/cache/apt/archives", source: "$DIB_IMAGE_CACHE/apt/debian", readOnly: false },
  ]);
  expect(unrepeatable.map(({ mountPoint }) => mountPoint)).toEqual(["/build/mnt/iso"]);
});

test("a named directory is found again on another machine", () => {
  expect(resolveSource("$DIB_IMAGE_CACHE/apt", { DIB_IMAGE_CACHE: "/srv/cache" })).toBe("/srv/cache/apt");
  expect(resolveSource("/dev", { DIB_IMAGE_CACHE: "/srv/cache" })).toBe("/dev");
});

const IN_NAMESPACE = `1 0 0:50 / / rw - tmpfs dibkit rw
2 1 0:51 / /proc rw - proc proc rw
3 1 0:70 / /dev rw - tmpfs dibkit rw
4 3 0:6 /null /dev/null rw - devtmpfs devtmpfs rw
5 3 0:71 / /dev/pts rw - devpts devpts rw
6 1 0:60 / /build/mnt rw - overlay dibkit rw
7 6 0:61 / /build/mnt/proc rw - proc none rw
8 7 0:61 /sys /build/mnt/proc/sys ro - proc none rw
9 6 0:70 / /build/mnt/dev rw - tmpfs dibkit rw
10 9 0:6 /null /build/mnt/dev/null rw - devtmpfs devtmpfs rw
11 9 0:71 / /build/mnt/dev/pts rw - devpts devpts rw
12 11 0:72 / /build/mnt/dev/pts rw - devpts devpts rw
`;

test("what came with a recursive bind, and what protects the kernel's settings, is no mount of a script", () => {
  expect(recordMounts(parseMountInfo(IN_NAMESPACE), "/build/mnt", {}).records).toEqual([
    { kind: "filesystem", at: "proc", type: "proc", readOnly: false },
    { kind: "bind", at: "dev", source: "/dev", readOnly: false },
    { kind: "filesystem", at: "dev/pts", type: "devpts", readOnly: false },
  ]);
});

test("a device that is shown over its placeholder before the image has a /dev is none either", () => {
  const table = IN_NAMESPACE.split("\n")
    .filter((line) => !/^(9|1[12]) /.test(line))
    .join("\n");
  expect(recordMounts(parseMountInfo(table), "/build/mnt", {}).records).toEqual([
    { kind: "filesystem", at: "proc", type: "proc", readOnly: false },
  ]);
});
