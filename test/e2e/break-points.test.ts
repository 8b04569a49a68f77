import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tinyOs, UPSTREAM_PROGRAMS } from "../tiny-os.mjs";
import { dibkitProgram, whyNotBuild } from "./dibkit.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-break-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const files: Readonly<Record<string, string>> = {
  "tiny/element-provides": "operating-system\n",
  "tiny/root.d/10-tiny": tinyOs(UPSTREAM_PROGRAMS),
  "failing/install.d/70-fail": "#!/bin/bash\necho gone wrong\nexit 22\n",
};
for (const [path, text] of Object.entries(files)) {
  const file = join(root, "elements", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (text.startsWith("#!")) chmodSync(file, 0o755);
}

/** Runs a build on a pseudo terminal and types an answer whenever the screen shows what it waits for. */
function onTerminal(breaks: string, answers: readonly (readonly [RegExp, string])[]) {
  const words = [process.execPath, dibkitProgram, "build", "tiny", "failing", "-n", "-t", "tar"];
  const env = {
    ...process.env,
    ELEMENTS_PATH: join(root, "elements"),
    DIBKIT_CACHE: join(root, "layers"),
    NO_COLOR: "1",
    TERM: "dumb",
    break: breaks,
  };
  // The program of util-linux that gives a command a terminal of its own.
  const child = spawn("script", ["--quiet", "--return", "--command", words.join(" "), "/dev/null"], { cwd: root, env });
  let screen = "";
  let from = 0;
  const waiting = [...answers];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    const [next] = waiting;
    if (next === undefined || !next[0].test(screen.slice(from))) return;
    waiting.shift();
    from = screen.length;
    child.stdin.write(`${next[1]}\n`);
  });
  return new Promise<{ readonly screen: string; readonly exitCode: number | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ screen, exitCode }));
  });
}

test.skipIf(whyNotBuild())("break points: a shell before a phase, and one where a script failed", async () => {
  const run = await onTerminal("before-install,after-error", [
    [/bash-\S+# /, "test -t 0 && echo on-a-$((1))-terminal in $PWD > /etc/by-hand; exit"],
    [/gone wrong[\s\S]*bash-\S+# /, "cat /etc/by-hand; ls /tmp/in_target.d/install.d; exit"],
  ]);
  expect(run.screen).toContain("on-a-1-terminal in /\r\n");
  expect(run.screen).toContain("\r\n70-fail\r\n");
  expect(run.screen).toContain("hook script install.d/70-fail failed; this shell is where it ran");
  expect(run.screen).toContain('hook script install.d/70-fail of element "failing" failed with exit code 22');
  expect(run.exitCode).toBe(3);
});
