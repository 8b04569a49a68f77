import { elementsFromTexts } from "@dibkit/model";
import { initShell } from "@dibkit/shell";
import { beforeAll, expect, test } from "vitest";
import { checkLoopScripts } from "../../src/plan/check-loop-scripts.js";
import { mergeHooks } from "../../src/plan/hooks-tree.js";

const NO_LOOP = [{ code: "no-loop-devices", severity: "error", message: "there are none" } as const];
const EXTRACT = "function extract {\n  if [ ! -f $2 ]; then sudo kpartx -av $1; fi\n}\nextract $1 $2\n";

beforeAll(() => initShell());

function diagnosticsOf(script: string, troubles: Parameters<typeof checkLoopScripts>[1] = NO_LOOP) {
  const elements = elementsFromTexts({
    "image/root.d/10-image": `#!/bin/bash\nset -eu\n${script}`,
    "image/bin/extract-image": `#!/bin/bash\nset -eu\n${EXTRACT}`,
  });
  return checkLoopScripts(mergeHooks(elements), troubles);
}

const ROWS: readonly (readonly [script: string, told: string])[] = [
  ["sudo losetup -f\n", 'error runs "losetup"'],
  ["device=$(sudo losetup --show -f $RAW)\n", 'error runs "losetup"'],
  ["sudo kpartx -av $RAW_FILE\n", 'error runs "kpartx"'],
  ["sudo mount -o loop,ro $ISO /mnt\n", 'error runs "mount -o loop"'],
  ["mount -oloop=/dev/loop3 $ISO /mnt\n", 'error runs "mount -o loop"'],
  ["$TMP_HOOKS_PATH/bin/extract-image a b\n", 'warning may run "kpartx"'],
  ['if [ -n "${ISO:-}" ]; then\n  mount -o loop $ISO /mnt\nfi\n', 'warning may run "mount -o loop"'],
  ['[ -z "${CLOUD:-}" ] || extract-image a b\n', 'warning may run "kpartx"'],
  ["losetup -d $device\nlosetup -a\nkpartx -d $RAW\n", ""],
  ["mount -o ro,noloop $DEVICE /mnt\necho losetup kpartx\n# mount -o loop\n", ""],
  ["echo extract-image\n", ""],
];

test.each(ROWS)("%j where there are no loop devices", (script, told) => {
  const found = diagnosticsOf(script).map(
    ({ severity, message }) =>
      `${severity} ${message.replace(/^hook script root\.d\/10-image of element "image" (.*), which needs loop devices: there are none$/, "$1")}`,
  );
  expect(found.join("\n")).toBe(told);
});

test("where there are loop devices, scripts may use them", () => {
  expect(diagnosticsOf("sudo losetup -f\n", [])).toEqual([]);
});
