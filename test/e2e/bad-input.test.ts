import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { dibkit, leftovers, runProgram, whyNotBuild } from "./dibkit.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-bad-input-"));
const cantBuild = whyNotBuild();
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Seconds that only a build of this file sleeps: others may run the same tests on this machine. */
const SLEPT = `3071.${process.pid}`;

/** Writes files below a fresh directory; those that begin with `#!` are executable. */
function tree(name: string, files: Readonly<Record<string, string>>): string {
  const directory = join(root, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
    if (content.startsWith("#!")) chmodSync(join(directory, path), 0o755);
  }
  return directory;
}

const elements = tree("elements", {
  "tiny/element-provides": "operating-system\n",
  "other/element-provides": "operating-system\n",
  "ping/element-deps": "pong\n",
  "pong/element-deps": "ping\ntiny\n",
  "failing/element-deps": "tiny\n",
  "failing/root.d/50-fetch": "#!/bin/bash\necho looking for the archive\necho it is not there >&2\nexit 22\n",
  "slow/element-deps": "tiny\n",
  "slow/root.d/50-wait": `#!/bin/bash\nsleep ${SLEPT}\n`,
  "hungry/element-deps": "tiny\n",
  "hungry/root.d/50-fill": '#!/bin/bash\nset -eu\nfallocate -l 4G "$TARGET_ROOT/big"\n',
});
/** Process ids of what the element "slow" runs. */
async function sleepers(): Promise<string> {
  return (await runProgram(["pgrep", "--full", "--exact", `sleep ${SLEPT}`])).stdout;
}
const at = ["--elements-path", elements];

describe("what cannot be composed is refused before anything is built", () => {
  test.each([
    ["an unknown element", ["vm", "debian-minimla"], ['element "debian-minimla" is', 'did you mean "debian-minimal"?']],
    ["two providers", ["tiny", "debian-minimal"], ['"operating-system" is provided by both', "keep one of"]],
    ["no operating system", ["vm"], ['provides "operating-system"', "add one of"]],
  ])("%s", async (_what, words, texts) => {
    for (const command of ["resolve", "plan", "build"]) {
      const run = await dibkit([command, ...words, ...at], { cwd: root });
      for (const text of texts) expect(run.stderr).toContain(text);
      expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    }
    expect(readdirSync(root).filter((name) => name.startsWith("image"))).toEqual([]);
  });

  test("a cycle resolves, as upstream has it, and the linter shows the whole circle", async () => {
    expect(await dibkit(["resolve", "ping", "-n", ...at], { cwd: root })).toMatchObject({ exitCode: 0 });
    const run = await dibkit(["lint", join(elements, "ping"), join(elements, "pong"), ...at], { cwd: root });
    expect(run.stdout).toContain("elements depend on each other in a circle: ping → pong → ping");
  });
});

describe("TypeScript errors are shown at the author's line", () => {
  const project = tree("project", {
    "element.ts": [
      'import { defineElement, install, bash } from "@dibkit/model";',
      'export const broken = defineElement("broken", {',
      '  summary: "is broken",',
      '  scripts: [install(100, "late", bash`true`)],',
      "});",
      "",
    ].join("\n"),
    "syntax.ts": 'import { defineElement } from "@dibkit/model";\nexport const x = defineElement("x", {\n',
  });

  test("a type error, with file:line:column and the code frame", async () => {
    const run = await dibkit(["compile", "element.ts", "--out", "out"], { cwd: project });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("element.ts:4:21");
    expect(run.stderr).toContain('4 |   scripts: [install(100, "late", bash`true`)],');
    expect(run.stderr).toContain("typescript/TS");
    expect(existsSync(join(project, "out"))).toBe(false);
  });

  test("a syntax error", async () => {
    const run = await dibkit(["compile", "syntax.ts", "--out", "out"], { cwd: project });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/syntax\.ts:[23]:\d+/);
  });
});

describe.skipIf(cantBuild)(`builds that fail${cantBuild ? ` (${cantBuild})` : ""}`, () => {
  const store = ["--cache-dir", join(root, "store")];

  test("a script that exits 22: element, script, code, its last lines, the log", async () => {
    const run = await dibkit(["build", "failing", "-n", "-t", "tar", ...store, "-o", "out/failing", ...at], {
      cwd: root,
    });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('hook script root.d/50-fetch of element "failing" failed with exit code 22');
    expect(run.stderr).toContain("looking for the archive");
    expect(run.stderr).toContain("it is not there");
    const log = /(\/\S+\.log)/.exec(run.stderr)?.[1] as string;
    expect(existsSync(log)).toBe(true);
    expect(existsSync(join(root, "out/failing.tar"))).toBe(false);
  });

  test("an output directory that cannot be written, before any script runs", async () => {
    const run = await dibkit(["build", "failing", "-n", "-t", "tar", ...store, "-o", "/proc/image", ...at], {
      cwd: root,
    });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('"/proc"');
    expect(run.stderr).not.toContain("looking for the archive");
  });

  test("Ctrl-C ends it with 130 and leaves no mount, no loop device, no process, no image", async () => {
    const before = await leftovers(root);
    const running = dibkit(["build", "slow", "-n", "-t", "tar", ...store, "-o", "out/slow", ...at], {
      cwd: root,
      async onStart(child) {
        while ((await sleepers()) === "") await setTimeout(100);
        child.kill("SIGINT");
      },
    });
    const run = await running;
    expect(run.exitCode).toBe(130);
    expect(await sleepers()).toBe("");
    expect(await leftovers(root)).toEqual(before);
    expect(existsSync(join(root, "out/slow.tar"))).toBe(false);
  });

  test.each([
    ["too little to begin with", "16M", [], ["GiB are free for the output directory", "free some space"], 2],
    [
      "used up by a script",
      "2200M",
      ["--no-tmpfs"],
      ['hook script root.d/50-fill of element "hungry" failed', "No space left on device"],
      3,
    ],
    [
      "used up by what a script has left in memory",
      "2200M",
      [],
      [
        "no space is left in the layer store",
        'for what hook script root.d/50-fill of element "hungry" has written',
        'such as with "dibkit cache prune --size 5G --cache-dir /',
      ],
      3,
    ],
  ])("no space left: %s", async (_what, size, flags, texts, exitCode) => {
    const small = tree("small", { "keep/me": "" });
    const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';
    const through = ["unshare", "--mount", "sh", "-c", script, "sh", size, small];
    const places = ["--cache-dir", `${small}/store`, "--image-cache", `${small}/cache`, "-o", `${small}/image`];
    const run = await dibkit(["build", "hungry", "-n", "-t", "tar", ...flags, ...places, ...at], {
      cwd: root,
      through,
    });
    for (const text of texts) expect(run.stderr).toContain(text);
    expect(run.exitCode).toBe(exitCode);
  });

  test("a host without loop devices", async () => {
    const through = ["unshare", "--mount", "sh", "-c", 'mount --bind /dev/null /dev/loop-control && exec "$@"', "sh"];
    const words = ["tiny", "vm", "-o", "out/loopless", ...store, ...at];
    const planned = await dibkit(["plan", ...words], { cwd: root, through });
    expect(planned.stdout).toContain("disk (files: this machine has no loop devices)");
    const run = await dibkit(["build", ...words, "--disk", "loop"], { cwd: root, through });
    expect(run.stderr).toContain('this machine has no loop devices ("/dev/loop-control" is something else)');
    expect(run.exitCode).toBe(2);
    expect(existsSync(join(root, "out/loopless.qcow2"))).toBe(false);
  });
});
