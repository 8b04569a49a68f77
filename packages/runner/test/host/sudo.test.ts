import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, expect, test } from "vitest";
import { SUDO_SCRIPT } from "../../src/host/sudo-sh.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-sudo-"));
const sudo = join(directory, "sudo");
writeFileSync(sudo, SUDO_SCRIPT);
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
  [["-i", "pwd"], "/root"],
  [["-s", "echo", "two words", "$KEPT;"], "two words kept;"],
  [["-nE", "printenv", "KEPT"], "kept"],
  [["-nHE", "printenv", "HOME"], "/root"],
  [["-Eu", "root", "id", "-u"], "0"],
  [["-Euroot", "id", "-u"], "0"],
  [["--user=root", "--preserve-env=KEPT", "printenv", "KEPT"], "kept"],
  [["-D", "/usr", "pwd"], "/usr"],
  [["sh", "-c", 'echo "${TMPDIR-none} ${VIRTUAL_ENV-none} $KEPT"'], "none none kept"],
  [["-E", "sh", "-c", 'echo "$TMPDIR $VIRTUAL_ENV"'], "/var/scratch /opt/venv"],
  [["-p", "prompt", "-C", "3", "-T", "5", "echo", "x"], "x"],
  [["-p", "", "--prompt", "", "echo", "x"], "x"],
])("sudo %j", async (words, expected) => {
  const host = { TMPDIR: "/var/scratch", VIRTUAL_ENV: "/opt/venv" };
  const env = { PATH: process.env.PATH ?? "", HOME: "/home/me", KEPT: "kept", ...host };
  const result = await createCommandRunner({ env }).run([sudo, ...words]);
  expect(result.ok && result.value.stdout.trimEnd()).toBe(expected);
});

const SHOW = ["sh", "-c", 'echo "$(id -un) $(id -gn) $HOME $LOGNAME"'];

/** `nobody` has the group nogroup and the home /nonexistent on Debian. */
test.skipIf(process.getuid?.() !== 0).each([
  [["-u", "nobody"], "nobody nogroup /nonexistent nobody"],
  [["-Hu", "nobody"], "nobody nogroup /nonexistent nobody"],
  [["-EHu", "nobody"], "nobody nogroup /nonexistent me"],
  [["-Eu", "nobody"], "nobody nogroup /home/me me"],
  [["-nu", "#65534"], "nobody nogroup /nonexistent nobody"],
  [["-u", "nobody", "-g", "daemon"], "nobody daemon /nonexistent nobody"],
  [["-g", "daemon"], "root daemon /home/me me"],
  [["-unobody", "--"], "nobody nogroup /nonexistent nobody"],
])("sudo %j: user, group, home and name", async (words, expected) => {
  const env = { PATH: process.env.PATH ?? "", HOME: "/home/me", LOGNAME: "me" };
  const result = await createCommandRunner({ env }).run([sudo, ...words, ...SHOW]);
  expect(result.ok && result.value.stdout.trim(), JSON.stringify(result)).toBe(expected);
});

test("the exit code of the command is sudo's", async () => {
  const result = await createCommandRunner().run([sudo, "sh", "-c", "exit 7"]);
  expect(result.ok || result.error).toMatchObject({ kind: "exited", exitCode: 7 });
});

test.each([
  [["-u", "no-such-user", "true"], /no such user/],
  [["-g", "no-such-group", "true"], /unknown group no-such-group/],
  [["-R", "/", "true"], /no -R/],
  [["-u"], /requires an argument/],
])("sudo %j fails and says why", async (words, message) => {
  const result = await createCommandRunner().run([sudo, ...words]);
  expect(result.ok ? "" : result.error.tail.join("\n")).toMatch(message);
});
