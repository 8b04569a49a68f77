import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, expect, test } from "vitest";
import { SUDO_SHIM } from "../../src/host/sudo-shim.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-sudo-"));
const sudo = join(directory, "sudo");
writeFileSync(sudo, SUDO_SHIM);
chmodSync(sudo, 0o755);
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  [["echo", "a b"], "a b"],
  [["-E", "printenv", "KEPT"], "kept"],
  [["-n", "-H", "printenv", "HOME"], "/root"],
  [["A=1", "B=two words", "sh", "-c", 'echo "$A $B"'], "1 two words"],
  [["-E", "--", "echo", "-n", "x"], "x"],
  [["-u", "root", "id", "-u"], "0"],
  [["-v"], ""],
  [["-i", "echo", "login"], "login"],
])("sudo %j", async (words, expected) => {
  const env = { PATH: process.env.PATH ?? "", HOME: "/home/me", KEPT: "kept" };
  const result = await createCommandRunner({ env }).run([sudo, ...words]);
  expect(result.ok && result.value.stdout.trimEnd()).toBe(expected);
});

test.skipIf(process.getuid?.() !== 0)("sudo -u changes the user", async () => {
  const result = await createCommandRunner().run([sudo, "-u", "nobody", "id", "-un"]);
  expect(result.ok && result.value.stdout.trim()).toBe("nobody");
});

test("the exit code of the command is sudo's", async () => {
  const result = await createCommandRunner().run([sudo, "sh", "-c", "exit 7"]);
  expect(result.ok || result.error).toMatchObject({ kind: "exited", exitCode: 7 });
});
