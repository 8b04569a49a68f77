import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initShell } from "@dibkit/shell";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostFiles, hostInputs } from "../../src/layers/host-inputs.js";
import { type HelperFile, reachOf } from "../../src/layers/script-reach.js";

const home = mkdtempSync(join(tmpdir(), "dibkit-home-"));
const write = (path: string, text: string) => {
  mkdirSync(join(home, path, ".."), { recursive: true });
  writeFileSync(join(home, path), text);
};
write(".ssh/authorized_keys", "one");
write("project/files/motd", "one");
write("project/key.pub", "one");
write("tree/a/b/c/deep", "one");
write("bin/make-root", "#!/bin/sh\n");
chmodSync(join(home, "bin/make-root"), 0o755);
beforeAll(() => initShell());
afterAll(() => rmSync(home, { recursive: true }));

const helper: HelperFile = {
  ...{ id: "a/bin/keys", path: "bin/keys", name: "keys", hash: "1", runs: true },
  text: "#!/bin/bash\ncat ~/.ssh/authorized_keys",
};
const environment = {
  HOME: home,
  PATH: `${home}/bin:/usr/bin:/bin`,
  DIB_KEYS: join(home, ".ssh"),
  DIB_LIST: `${home}/none ${home}/tree`,
  DIB_RELATIVE: "key.pub",
  DIB_OTHER: home,
};
const inputs = (script: string, more = {}, ownPlaces: readonly string[] = []) => {
  const values = { ...environment, ...more };
  return hostInputs(reachOf(script, [helper]), values, join(home, "project"), hostFiles(), ownPlaces);
};

test.each([
  ["cat ~/.ssh/authorized_keys $HOME/.ssh/none", ["host file ~/.ssh/authorized_keys"]],
  ["cat $DIB_KEYS", ["file that DIB_KEYS names"]],
  ["cp -r $DIB_LIST /x", ["file that DIB_LIST names"]],
  ["cp $DIB_RELATIVE /x", ["file that DIB_RELATIVE names"]],
  ["keys", ["host file ~/.ssh/authorized_keys"]],
  ["cp files/motd ./key.pub $TARGET_ROOT/etc", ["host file ./key.pub", "host file files/motd"]],
  ["cp ~/.ssh/*.pub /x", ["host file ~/.ssh"]],
  ["cp ~/.ssh/auth* /x", ["host file ~/.ssh/auth"]],
  ["make-root $TARGET_ROOT", ["host program make-root"]],
  ["cp a $TARGET_ROOT/etc/passwd ${TMP_MOUNT_PATH}/etc/passwd", []],
  ["# cat ~/.ssh/authorized_keys", []],
  ["sudo chroot $TARGET_ROOT cat /etc/passwd", []],
  ["sudo chroot $TARGET_ROOT tee /x < /etc/passwd", ["host file /etc/passwd"]],
  ["sudo chroot $TARGET_ROOT ln -sf \\\n  /etc/passwd /x; cat /etc/group", ["host file /etc/group"]],
  ['function inside {\n  sudo -E chroot $TARGET_ROOT sh -c "$@"\n}\ninside cat /etc/passwd', []],
  ['own() {\n  sudo cat "$@"\n}\nown /etc/passwd', ["host file /etc/passwd"]],
  ["curl -so /x file:///etc/passwd; curl -so /y http://mirror/etc/group", ["host file /etc/passwd"]],
  ["rpm --root $TARGET_ROOT --dbpath=/etc/ssl --initdb", []],
])("%s reads %j", (script, expected) => {
  const found = Object.keys(inputs(script)).filter((name) => !/DIB_/.test(name) || script.includes("DIB_"));
  expect(found.sort()).toEqual(expected);
});

test.each([
  ["cat ~/.ssh/authorized_keys", ".ssh/authorized_keys"],
  ["cp -r $DIB_LIST /x", "tree/a/b/c/deep"],
  ["cat files/motd", "project/files/motd"],
  ["make-root x", "bin/make-root"],
])("%s sees a change of %s", (script, path) => {
  const before = inputs(script);
  write(path, "#!/bin/sh\n# two");
  expect(inputs(script)).not.toEqual(before);
});

test("what dibkit writes itself is no input, though the words of the command name it", () => {
  const words = { DIB_ARGS: `build os --image-cache ${home}/tree --logfile ${home}/project/key.pub -o ${home}/.ssh` };
  const script = "echo $DIB_ARGS";
  const places = [join(home, "tree"), join(home, "project/key.pub")];
  expect(Object.keys(inputs(script, words, places))).toEqual(["file that DIB_ARGS names"]);
  expect(Object.keys(inputs(script, words, [...places, join(home, ".ssh")]))).toEqual([]);
});

test("upstream's library counts for scripts that use it", () => {
  const library = { _LIB: join(home, "tree") };
  expect(Object.keys(inputs("source $_LIB/common", library))).toContain("upstream's library");
  expect(Object.keys(inputs("echo", library))).toEqual([]);
});
