import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bashCommand, createCommandRunner, namespaceCommand } from "@dibkit/exec";
import { afterAll, describe, expect, test } from "vitest";
import { mayBuild } from "../../../runner/test/tiny-image.js";
import { detachLeftLoops, losetupShim } from "../../src/upstream/detach-left-loops.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-loops-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const commands = createCommandRunner();

describe.skipIf(!mayBuild)("loop devices of a killed upstream", () => {
  test("are found though their files went with a tmpfs, and no others are detached", async () => {
    const note = join(directory, "note");
    for (const name of ["bin", "memory"]) mkdirSync(join(directory, name));
    writeFileSync(join(directory, "bin/losetup"), losetupShim(note));
    chmodSync(join(directory, "bin/losetup"), 0o755);
    const attach = (shim: boolean) =>
      commands.run(
        namespaceCommand(
          bashCommand(`set -e
            ${shim ? `PATH=${directory}/bin:$PATH` : ""}
            mount -t tmpfs tmpfs ${directory}/memory
            truncate -s 1M ${directory}/memory/image0.raw
            losetup --show --find ${directory}/memory/image0.raw`),
        ),
      );
    // Another program may get the number of a device that was detached.
    const identity = ["losetup", "--list", "--noheadings", "--raw", "--output", "BACK-MAJ:MIN,BACK-INO"];
    const fileOf = async (device: string) => {
      const listed = await commands.run([...identity, device]);
      return listed.ok ? listed.value.stdout : "";
    };
    const [left, other] = [await attach(true), await attach(false)];
    if (!left.ok || !other.ok) throw new Error("losetup failed");
    const [mine, theirs] = [left.value.stdout.trim(), other.value.stdout.trim()];
    try {
      const files = [await fileOf(mine), await fileOf(theirs)];
      expect(files).not.toContain("");
      await detachLeftLoops(commands, note);
      expect(await fileOf(mine)).not.toBe(files[0]);
      expect(await fileOf(theirs)).toBe(files[1]);
    } finally {
      await commands.run(["losetup", "--detach", theirs]);
    }
  });
});
