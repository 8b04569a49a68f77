import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootFailure } from "../src/boot-failure.js";
import { bootImage } from "../src/boot-image.js";
import type { BootOptions } from "../src/boot-options.js";
import { bootableDisk } from "./boot-sector.js";

const qemu = await createCommandRunner().run(["qemu-system-x86_64", "--version"]);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "dibkit-boot-test-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function boot(name: string, greeting: string, options: Partial<BootOptions> = {}) {
  const image = join(directory, `${name}.raw`);
  const disk = bootableDisk(greeting, "Password: ");
  await writeFile(image, disk);
  const consoleLog = join(directory, "logs", `${name}.log`);
  const result = await bootImage(image, { timeoutSeconds: 60, memoryMib: 64, cpus: 1, consoleLog, ...options });
  return { result, log: await readFile(consoleLog, "utf8"), unchanged: disk.equals(await readFile(image)) };
}

describe.skipIf(!qemu.ok)("bootImage (needs qemu-system-x86_64)", { concurrent: true }, () => {
  it("waits for the pattern, types, and leaves the image as it was", async () => {
    const seen: string[] = [];
    const { result, log, unchanged } = await boot("ok", "\r\n\u001b[32mhello\u001b[0m\r\nhost login: ", {
      exchanges: [{ send: "root", expect: /Password: / }],
      onConsoleLine: (line) => seen.push(line),
    });
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.checks.map(({ what }) => what)).toEqual([
      'console showed "login:"',
      'console showed "Password: "',
    ]);
    expect(seen.map((line) => line.trim())).toContain("hello");
    expect(log).toContain("host login: ");
    expect(unchanged).toBe(true);
  });

  it.each<[string, string, Partial<BootOptions>, Partial<BootFailure>, string]>([
    [
      "late",
      "one\r\ntwo\r\n",
      { timeoutSeconds: 3 },
      {
        kind: "timeout",
        // How far a busy machine comes in that time is not said.
        message: expect.stringMatching(/^"login:" did not appear on the console within 3 seconds; the /) as string,
      },
      "",
    ],
    [
      "panic",
      "Kernel panic - not syncing: VFS: Unable to mount root fs\r\n",
      {},
      {
        kind: "system-failed",
        message: 'the system did not come up: "Kernel panic - not syncing: VFS: Unable to mount root fs"',
      },
      "Kernel panic - not syncing: VFS: Unable to mount root fs",
    ],
  ])("%s", async (name, greeting, options, failure, lines) => {
    const { result } = await boot(name, greeting, options);
    expect(result).toMatchObject({ ok: false, error: failure });
    const shown = !result.ok && "console" in result.error ? result.error.console.slice(-lines.split("|").length) : [];
    expect(shown.join("|")).toContain(lines);
  });

  it("says at once that nothing can be booted", async () => {
    const image = join(directory, "empty.raw");
    await writeFile(image, Buffer.alloc(1024 * 1024));
    const result = await bootImage(image, { timeoutSeconds: 60, consoleLog: join(directory, "empty.log") });
    const message = 'the system did not come up: "No bootable device."';
    expect(result).toMatchObject({ ok: false, error: { kind: "system-failed", message } });
  });

  it("stops QEMU when it is aborted", async () => {
    const abort = new AbortController();
    const { result } = await boot("aborted", "up\r\n", {
      signal: abort.signal,
      onConsoleLine: () => abort.abort(),
    });
    expect(result).toEqual({ ok: false, error: { kind: "aborted", message: "the boot was interrupted" } });
  });

  it.each([
    ["no image", "/nonexistent.qcow2", {}, 'there is no image "/nonexistent.qcow2"'],
    ["architecture", "x", { architecture: "s390x" }, 'architecture "s390x" cannot be booted; "amd64" and "arm64" can'],
  ])("says why: %s", async (_, image, options, message) => {
    const consoleLog = join(directory, "none.log");
    const result = await bootImage(image, { timeoutSeconds: 5, consoleLog, ...options });
    expect(result).toMatchObject({ ok: false, error: { kind: "cannot-boot", message } });
  });

  it.each([
    ["empty", Buffer.alloc(0)],
    ["a tar archive", Buffer.from("ustar".padStart(262, "\0").padEnd(1024, "\0"))],
    ["packed by gzip", Buffer.from("1f8b0800", "hex")],
    ["a squashfs filesystem", Buffer.from("hsqs")],
  ])("does not start with a file that is %s", async (what, bytes) => {
    const path = join(directory, `not ${what}.img`);
    await writeFile(path, bytes);
    const result = await bootImage(path, { timeoutSeconds: 5, consoleLog: join(directory, "none.log") });
    const message = `"${path}" is ${what}, not a disk image`;
    expect(result).toMatchObject({ ok: false, error: { kind: "cannot-boot", message } });
  });
});
