import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { StepEntry } from "../../src/job/layer.js";
import { layerName, layerStoreAt, openLayerStore } from "../../src/layers/layer-store.js";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-store-"));
  directories.push(directory);
  return directory;
}

const KEY = "1".repeat(40);

function entryOf(key: string, content: string): StepEntry {
  return {
    version: 2,
    kind: "step",
    key,
    label: { phase: "install.d", script: "50-web" },
    created: "2026-11-28T00:00:00.000Z",
    seconds: 1,
    content,
    bytes: 3,
    ingredients: {},
    changed: { root: true, hooks: false, host: false },
    mounts: [],
    hooksBefore: {},
  };
}

/** Every store that a build can have; one more is one more row. */
describe.each([["a directory", openLayerStore]])("a layer store in %s", (_, open) => {
  /** A layer as a step leaves it, with one file, put into the store. */
  async function put(directory: string, entry: StepEntry, text: string, replace = false): Promise<StepEntry> {
    const store = await open(directory);
    const staging = join(directory, `staging-${entry.content}`);
    mkdirSync(join(staging, "root"), { recursive: true });
    writeFileSync(join(staging, "root/file"), text);
    const committed = await store.commit(staging, entry, replace);
    expect(existsSync(staging)).toBe(false);
    return committed;
  }

  const textOf = async (directory: string, name: string) =>
    readFileSync(join((await open(directory)).treeDirectory(name, "root"), "file"), "utf8");

  test("has what was put into it, by key and by name, and nothing else", async () => {
    const directory = scratch();
    const store = await open(directory);
    expect(await store.find(KEY)).toBeUndefined();
    expect(await store.all()).toEqual([]);
    const entry = await put(directory, entryOf(KEY, "a"), "one");
    expect(entry).toEqual(entryOf(KEY, "a"));
    expect(await store.find(KEY)).toEqual(entry);
    expect(await store.named(layerName(KEY))).toEqual(entry);
    expect(await store.all()).toEqual([entry]);
    expect(await textOf(directory, layerName(KEY))).toBe("one");
    expect(await store.find(`${layerName(KEY)}${"2".repeat(28)}`)).toBeUndefined();
  });

  test("keeps the first of two layers of one key, and gives it to the second", async () => {
    const directory = scratch();
    await put(directory, entryOf(KEY, "a"), "one");
    expect(await put(directory, entryOf(KEY, "b"), "two")).toEqual(entryOf(KEY, "a"));
    expect(await textOf(directory, layerName(KEY))).toBe("one");
  });

  test("gives a newer layer instead when one was asked for, and leaves the earlier to those who use it", async () => {
    const directory = scratch();
    const store = await open(directory);
    const first = await put(directory, entryOf(KEY, "a"), "one");
    const newer = await put(directory, entryOf(KEY, "b"), "two", true);
    expect(newer).toEqual({ ...entryOf(KEY, "b"), key: newer.key, asked: KEY });
    expect(newer.key).not.toBe(KEY);
    expect(await store.find(KEY)).toEqual(newer);
    expect(await store.named(layerName(KEY))).toEqual(first);
    expect(await textOf(directory, layerName(newer.key))).toBe("two");
  });

  test("knows when an entry was last of use, and forgets what is removed", async () => {
    const directory = scratch();
    const store = await open(directory);
    const entry = await put(directory, entryOf(KEY, "a"), "one");
    const old = new Date("2020-01-01T00:00:00Z");
    utimesSync(join(store.treeDirectory(layerName(KEY), ""), "meta.json"), old, old);
    expect(await store.usedAt(entry)).toEqual(old);
    await store.find(KEY);
    expect((await store.usedAt(entry))?.getTime()).toBeGreaterThan(old.getTime());
    await store.remove(entry);
    expect([await store.find(KEY), await store.usedAt(entry), await store.all()]).toEqual([undefined, undefined, []]);
  });

  test("takes what a removal has left in the middle for nothing", async () => {
    const directory = scratch();
    const store = await open(directory);
    mkdirSync(join(store.treeDirectory(layerName(KEY), "root")), { recursive: true });
    expect(await store.find(KEY)).toBeUndefined();
    expect(await put(directory, entryOf(KEY, "a"), "one")).toEqual(entryOf(KEY, "a"));
    expect(await textOf(directory, layerName(KEY))).toBe("one");
  });
});

test("a store to look into is not made by looking", async () => {
  const directory = join(scratch(), "none");
  const store = layerStoreAt(directory);
  expect([await store.all(), await store.find(KEY)]).toEqual([[], undefined]);
  expect(existsSync(directory)).toBe(false);
});
