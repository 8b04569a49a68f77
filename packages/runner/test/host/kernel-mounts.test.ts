import { expect, test } from "vitest";
import { KERNEL_MOUNT_WAYS } from "../../src/host/kernel-mounts.js";
import { renderTreeMount } from "../../src/host/tree-mount.js";

const [root, namespace] = KERNEL_MOUNT_WAYS;
if (root === undefined || namespace === undefined) throw new Error("there are two ways");

test.each([
  [
    "proc",
    "mount -t proc none /x && mount -o bind,ro /x/sys /x/sys",
    "{ command mount -t proc none /x 2>/dev/null || command mount --rbind /proc /x; }",
  ],
  [
    "sys",
    "mount -o ro -t sysfs none /x",
    "{ unshare --net mount -o ro -t sysfs none /x 2>/dev/null || command mount --rbind /sys /x; }",
  ],
  ["dev", "mount --bind /dev /x", "mount --rbind /dev /x"],
  ["a cache, read-only", "mount -o bind,ro /cache /x", "mount --bind /cache /x && mount -o remount,bind,ro /x"],
  [
    "layers",
    "cd /l && mount -t overlay -o lowerdir=b:a,redirect_dir=on,index=off,metacopy=off,xino=on dibkit /x",
    "cd /l && mount -t overlay -o lowerdir=b:a,userxattr,index=off,xino=on dibkit /x",
  ],
])("%s", (what, asRoot, asUser) => {
  const rendered = [root, namespace].map((kernel) => {
    if (what === "proc") return kernel.proc("/x");
    if (what === "sys") return kernel.sys("/x", true);
    if (what === "dev") return kernel.bind("/dev", "/x", false);
    if (what === "layers") return renderTreeMount({ base: "/l", lower: ["b", "a"], at: "/x" }, kernel);
    return kernel.bind("/cache", "/x", true);
  });
  expect(rendered).toEqual([asRoot, asUser]);
});
