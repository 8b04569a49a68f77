import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BuildSession } from "../../src/run/build-session.js";
import { refuseLegacyDevice } from "../../src/run/legacy-device.js";

let logs: string;
beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), "dibkit-test-legacy-"));
});
afterEach(() => rmSync(logs, { recursive: true }));

const messageFor = async (name: string, text: string) => {
  writeFileSync(join(logs, name), text);
  const result = await refuseLegacyDevice({ logs } as BuildSession);
  return result.ok ? undefined : "message" in result.error ? result.error.message : result.error.kind;
};

test.each([
  [
    "block-device.d-10-own.log",
    "made it\nIMAGE_BLOCK_DEVICE=/dev/loop7\n",
    /^hook script block-device\.d\/10-own printed "IMAGE_BLOCK_DEVICE=\/dev\/loop7"/,
  ],
  ["block-device.d-10-own.log", "export IMAGE_BLOCK_DEVICE=/dev/sdb\n", /\/dev\/sdb/],
])("%s: %j is refused", async (name, text, message) => {
  expect(await messageFor(name, text)).toMatch(message);
});

test.each([
  ["block-device.d-10-own.log", "IMAGE_BLOCK_DEVICE=\nnothing made\n"],
  ["block-device.d-10-own.log", "the variable IMAGE_BLOCK_DEVICE is not set\n"],
  ["install.d-10-own.log", "IMAGE_BLOCK_DEVICE=/dev/loop7\n"],
])("%s: %j is not", async (name, text) => {
  expect(await messageFor(name, text)).toBeUndefined();
});
