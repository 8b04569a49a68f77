import { expect, test } from "vitest";
import { reasonForObservation, reasonForVariable } from "../src/observation-reasons.js";

test.each([
  ["CI_JOB_ID", "12", null, "host", true],
  ["SSH_AUTH_SOCK", "/tmp/agent", null, "host", false],
  ["PS4", "+ ", null, "host", true],
  ["PYTHONPATH", "/opt/dib", null, "target", true],
  ["PYTHONPATH", "/opt/dib", null, "host", false],
  ["PYTHONPATH", "/opt/dib:/opt/mine", null, "target", false],
  ["IMAGE_ELEMENT", "vm base", "base vm", "host", true],
  ["IMAGE_ELEMENT", "vm base", "base", "host", false],
  ["PATH", "$PATH:/usr/bin", "/usr/bin", "target", true],
  ["PATH", "/opt/bin:/usr/bin", "/usr/bin", "target", false],
  ["BASH_FUNC_die%%", null, "() { :; }", "target", true],
  ["BASH_FUNC_die%%", null, "() { :; }", "host", false],
  ["BASH_FUNC_die%%", "() { exit $?; }", "() { exit 1; }", "host", true],
  ["DIB_ENV", 'declare -x A="1"\ndeclare -x P="x"', 'declare -x A="1"\ndeclare -x P="[secret]"', "host", true],
  ["DIB_ENV", 'declare -x A="1"', 'declare -x A="2"', "host", false],
  ["DIB_ENV", 'declare -x A="1"', 'declare -x B="[secret]"', "host", false],
  ["DIB_RELEASE", "bookworm", null, "host", false],
  ["DIB_RELEASE", "bookworm", "trixie", "target", false],
] as const)("variable %s: %j and %j on the %s side have a reason: %s", (name, upstream, dibkit, side, expected) => {
  const leftOut = (variable: string) => variable.startsWith("CI_");
  expect(reasonForVariable(name, upstream, dibkit, side, leftOut) !== undefined).toBe(expected);
});

test.each([
  ["mounts: /", null, "/ / rw,relatime overlay dibkit rw", true],
  ["mounts: /sys", "/sys / ro,relatime sysfs none rw", "/sys / rw,relatime sysfs none rw", false],
  ["mounts: /proc", "/proc / rw,relatime proc none rw", null, false],
  ["mounts: /proc/sys", null, "/proc/sys /sys ro,relatime proc none rw", true],
  ["mounts: $TMP_BUILD_DIR/mnt/proc/sys", null, "$TMP_BUILD_DIR/mnt/proc/sys /sys ro,relatime proc none rw", true],
  ["mounts: /proc/sys", null, "/proc/sys / rw,relatime tmpfs none rw", false],
  [
    "mounts: /boot/efi",
    "/boot/efi / rw,relatime tmpfs /dev/loop…p1 rw,mode=755",
    "/boot/efi / rw,relatime overlay /dev/dibkit0p1 rw,lowerdir=/x",
    true,
  ],
  ["mounts: /boot/efi", "/boot/efi / rw tmpfs /dev/loop…p1 rw", "/boot/efi / rw overlay dibkit rw", false],
  ["mounts: /dev/dibkit0p1", null, "/dev/dibkit0p1 /tmp/x.device rw tmpfs dibkit rw", true],
  ["umask", "0022", "0077", false],
  ["working directory", "/", "/root", false],
  ["descriptors: 1", "1 pipe", "1 socket", true],
  ["descriptors: 3", null, "3 /etc/shadow", false],
  ["files of /tmp in the image", "in_target.d d 755 0:0\nprofiledir.x d 700 0:0", "in_target.d d 755 0:0", true],
  ["files of /tmp in the image", "fileaB3xYz f 644 0:0", "file9K2mQw f 644 0:0\nin_target.d d 755 0:0", true],
  ["files of /tmp in the image", "fileaB3xYz f 644 0:0", "fileaB3xYz f 600 0:0", false],
  [
    "mounts: /var/cache/apt/archives",
    "/a /c rw ext4 /dev/vda rw",
    "/a / rw overlay dibkit:$DIB_IMAGE_CACHE/apt rw",
    true,
  ],
  ["mounts: /var/cache/apt/archives", "/a /c rw ext4 /dev/vda rw", null, false],
  ["files of /tmp in the image", "left f 644 0:0", "in_target.d d 755 0:0", false],
] as const)("%s: %j and %j have a reason: %s", (what, upstream, dibkit, expected) => {
  expect(reasonForObservation(what, upstream, dibkit, "target") !== undefined).toBe(expected);
});

test.each([
  ["rights: CapEff:", "CapEff:\t0", "CapEff:\t1", true],
  ["rights: Seccomp:", "Seccomp:\t0", "Seccomp:\t2", false],
  ["mounts: /dev/null", null, "/dev/null /null rw devtmpfs devtmpfs rw", true],
  ["mounts: $TMP_BUILD_DIR/mnt/dev/null", null, "$TMP_BUILD_DIR/mnt/dev/null /null rw devtmpfs devtmpfs rw", true],
  ["mounts: /dev/sda", null, "/dev/sda /sda rw devtmpfs devtmpfs rw", false],
  ["mounts: /dev/shm", null, "/dev/shm / rw overlay host rw", true],
  ["mounts: /dev/pts", "/dev/pts / rw devpts rw,gid=5,mode=620", "/dev/pts / rw devpts rw,gid=100004,mode=620", true],
  ["mounts: /dev/pts", "/dev/pts / rw devpts rw,gid=5,mode=620", "/dev/pts / rw devpts rw,gid=100004,mode=666", false],
  ["mounts: /sys", "/sys / ro,relatime sysfs none rw", "/sys / ro,relatime sysfs none ro", true],
  ["mounts: /dev", "/dev / rw tmpfs dibkit rw,mode=755", "/dev / rw tmpfs dibkit rw,mode=755,uid=1000,gid=100", true],
  ["mounts: /dev", "/dev / rw tmpfs dibkit rw,mode=755", "/dev / rw tmpfs dibkit rw,mode=700,uid=1000,gid=100", false],
  ["files of the image's top level", "etc d 755 0:0\nsys d 555 0:0", "etc d 755 0:0\nsys d 555 65534:65534", true],
  ["files of the image's top level", "etc d 755 0:0\nsys d 555 0:0", "etc d 755 65534:65534\nsys d 555 0:0", false],
  ["mounts: /sys", "/sys / ro,relatime sysfs none rw", "/sys / rw,relatime sysfs none rw", false],
  [
    "programs: debootstrap",
    "debootstrap /usr/sbin/debootstrap",
    "debootstrap $TMP_BUILD_DIR/.dibkit/bin/debootstrap",
    true,
  ],
  ["programs: tar", "tar /usr/bin/tar", "tar $TMP_BUILD_DIR/.dibkit/bin/tar", false],
] as const)("in a user namespace %s: %j and %j have a reason: %s", (what, upstream, dibkit, expected) => {
  expect(reasonForObservation(what, upstream, dibkit, "host", true) !== undefined).toBe(expected);
  if (expected) expect(reasonForObservation(what, upstream, dibkit, "host")).toBeUndefined();
});
