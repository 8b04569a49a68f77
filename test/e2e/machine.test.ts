import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bootableDisk } from "../../packages/boot/test/boot-sector.js";
import { bootMachine, reportScript } from "./machine.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-machine-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const noQemu = !process.env.CI && !existsSync("/usr/bin/qemu-system-x86_64");

test("a script reports what each command says, on a line of its own", () => {
  const script = reportScript({ quoted: `printf "%s\\n" "it's" two`, wrong: "cat /nowhere", empty: "true" });
  // Nothing is said to this machine's kernel.
  const printed = execFileSync("sh", ["-c", `dmesg() { :; }\n${script}`, "sh", "one"], { encoding: "utf8" });
  expect(printed).toBe(
    "BEGIN one\n" + "quoted=it's two\n" + "wrong=cat: /nowhere: No such file or directory\n" + "empty=\nEND one\n",
  );
});

test.skipIf(noQemu)("a machine's reports are read from its console, and a failure shows where it was", async () => {
  const boot = (greeting: string) => {
    const image = join(root, "hello.raw");
    writeFileSync(image, bootableDisk(greeting, "Password: "));
    return bootMachine(image, {
      log: join(root, "console.log"),
      flags: ["--memory", "64"],
      sends: ["root=>Password:"],
    });
  };
  expect(await boot("\r\nBEGIN one\r\n\u001b[32mstate=running\u001b[0m\r\nEND one\r\nlogin: ")).toEqual({
    one: { state: "running" },
  });
  await expect(boot("\r\nmounting\r\nKernel panic - not syncing: no disk\r\n")).rejects.toThrow(
    /\| mounting\s+\| Kernel panic/,
  );
});
