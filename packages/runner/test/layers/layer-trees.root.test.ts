import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner, namespaceCommand } from "@dibkit/exec";
import { ok } from "@dibkit/model";
import { afterAll, describe, expect, test } from "vitest";
import { renderTreeMount } from "../../src/host/tree-mount.js";
import { emptyState, type ImageState } from "../../src/job/layer.js";
import { copyLayer } from "../../src/layers/copy-layer.js";
import { afterLayer, openLayerStore } from "../../src/layers/layer-store.js";
import { openLayerTrees } from "../../src/layers/open-layer-trees.js";
import { overlayTrees, type TreesContext } from "../../src/layers/overlay-trees.js";
import { plainTrees } from "../../src/layers/plain-trees.js";
import { measureTrees } from "../../src/layers/tree-changes.js";
import { mayBuild } from "../tiny-image.js";

/** What scripts do to a tree, one step each; `$T` is the root and `$H` the hooks directory. */
const STEPS: readonly string[] = [
  "mkdir -p $T/etc/deep/er $T/usr/lib; echo one > $T/etc/one; echo two > $T/etc/deep/two; ln -s usr/lib $T/lib",
  "echo more >> $T/etc/one; chmod 600 $T/etc/deep/two; touch -d 2001-01-01 $T/etc/deep",
  "rm $T/etc/one; echo again > $T/etc/three; ln $T/etc/three $T/etc/four",
  "rm -r $T/etc/deep; mkdir $T/etc/deep; echo new > $T/etc/deep/new",
  "mv $T/usr/lib $T/usr/lib64; ln -s lib64 $T/usr/lib",
  "rm $T/etc/three; mkdir $T/etc/three; echo file became directory > $T/etc/three/x",
  "rm -r $T/etc/three; echo directory became file > $T/etc/three",
  "mknod $T/etc/null c 1 3; mkfifo $T/etc/fifo; chown 12:34 $T/etc/four; printf x > \"$T/etc/$(printf 'odd \\n\\377name')\"",
  "setfattr -n user.a -v b $T/etc/four; chmod u+s $T/etc/four; chmod 700 $T",
  "rm $H/install.d/10-x; echo made > $H/install.d/20-made",
  ":",
  "chmod 750 $T",
  "rm -rf $T/*; echo alone > $T/alone",
];

const places: string[] = [];
afterAll(async () => {
  for (const place of places) {
    await createCommandRunner().run(["umount", join(place, "memory")]);
    rmSync(place, { recursive: true, force: true });
  }
});

describe.skipIf(!mayBuild).each([
  ["overlayfs", "disk", (context: TreesContext) => overlayTrees(context)],
  ["overlayfs, steps in memory", "memory", (context: TreesContext) => overlayTrees(context)],
  ["overlayfs with merged layers", "disk", (context: TreesContext) => overlayTrees(context, 3)],
  ["plain copies", "disk", plainTrees],
])("trees of %s", (_, where, trees) => {
  test("show what every step has left, from layers or as it was made", async () => {
    const { context, commands } = await project();
    const memory = join(context.scratch, "../memory");
    mkdirSync(memory);
    if (where === "memory") await commands.run(["mount", "-t", "tmpfs", "tmpfs", memory]);
    const making = trees(context);
    const model = join(context.scratch, "model");
    await commands.run(["bash", "-c", `mkdir -p ${model}/T; cp -a ${context.hooksBase} ${model}/H`]);
    let state = emptyState(making.kind);
    const states: ImageState[] = [];
    const expected: string[] = [];
    for (const [at, step] of STEPS.entries()) {
      const place = join(context.scratch, `step-${at}`);
      const staging = where === "memory" ? join(memory, `step-${at}`) : place;
      // A run whose changes do not count, as the evaluation of environment.d is one.
      if (at % 4 === 1) {
        await use(making, state, join(context.scratch, `thrown-${at}`), "echo lost > $T/lost");
        making.discard();
      }
      await use(making, state, staging, step);
      const collected = await making.collect(staging);
      if (where === "memory")
        expect(await copyLayer(commands, staging, place, namesOf(collected))).toEqual(ok(undefined));
      state = await commit(context, state, place, at, collected);
      states.push(state);
      await commands.run(["bash", "-c", `T=${model}/T; H=${model}/H; ${step}`]);
      expected.push(await listing(commands, `${model}/T`, `${model}/H`));
    }
    const reading = trees(context);
    const order = [...states.keys()].sort((a, b) => ((a * 7) % STEPS.length) - ((b * 7) % STEPS.length));
    for (const at of order) {
      const shown = await seen(reading, states[at] ?? state, join(context.scratch, `seen-${at}`));
      expect(shown, `after step ${at}: ${STEPS[at]}`).toBe(expected[at]);
    }
  });
});

describe.skipIf(!mayBuild)("overlayfs", () => {
  test("shows more layers than one mount, or the kernel, can take", async () => {
    const { context } = await project();
    let state = emptyState("overlay");
    for (const at of Array.from({ length: 520 }, (_, number) => number)) {
      const staging = join(context.scratch, `many-${at}`);
      mkdirSync(join(staging, "root"), { recursive: true });
      writeFileSync(join(staging, "root", `file-${at}`), `${at}`);
      writeFileSync(join(staging, "root/same"), `${at}`);
      state = await commit(context, state, staging, at, { root: true, hooks: false }, `content ${at}`);
    }
    expect(state.root).toHaveLength(520);
    for (const round of ["merging", "merged"]) {
      const script = "ls $T | wc -l; cat $T/same $T/file-0 $T/file-519; echo more > $T/more";
      expect(await use(overlayTrees(context), state, join(context.scratch, round), script)).toBe("521\n5190519");
    }
    const merged = (await context.store.all()).filter(({ label }) => label.script === "merge-layers");
    expect(merged).toHaveLength(3);
  });
});

