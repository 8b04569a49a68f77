import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheHome } from "@dibkit/model";
import type { Terminal } from "../terminal.js";

/** Texts by keys that stand for what they were worked out from. */
export interface ContentStore {
  get(key: string): string | undefined;
  set(key: string, text: string): void;
  /** Keeps what is new for later runs; it is only lost when that cannot be done. */
  save(): void;
}

export interface ContentStoreOptions {
  /** Name of the file below the cache directory. */
  readonly name: string;
  /** Who reads and writes it: another version begins anew. */
  readonly version: string;
  /** The file grows to this size; what was not used in a run with something new goes first. */
  readonly mostBytes: number;
}

type ByteRange = readonly [start: number, end: number];

/**
 * One file, which may be removed at any time: its first line is the version, the second says where each text is in the
 * rest. Only what is asked for is decoded, as most of a large file is of no use to a run.
 */
export function openContentStore(env: Terminal["env"], options: ContentStoreOptions): ContentStore {
  const path = join(cacheHome(env), "dibkit", "lint", options.name);
  const { bytes, ranges } = load(path, options.version);
  const fresh = new Map<string, string>();
  const used = new Set<string>();
  let freshSize = 0;
  return {
    get(key) {
      const range = ranges.get(key);
      if (range === undefined) return fresh.get(key);
      used.add(key);
      return bytes.toString("utf8", ...range);
    },
    set(key, text) {
      // More than fits is not even collected: a tree can have gigabytes of it.
      if (freshSize + text.length > options.mostBytes) return;
      freshSize += text.length;
      fresh.set(key, text);
    },
    save() {
      if (fresh.size === 0) return;
      const old = [...ranges].filter(([key]) => !fresh.has(key));
      const inOrder = [...old.filter(([key]) => used.has(key)), ...old.filter(([key]) => !used.has(key))];
      const kept: (readonly [string, Buffer])[] = [];
      let size = 0;
      for (const [key, text] of [
        ...[...fresh].map(([key, text]) => [key, Buffer.from(text)] as const),
        ...inOrder.map(([key, range]) => [key, bytes.subarray(...range)] as const),
      ]) {
        if (size + text.length > options.mostBytes) continue;
        kept.push([key, text]);
        size += text.length;
      }
      write(path, options.version, kept);
    },
  };
}

/** A key that stands for a text. */
export function keyOfText(text: string): string {
  return createHash("sha1").update(text).digest("base64url");
}

function load(path: string, version: string): { bytes: Buffer; ranges: ReadonlyMap<string, ByteRange> } {
  try {
    const all = readFileSync(path);
    const first = all.indexOf("\n");
    const second = all.indexOf("\n", first + 1);
    if (second > first && all.toString("utf8", 0, first) === version) {
      const index = JSON.parse(all.toString("utf8", first + 1, second)) as readonly [string, number, number][];
      return { bytes: all.subarray(second + 1), ranges: new Map(index.map(([key, ...range]) => [key, range])) };
    }
  } catch {
    // There is none, or what is there is not whole.
  }
  return { bytes: Buffer.alloc(0), ranges: new Map() };
}

function write(path: string, version: string, texts: readonly (readonly [string, Buffer])[]): void {
  let at = 0;
  const index = texts.map(([key, { length }]) => {
    at += length;
    return [key, at - length, at];
  });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const head = Buffer.from(`${version}\n${JSON.stringify(index)}\n`);
    writeFileSync(temporary, Buffer.concat([head, ...texts.map(([, bytes]) => bytes)]));
    renameSync(temporary, path);
  } catch {
    // Without a place to keep it every run works it out again.
  }
}
