import { commandError, createCommandRunner } from "@dibkit/exec";
import { systemTrouble } from "@dibkit/model";
import { expect, test } from "vitest";

async function errorOf(script: string): Promise<Error> {
  const run = await createCommandRunner({ env: { PATH: process.env.PATH ?? "", LC_ALL: "C" } }).run([
    "sh",
    "-c",
    script,
  ]);
  if (run.ok) throw new Error("the script was to fail");
  return commandError('copy "/srv/image"', run.error);
}

test.each([
  ["a full disk", "cat /etc/passwd > /dev/full", 'cannot copy "/srv/image": no space is left on the device'],
  ["a read-only place", "echo x > /proc/sys/kernel/version", undefined],
  ["a wrong word", "false", undefined],
])("of a program that met %s", async (_what, script, message) => {
  const error = await errorOf(script);
  expect(error.message).toMatch(/^cannot copy "\/srv\/image": ./);
  expect(systemTrouble(error)?.message).toBe(message);
});

test.each([
  ["cp: error writing 'x': No space left on device", "no space is left on the device"],
  ["cp: error writing 'x': Disk quota exceeded", "the quota is used up"],
  ["touch: cannot touch '/x': Read-only file system", "the filesystem is read-only"],
  ["cp: error reading 'x': Input/output error", "the device has an input or output error"],
  ["find: fts_read: Too many open files in system", "too many files are open on this machine"],
  ["find: fts_read: Too many open files", "too many files are open"],
])("the machine's trouble is in what a program says: %s", (line, reason) => {
  const failure = { kind: "exited", exitCode: 1, argv: ["x"], tail: ["before", line] } as const;
  expect(systemTrouble(commandError("write the layer", failure))).toMatchObject({
    message: `cannot write the layer: ${reason}`,
  });
});