describe.skipIf(!mayBuild)("the way layers are made", () => {
  test("is probed: overlayfs on a disk, plain copies on another overlay", async () => {
    const { context, commands } = await project();
    expect((await openLayerTrees(context)).kind).toBe("overlay");
    const place = join(context.scratch, "container");
    for (const name of ["lower", "upper", "work", "at"]) mkdirSync(join(place, name), { recursive: true });
    const options = `lowerdir=${place}/lower,upperdir=${place}/upper,workdir=${place}/work`;
    const mounted = await commands.run(["mount", "-t", "overlay", "-o", options, "overlay", join(place, "at")]);
    expect(mounted.ok).toBe(true);
    try {
      const store = await openLayerStore(join(place, "at/store"));
      const scratch = join(place, "at/scratch");
      const trees = await openLayerTrees({ ...context, store, scratch });
      expect(trees.kind).toBe("plain");
      const staging = join(scratch, "one");
      await use(trees, emptyState("plain"), staging, "echo one > $T/one; rm $H/install.d/10-x");
      const collected = await trees.collect(staging);
      const state = await commit({ ...context, store }, emptyState("plain"), staging, 0, collected);
      const shown = await seen(plainTrees({ ...context, store, scratch }), state, join(scratch, "seen"));
      expect(shown).toContain("/one");
      expect(shown).not.toContain("10-x");
    } finally {
      await commands.run(["umount", join(place, "at")]);
    }
  });
});

async function project() {
  const place = mkdtempSync(join(tmpdir(), "dibkit-trees-"));
  places.push(place);
  const commands = createCommandRunner();
  const hooksBase = join(place, "hooks");
  await commands.run(["bash", "-c", `mkdir -p ${hooksBase}/install.d; echo x > ${hooksBase}/install.d/10-x`]);
  const store = await openLayerStore(join(place, "store"));
  const scratch = join(place, "scratch");
  mkdirSync(scratch);
  const context: TreesContext = { store, commands, hooksBase, scratch };
  return { context, commands };
}

type Trees = ReturnType<typeof plainTrees>;

/** Runs a script on the trees of a state as steps do, in a namespace of its own. */
async function use(trees: Trees, state: ImageState, staging: string, script: string): Promise<string> {
  const { root, hooks } = await trees.show(state, staging);
  const at = `${staging}.at`;
  const mounts = [
    { ...root, at: `${at}/T` },
    { ...hooks, at: `${at}/H` },
  ].map((mount) => `mkdir -p ${mount.at} && ${renderTreeMount(mount)}`);
  const text = `${mounts.join(" && ")} && T=${at}/T H=${at}/H && { ${script}; }`;
  const done = await createCommandRunner().run(namespaceCommand(["bash", "-c", text]));
  if (!done.ok) throw new Error(done.error.tail.join("\n"));
  return done.value.stdout;
}

/** Everything of both trees that an image can have: types, modes, owners, times, links, contents, attributes. */
const LIST = `find . -mindepth 1 \\( -type d -printf '/%P %y %m %U:%G\\n' -o -printf '/%P %y %m %U:%G %l\\n' \\) | LC_ALL=C sort; find . ! -newermt 2010-01-01 -printf '/%P %T@\\n'
find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum; find . -type f -print0 | LC_ALL=C sort -z | xargs -0r getfattr -d 2>/dev/null; stat -c %a .`;

async function seen(trees: Trees, state: ImageState, staging: string): Promise<string> {
  return use(trees, state, staging, `cd $T; ${LIST}; cd $H; ${LIST}`);
}

async function listing(commands: TreesContext["commands"], root: string, hooks: string): Promise<string> {
  const listed = await commands.run(["bash", "-c", `cd ${root}; ${LIST}; cd ${hooks}; ${LIST}`]);
  return listed.ok ? listed.value.stdout : "";
}

function namesOf(changed: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(changed).flatMap(([name, there]) => (there ? [name] : []));
}

async function commit(
  { store, commands }: TreesContext,
  state: ImageState,
  staging: string,
  at: number,
  collected: Awaited<ReturnType<Trees["collect"]>>,
  content?: string,
) {
  const changed = { ...collected, host: false };
  const trees = content === undefined ? namesOf(changed) : [];
  const measured = trees.length === 0 ? { content: "", bytes: 0 } : await measureTrees(commands, staging, trees);
  const meta = await store.commit(staging, {
    version: 2,
    kind: "step",
    key: (at + 1).toString(16).padStart(12, "0").padEnd(40, "a"),
    label: { phase: "install.d", script: String(at) },
    created: new Date().toISOString(),
    seconds: 0,
    ...(content === undefined ? (measured ?? { content: "?", bytes: 0 }) : { content, bytes: 0 }),
    changed,
    mounts: [],
    hooksBefore: {},
    ingredients: {},
  });
  return afterLayer(state, meta);
}
