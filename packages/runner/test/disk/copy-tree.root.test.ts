import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bashCommand } from "@dibkit/exec";
import { afterEach, describe, expect, it } from "vitest";
import { copyTree } from "../../src/disk/copy-tree.js";
import { splitTree } from "../../src/disk/split-tree.js";
import { measureTrees } from "../../src/layers/tree-changes.js";
import { createTestContext, type TestContext } from "./disk-context.js";

const contexts: TestContext[] = [];

afterEach(async () => {
  for (const context of contexts.splice(0)) expect(await context.dispose()).toEqual([]);
});

async function treeOf(script: string): Promise<TestContext> {
  const context = await createTestContext();
  contexts.push(context);
  await shell(context, context.treePath, `umask 022; ${script}`);
  return context;
}

async function shell({ commands }: TestContext, directory: string, script: string): Promise<string> {
  const done = await commands.run(bashCommand(`set -e; ${script}`), { cwd: directory });
  if (!done.ok) throw new Error(done.error.tail.join("\n"));
  return done.value.stdout;
}

/** Everything about a tree that a copy has to have: also times, holes (by their number of blocks) and links. */
async function description(context: TestContext, tree: string): Promise<string> {
  const files = "find . -printf '%p %y %m %U:%G %n %T@ %l\\n' | grep -v lost+found | LC_ALL=C sort";
  const holes = await shell(context, tree, `${files}; stat -c %b holes | sed 's/^.$/few/'`);
  // Contents and extended attributes.
  const measured = await measureTrees(context.commands, tree, ["--exclude=lost+found", "."]);
  return `${holes}${measured?.content}`;
}

const SYSTEM = `
  mkdir -p usr/bin usr/lib/deep usr/share/doc etc srv; ln -s usr/bin bin
  echo a > usr/bin/a; ln usr/bin/a usr/lib/deep/same-a; echo s > usr/share/s; ln usr/share/s usr/share/doc/same-s; echo e > etc/e; ln etc/e srv/same-e
  echo odd > "usr/share/-n"; echo odd > $'usr/lib/line\\nbreak'; echo dot > .hidden
  truncate -s 10M holes; mkfifo etc/pipe; mknod srv/null c 1 3
  chown 12:34 usr srv; chmod 2751 usr; chmod 4711 usr/bin/a; chmod 1777 srv; chown 7:8 .
  for path in . usr usr/bin/a; do python3 -c "import os; os.setxattr('$path', 'user.note', b'$path')"; done
  find . -exec touch -hd '2020-02-02 02:02:02.123456789' {} +`;

describe("a copy of a tree", () => {
  it.each([
    ["a system", SYSTEM, true],
    ["one with a file that both halves name", `${SYSTEM}; ln usr/bin/a usr/share/doc/a`, false],
    ["one with a file that is named in /usr/share and elsewhere", `${SYSTEM}; ln usr/share/s etc/s`, false],
    ["one whose /usr is elsewhere", `${SYSTEM}; mv usr system; ln -s system usr`, false],
    ["one without /usr", "mkdir etc; echo x > etc/x; truncate -s 10M holes", false],
    ["one with nothing but /usr/share", "mkdir -p usr/share; truncate -s 10M usr/share/x; touch holes", false],
  ])("has everything: %s", async (_, script, inHalves) => {
    const context = await treeOf(script);
    expect((await splitTree(context.treePath, context.commands)) !== undefined).toBe(inHalves);
    const before = await description(context, context.treePath);
    // There already, as a mount point is in an image of several partitions.
    await mkdir(join(context.targetPath, "srv"), { recursive: true });
    expect(await copyTree(context.treePath, context.targetPath, context)).toMatchObject({ ok: true });
    if (!script.includes("srv")) await shell(context, context.targetPath, "rmdir srv; touch -r ../built .");
    expect(await description(context, context.targetPath)).toBe(before);
    expect(await description(context, context.treePath)).toBe(before);
  });

  it("that does not fit says so, and ends both processes", async () => {
    const context = await treeOf(`${SYSTEM}; head -c 300K /dev/urandom > usr/bin/big; cp usr/bin/big usr/share/big`);
    await shell(context, context.targetPath, "mount -t tmpfs -o size=200k tmpfs .");
    try {
      const copied = await copyTree(context.treePath, context.targetPath, context);
      expect(copied).toMatchObject({ ok: false, error: { kind: "no-space", node: "copy" } });
    } finally {
      await shell(context, "/", `umount ${context.targetPath}`);
    }
  });
});
