import { expect, test } from "vitest";
import { isToolState } from "../../src/run/host-tool-state.js";

test.each([
  ["/home/me/.rpmmacros", true],
  ["/home/me/.rpmdb/rpmdb.sqlite", true],
  ["/root/.rpmdb/.rpm.lock", true],
  ["/var/lib/dnf/history.sqlite", true],
  ["/var/log/dnf.log", true],
  ["/var/log/dnf.librepo.log", true],
  ["/home/me/.ssh/id", false],
  ["/home/me/project/.rpmmacros", false],
  ["/var/lib/other", false],
  ["/srv/dib/diskimage_builder/__pycache__/__init__.cpython-311.pyc", true],
  ["/srv/dib/diskimage_builder/paths.pyc", false],
  ["/etc/hosts", false],
])("%s is state of a program: %s", (path, expected) => {
  expect(isToolState(path, { HOME: "/home/me" })).toBe(expected);
});
