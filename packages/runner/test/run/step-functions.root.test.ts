import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bashCommand, createCommandRunner, namespaceCommand } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INSIDE_ROOT_SCRIPT } from "../../src/host/inside-root-sh.js";
import { STEP_FUNCTIONS_SCRIPT } from "../../src/run/step-functions-sh.js";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "dibkit step-functions-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs lines with the functions of every step, in an empty directory and namespaces of its own. */
async function run(lines: string) {
  const script = [INSIDE_ROOT_SCRIPT, STEP_FUNCTIONS_SCRIPT, 'set -u; mounts_file="$1/mounts"; cd "$1"', lines];
  const here = mkdtempSync(join(directory, "test-"));
  const done = await createCommandRunner().run(namespaceCommand(bashCommand(script.join("\n"), "step", here)));
  return done.ok ? done.value.stdout : done.error.tail.join("\n");
}

describe("mounts of a step", () => {
  test("are done together, in order, by one process", async () => {
    const lines = `
      mkdir lower upper work at; mkdir lower/in; touch lower/in/of-layer
      mount -t overlay -o "lowerdir=lower,upperdir=$PWD/upper,workdir=$PWD/work" layers "$PWD/at"
      mount -t tmpfs -o mode=0750 tmpfs "$PWD/at/in"
      ls at; echo "-$(wc -l <<< "$noted_mounts")"
      do_mounts && touch at/in/of-memory; ls at/in; stat -c %a at/in; ls upper/in 2>&1 | wc -l`;
    expect(await run(lines)).toBe("-3\nof-memory\n750\n1\n");
  });

  test.each([
    ["a space", "a b"],
    ["a tab", "a\tb"],
    ["a new line", "a\nb"],
    ["backslashes", "a\\040b\\"],
    ["a number sign", "#a"],
  ])("have any name: %s", async (_what, name) => {
    const words = JSON.stringify(name).replaceAll("\\\\", "\\");
    const lines = `
      name=$'${words.slice(1, -1).replaceAll("\\", "\\\\").replaceAll("\\\\n", "\\n").replaceAll("\\\\t", "\\t")}'
      mkdir from "$name"; touch from/there
      mount -o bind,ro "$PWD/from" "$PWD/$name"; do_mounts || exit
      ls "$name"; touch "$name/x" 2>/dev/null || echo read-only`;
    expect(await run(lines)).toBe("there\nread-only\n");
  });

  test("come before a path is followed that leads through them", async () => {
    const lines = `
      mkdir -p image lower/real/sub; ln -s /real lower/link
      mount --bind "$PWD/lower" "$PWD/image"
      find_mounted "$PWD/image" link/sub; echo "\${found_inside#$PWD/}"
      mkdir lower/over lower/over/sub; touch lower/over/sub/file
      mount --bind "$PWD/lower/over" "$PWD/image/real"
      find_mounted "$PWD/image" link/sub; ls "$found_inside"
      mount -t tmpfs tmpfs "$PWD/image/dev"; find_mounted "$PWD/image" dev/pts; echo "[$noted_mounts]" | wc -l`;
    expect(await run(lines)).toBe("image/real/sub\nfile\n2\n");
  });

  test("name layers from the directory that they were noted in", async () => {
    const lines = `
      here=$PWD; mkdir -p one/layer two/layer at-one at-two; touch one/layer/1 two/layer/2
      for each in one two; do
        cd "$here/$each"; mount -t overlay -o "lowerdir=layer:$here/at-one" layers "$here/at-$each" || exit
      done
      cd /; do_mounts; pwd; ls "$here/at-one" "$here/at-two" | grep '^[12]'`;
    expect(await run(lines)).toBe("/\n1\n1\n2\n");
  });

  test("may change what is mounted, at once", async () => {
    const lines = `
      mkdir from at; mount --bind "$PWD/from" "$PWD/at" && mount -o remount,bind,ro "$PWD/at"
      echo "[$noted_mounts]"; touch at/x 2>/dev/null || echo read-only`;
    expect(await run(lines)).toBe("[]\nread-only\n");
  });

  test("tell that one of them failed, and the directory stays", async () => {
    const lines = `mkdir at; mount --bind "$PWD/none" "$PWD/at"; do_mounts; echo "status $?"; [ "$PWD" = "$1" ] && false`;
    expect(await run(lines)).toMatch(/none.*(does not exist|no such file)/i);
  });
});
