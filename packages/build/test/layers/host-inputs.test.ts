import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { hostInputs } from "../../src/layers/host-inputs.js";

const home = mkdtempSync(join(tmpdir(), "dibkit-home-"));
mkdirSync(join(home, ".ssh"));
writeFileSync(join(home, ".ssh/authorized_keys"), "one");
afterAll(() => rmSync(home, { recursive: true }));

test("files that a script names are inputs, by what names them", () => {
  const inputs = hostInputs("cat ~/.ssh/authorized_keys $HOME/.ssh/none $DIB_KEYS", {
    HOME: home,
    DIB_KEYS: join(home, ".ssh"),
    DIB_OTHER: home,
  });
  expect(Object.keys(inputs).sort()).toEqual(["file that DIB_KEYS names", "host file ~/.ssh/authorized_keys"]);
});

test("they change with the content", () => {
  const before = hostInputs("cat ~/.ssh/authorized_keys", { HOME: home });
  writeFileSync(join(home, ".ssh/authorized_keys"), "two");
  expect(hostInputs("cat ~/.ssh/authorized_keys", { HOME: home })).not.toEqual(before);
});

test("paths of the target are not the host's", () => {
  expect(hostInputs("cp a $TARGET_ROOT/etc/passwd ${TMP_MOUNT_PATH}/etc/passwd", { HOME: home })).toEqual({});
});
