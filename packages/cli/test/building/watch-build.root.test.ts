import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../../../runner/test/tiny-image.js";
import { commands } from "../../src/commands/index.js";
import { main } from "../../src/main.js";

const SCRIPT = "elements/web/install.d/50-web";
const script = (text: string) =>
  `#!/bin/bash\nif [ \${DIB_DEBUG_TRACE:-1} -gt 0 ]; then\n    set -x\nfi\nset -eu\nset -o pipefail\n${text}\n`;

describe.skipIf(!mayBuild || !workerIsBuilt)("dibkit build --watch (needs root and a build)", () => {
  let project: TinyProject;
  let write: (path: string, text: string) => void;
  beforeAll(() => {
    project = tinyProject();
    write = (path, text) => {
      const file = join(project.directory, path);
      mkdirSync(join(file, ".."), { recursive: true });
      // As editors do: a new file takes the place of the old one.
      writeFileSync(`${file}~`, text);
      if (path === SCRIPT) chmodSync(`${file}~`, 0o755);
      renameSync(`${file}~`, file);
    };
    write("elements/web/README.rst", "web\n===\n\nServes.\n");
    write(SCRIPT, script("echo one > /etc/one"));
  });
  afterAll(() => project.remove());

  test("every save is a round from the step that changed, whatever came of the one before", async () => {
    const cwd = project.directory;
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const interrupt = new AbortController();
    const rounds = roundsOf(stderr);
    let outputs = "";
    stdout.on("data", (chunk: Buffer) => {
      outputs += chunk;
    });
    const flags = [
      "-n",
      "-t",
      "tar",
      "-v",
      "-o",
      "image",
      "--image-size",
      "0.2",
      "--cache-dir",
      "store",
      "--elements-path",
      "elements",
    ];
    const running = main(["build", "tiny-os", "web", "--watch", ...flags], commands, "0.0.0-test", {
      ...{ stdout, stderr, stdin: process.stdin, env: process.env, cwd },
      ...{ isTerminal: false, color: false, colorStderr: false, columns: 120 },
      signal: interrupt.signal,
    });
    const first = await rounds.next();
    expect(first).toMatch(/^✔ install\.d\/50-web /m);
    expect(first).toMatch(/^built after /m);
    expect(outputs).toBe(`${join(cwd, "image.tar")}\n`);

    write(SCRIPT, script("echo two > /etc/two"));
    const second = await rounds.next();
    expect(second).toMatch(/^= root\.d\/10-tiny .* cached/m);
    expect(second).toMatch(/^✔ install\.d\/50-web /m);
    expect(second).toMatch(/^built after /m);

    write(SCRIPT, script("exit 3"));
    expect(await rounds.next()).toMatch(/failed with exit code 3(.|\n)*^failed after /m);

    write("elements/web/element-deps", "nowhere\n");
    expect(await rounds.next()).toMatch(/\[deps-known\](.|\n)*^not built after /m);

    // The directory goes, and comes again.
    rmSync(join(cwd, "elements/web"), { recursive: true });
    expect(await rounds.next()).toMatch(/^not built after /m);
    write("elements/web/README.rst", "web\n===\n\nServes.\n");
    write(SCRIPT, script("echo three > /etc/three"));
    expect(await rounds.last()).toMatch(/^built after /m);

    // What is saved while a script runs is taken up when it has ended.
    const during = rounds.shows("sleeping");
    write(SCRIPT, script("echo sleeping >&2; sleep 2"));
    await during;
    write(SCRIPT, script("echo four > /etc/four"));
    expect(await rounds.next()).toMatch(/^built after /m);
    expect(await rounds.next()).toMatch(/^✔ install\.d\/50-web (.|\n)*^built after /m);

    interrupt.abort();
    expect(await running).toBe(130);
    expect(existsSync(join(cwd, "image.tar"))).toBe(true);
  });
});

/** What a watching command prints, by the rounds of its last lines. */
function roundsOf(stream: PassThrough) {
  let text = "";
  let taken = 0;
  const changed = () => new Promise((resolve) => stream.once("data", resolve));
  stream.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  const END = /watching for changes; .*\n|watching for changes, .*\n/g;
  const ends = () => [...text.matchAll(END)].map((match) => match.index + match[0].length).filter((end) => end > taken);
  const take = (end: number) => {
    const round = text.slice(taken, end);
    taken = end;
    return round;
  };
  return {
    /** The next round, when it has ended. */
    async next(): Promise<string> {
      while (ends().length === 0) await changed();
      return take(ends()[0] as number);
    },
    /** The round after which everything is built, of those that a change of several files makes. */
    async last(): Promise<string> {
      for (;;) {
        const round = await this.next();
        if (/^built after /m.test(round)) return round;
      }
    },
    async shows(words: string): Promise<void> {
      while (!text.slice(taken).includes(words)) await changed();
    },
  };
}
