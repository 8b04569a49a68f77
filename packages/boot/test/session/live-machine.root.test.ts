import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveMachineOptions, startMachine } from "../../src/session/live-machine.js";
import { bootableDisk } from "../boot-sector.js";

// Machines that come up and take commands are those of the end-to-end tests; these say why not.
const qemu = await createCommandRunner().run(["qemu-system-x86_64", "--version"]);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "dibkit-live-test-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const LOGIN = { user: "root", password: "wrong" };

describe.skipIf(!qemu.ok)("startMachine (needs qemu-system-x86_64)", { concurrent: true }, () => {
  it.each<[string, string, string, Partial<LiveMachineOptions>, Record<string, unknown>]>([
    [
      "no session comes",
      "one\r\n",
      "",
      { timeoutSeconds: 3 },
      {
        kind: "timeout",
        message: expect.stringMatching(
          /^the machine did not open its session by credentials\b.* within 3 seconds; the /,
        ),
      },
    ],
    [
      "the kernel panics",
      "Kernel panic - not syncing: VFS: Unable to mount root fs\r\n",
      "",
      {},
      {
        kind: "system-failed",
        message: 'the system did not come up: "Kernel panic - not syncing: VFS: Unable to mount root fs"',
      },
    ],
    [
      "the password is wrong",
      "\r\nhost login: ",
      "\r\nLogin incorrect\r\nPassword: ",
      { access: LOGIN },
      { kind: "cannot-boot", message: '"root" cannot log in at the console with this password' },
    ],
    [
      "nothing can be made for cloud-init",
      "\r\n",
      "",
      { access: "cloud-init", env: { PATH: "/nowhere" } },
      { kind: "cannot-boot", help: "install the package mtools" },
    ],
  ])("says it when %s, and leaves the image as it was", async (name, greeting, reply, options, failure) => {
    const image = join(directory, `${name}.raw`);
    const disk = bootableDisk(greeting, reply);
    await writeFile(image, disk);
    const consoleLog = join(directory, `${name}.log`);
    const result = await startMachine(image, { timeoutSeconds: 60, memoryMib: 64, cpus: 1, consoleLog, ...options });
    expect(result).toMatchObject({ ok: false, error: failure });
    expect(disk.equals(await readFile(image))).toBe(true);
  });
});
