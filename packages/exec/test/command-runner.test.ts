import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCommandRunner, describeFailure, exitCodeOf } from "../src/command-runner.js";

const commands = createCommandRunner();

test("output arrives line by line, from both streams", async () => {
  const lines: string[] = [];
  const done = await commands.run(["sh", "-c", "echo one; echo two >&2; printf three"], {
    onOutput: (line, stream) => lines.push(`${stream} ${line}`),
  });
  expect(done.ok && done.value.stdout).toBe("one\nthree");
  expect(lines.sort()).toEqual(["stderr two", "stdout one", "stdout three"]);
});

test.each([
  [["sh", "-c", "echo why >&2; exit 3"], '"sh -c echo why >&2; exit 3" failed with exit code 3', 3],
  [["sh", "-c", "kill -TERM $$"], '"sh -c kill -TERM $$" was killed by SIGTERM', 143],
  [["no-such-program"], 'program "no-such-program" was not found', 127],
])("%j fails", async (argv, message, code) => {
  const done = await commands.run(argv);
  expect(done.ok ? "" : describeFailure(done.error)).toBe(message);
  expect(done.ok ? 0 : exitCodeOf(done.error)).toBe(code);
});

test("only a tail of much output is kept", async () => {
  const done = await commands.run(["sh", "-c", "seq 1 2000000; exit 1"]);
  expect(done.ok ? [] : done.error.tail).toEqual(Array.from({ length: 20 }, (_, at) => String(1999981 + at)));
});

test("an aborted command is ended", async () => {
  const controller = new AbortController();
  const running = commands.run(["sleep", "600"], { signal: controller.signal });
  controller.abort();
  const done = await running;
  expect(done.ok || done.error.kind).toBe("aborted");
});

test("input and environment are what was given and nothing else", async () => {
  const done = await commands.run(["/usr/bin/env"], { env: { ONLY: "this" } });
  expect(done.ok && done.value.stdout).toBe("ONLY=this\n");
  const read = await commands.run(["cat"], { input: "text" });
  expect(read.ok && read.value.stdout).toBe("text");
});

test("a command can have the terminal of this process", async () => {
  const done = await commands.run(["true"], { stdio: "inherit" });
  expect(done.ok).toBe(true);
});

test("output that goes to a file replaces what was there, and nobody else sees it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-command-"));
  try {
    const outputFile = join(directory, "out");
    writeFileSync(outputFile, "something longer that was there before");
    const lines: string[] = [];
    const done = await commands.run(["sh", "-c", "printf 'a\\000b'; echo seen >&2"], {
      outputFile,
      onOutput: (line) => lines.push(line),
    });
    expect(done).toMatchObject({ ok: true, value: { stdout: "" } });
    expect(readFileSync(outputFile, "latin1")).toBe("a\0b");
    expect(lines).toEqual(["seen"]);
    const nowhere = commands.run(["true"], { outputFile: join(directory, "missing", "out") });
    await expect(nowhere).rejects.toMatchObject({ code: "ENOENT", path: join(directory, "missing", "out") });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
