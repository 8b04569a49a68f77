import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, describe, expect, test } from "vitest";
import { bootableDisk } from "../../boot/test/boot-sector.js";
import { runCli } from "./run-cli.js";

const qemu = await createCommandRunner().run(["qemu-system-x86_64", "--version"]);

const directory = mkdtempSync(join(tmpdir(), "dibkit-cli-boot-"));
afterAll(() => rmSync(directory, { recursive: true }));
writeFileSync(join(directory, "image.raw"), bootableDisk("one\r\ntwo\r\n", "Password: "));

const boot = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCli(["boot", "image.raw", "--memory", "64", "--cpus", "1", ...words], {
    cwd: directory,
    env: { ...process.env, XDG_CACHE_HOME: directory, ...env },
  });

describe.skipIf(!qemu.ok)("dibkit boot (needs qemu-system-x86_64)", () => {
  test("says how it boots, what came, and that it passed", async () => {
    const run = await boot(["--expect", "two"], { DIBKIT_ACCEL: "tcg" });
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toMatch(/^ +[\d.]+ s {2}console showed "two"\n$/m);
    expect(run.stdout).toMatch(/^pass: image\.raw booted in [\d.]+ s in software emulation\n$/);
  });

  test("ends early when nothing happens, with the last lines", async () => {
    const run = await boot(["--stall", "5", "--accel", "tcg"]);
    expect(run).toMatchObject({ exitCode: 1, stdout: "fail: image.raw did not boot\n" });
    expect(run.stderr).toContain("last lines of the console:\n");
    expect(run.stderr).toMatch(
      /error: image\.raw: nothing happened for 5 seconds while waiting for "login:" on the console; /,
    );
  });

  test("takes the reason along as JSON", async () => {
    const run = await boot(["--stall", "2", "--accel", "tcg", "--format", "json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({ passed: false, failure: { kind: "stalled" } });
  });
});

test.each<[readonly string[], Readonly<Record<string, string>>, string]>([
  [["--accel", "hvf"], {}, 'unknown --accel "hvf", expected one of "auto", "kvm", "tcg"'],
  [[], { DIBKIT_ACCEL: "hvf" }, 'unknown DIBKIT_ACCEL "hvf", expected one of "auto", "kvm", "tcg"'],
  [["--stall", "0"], {}, "--stall"],
])("says what is wrong: %j %j", async (words, env, message) => {
  const run = await boot(words, env);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(message);
});

test.each<[string, string]>([
  ["publish libvirt with a wrong variable", 'unknown DIBKIT_ACCEL "hvf", expected one of "auto", "kvm", "tcg"'],
])("%s", async (_, message) => {
  const run = await runCli(["publish", "libvirt", "image.raw"], { env: { ...process.env, DIBKIT_ACCEL: "hvf" } });
  expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
});

test("publish libvirt takes one of the two options that say the same", async () => {
  const run = await runCli(["publish", "libvirt", "image.raw", "--accel", "tcg", "--virtualization", "qemu"]);
  expect(run).toMatchObject({ exitCode: 2, stderr: "error: --accel and --virtualization exclude each other\n" });
});
