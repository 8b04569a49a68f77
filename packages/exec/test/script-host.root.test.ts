import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRedactor } from "../src/redactor.js";
import { createScriptHost, type ScriptHost } from "../src/script-host.js";

let directory: string;
let host: ScriptHost;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "dibkit-script-host-"));
  host = createScriptHost(join(directory, "output"));
});
afterAll(async () => {
  await host.close();
  rmSync(directory, { recursive: true });
});

function script(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

async function run(name: string, text: string, options: Parameters<ScriptHost["run"]>[1] = {}) {
  const lines: string[] = [];
  const outcome = await host.run(script(name, text), { ...options, onOutput: (line) => lines.push(line) });
  return { outcome, lines };
}

describe("a host of scripts", () => {
  test("gives each script namespaces of its own", async () => {
    const { lines } = await run("a b", "mount -t tmpfs tmpfs /mnt && touch /mnt/there\necho $$\nls /mnt\n");
    expect(lines).toEqual(["1", "there"]);
    const next = await run("next", "ls /mnt | grep there\n");
    expect(next.lines).toEqual([]);
  });

  test("tells each line of both streams, in their order, and no line of another script", async () => {
    const { lines } = await run("long", "for i in {1..20000}; do echo line $i; done; echo end >&2; printf rest\n");
    expect(lines).toHaveLength(20_002);
    expect(lines.slice(-3)).toEqual(["line 20000", "end", "rest"]);
    expect((await run("silent", ":\n")).lines).toEqual([]);
  });

  test("lets scripts open their output again", async () => {
    const { lines } = await run(
      "again",
      "echo one > /dev/stderr; echo two > /dev/stdout; echo three > /proc/self/fd/1\n",
    );
    expect(lines).toEqual(["one", "two", "three"]);
  });

  test("gives scripts an empty input and no files of its own", async () => {
    const { lines } = await run("files", "cat\nreadlink /proc/self/fd/{0,1,2}\nls /proc/self/fd\n");
    const output = join(directory, "output");
    expect(lines.slice(0, 3)).toEqual(["/dev/null", output, output]);
    // What the process of the host works with: its status line and its output.
    expect(lines.slice(3)).not.toContain("4");
  });

  test.each([
    ["exit 7\n", { kind: "exited", exitCode: 7, tail: ["last words"] }],
    ["kill -TERM $BASHPID; kill -KILL $BASHPID; exit 9\n", { kind: "exited", exitCode: 9, tail: ["last words"] }],
    ["bash -c 'kill -KILL $$'; exit $?\n", { kind: "exited", exitCode: 137 }],
  ])("tells how a script failed: %s", async (text, failure) => {
    const { outcome } = await run("fails", `echo last words\n${text}`);
    expect(outcome).toMatchObject({ ok: false, error: failure });
  });

  test("a script that is not there fails", async () => {
    const outcome = await host.run(join(directory, "none"));
    expect(outcome).toMatchObject({ ok: false, error: { kind: "exited", exitCode: 127 } });
  });

  test("an abort ends a script and all that it started; the next one runs", async () => {
    const controller = new AbortController();
    const text = "sleep 1000 & echo begun; wait\n";
    const outcome = await host.run(script("aborted", text), {
      signal: controller.signal,
      onOutput: () => controller.abort(),
    });
    expect(outcome).toMatchObject({ ok: false, error: { kind: "aborted", tail: ["begun"] } });
    expect((await run("after", "echo after\n")).lines).toEqual(["after"]);
    expect(await host.run(script("never", ":\n"), { signal: controller.signal })).toMatchObject({
      ok: false,
      error: { kind: "aborted" },
    });
  });

  test("what a script prints goes through the filter", async () => {
    const { outcome, lines } = await run("secret", "echo my hunter22; exit 1\n", {
      filter: () => createRedactor(["hunter22"]),
    });
    expect(lines).toEqual(["my [secret]"]);
    expect(outcome).toMatchObject({ error: { tail: ["my [secret]"] } });
  });

  test("scripts that are asked for at once run one after another", async () => {
    const both = await Promise.all([run("first", "sleep 0.2; echo first\n"), run("second", "echo second\n")]);
    expect(both.map(({ lines }) => lines)).toEqual([["first"], ["second"]]);
  });

  test("what ends the process that starts them ends the script that runs, and that is told", async () => {
    const other = createScriptHost(join(directory, "other"));
    const path = script("kills", "grep -h PPid /proc/self/status; sleep 1000\n");
    const outcome = await other.run(path, {
      onOutput: () => execFileSync("pkill", ["-KILL", "-f", `^bash --norc.*script-host ${join(directory, "other")}`]),
    });
    expect(outcome).toMatchObject({ ok: false, error: { kind: "killed" } });
    await other.close();
  });
});
