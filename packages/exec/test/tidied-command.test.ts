import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { mayBuild } from "../../runner/test/tiny-image.js";
import { bashCommand } from "../src/bash-command.js";
import { createCommandRunner } from "../src/command-runner.js";
import { tidiedCommand } from "../src/tidied-command.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-tidied-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const commands = createCommandRunner();

describe.skipIf(!mayBuild)("a tidied command", () => {
  test("ends with the exit code of the command, tidied up", async () => {
    const file = join(directory, "there");
    writeFileSync(file, "");
    const argv = tidiedCommand(["bash", "-c", "exit 7"], `rm ${file}`);
    const done = await commands.run(argv);
    expect(done.ok ? 0 : done.error).toMatchObject({ kind: "exited", exitCode: 7 });
    expect(existsSync(file)).toBe(false);
  });

  test("tidies up when it is told to stop", async () => {
    const file = join(directory, "stopped");
    writeFileSync(file, "");
    const controller = new AbortController();
    const lines: string[] = [];
    const running = commands.run(tidiedCommand(["bash", "-c", "echo running; sleep 600"], `rm ${file}`), {
      signal: controller.signal,
      onOutput: (line) => {
        lines.push(line);
        controller.abort();
      },
    });
    expect((await running).ok).toBe(false);
    expect(lines).toEqual(["running"]);
    expect(existsSync(file)).toBe(false);
  });
});

test("a script on a pipe of Node's runs none of the user's start-up files", async () => {
  writeFileSync(join(directory, ".bashrc"), "echo from bashrc\n");
  const env = { HOME: directory, PATH: "/usr/bin:/bin" };
  const shown = async (argv: readonly string[]) => {
    const done = await commands.run(argv, { env, input: "a line" });
    return done.ok ? done.value.stdout : done.error;
  };
  expect(await shown(["bash", "-c", "cat"])).toBe("from bashrc\na line");
  expect(await shown(bashCommand("cat"))).toBe("a line");
});
