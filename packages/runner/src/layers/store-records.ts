import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildJob } from "../job/build-job.js";
import type { BuildRecord } from "../job/build-record.js";
import type { BuildTimeline } from "../job/build-timeline.js";
import type { DiskChange } from "../job/disk-change.js";
import type { EnvironmentValues } from "../job/environment-values.js";

type Ingredients = Readonly<Record<string, string>>;

/** What a layer store remembers beside its layers, each kind by name. Nothing here is found when it was never written. */
export interface StoreRecords {
  /** Ids of all builds, oldest first: an id begins with the time. */
  buildIds(): Promise<readonly string[]>;
  record(id: string): Promise<BuildRecord | undefined>;
  saveRecord(record: BuildRecord): Promise<void>;
  job(id: string): Promise<BuildJob | undefined>;
  timeline(id: string): Promise<BuildTimeline | undefined>;
  saveTimeline(timeline: BuildTimeline): Promise<void>;
  /** What scripts on the disk changed in the image of a build; undefined when it came to no disk. */
  diskChanges(id: string): Promise<readonly DiskChange[] | undefined>;
  saveDiskChanges(id: string, changes: readonly DiskChange[]): Promise<void>;
  /** What planning has found out about the scripts of a build that is about to begin. */
  scriptCommands<T>(id: string): Promise<T | undefined>;
  /** Text of the log of a step such as `install.d/50-x`. */
  log(id: string, step: string): Promise<string | undefined>;
  /** The environment that `environment.d` gave, sealed, by the key of the phase. */
  environment(key: string): Promise<EnvironmentValues | undefined>;
  saveEnvironment(key: string, values: EnvironmentValues): Promise<void>;
  /** What a step of an image was last made of. */
  ingredients(lineage: string, step: string): Promise<Ingredients | undefined>;
  saveIngredients(lineage: string, step: string, now: Ingredients): Promise<void>;
  /** Why a script, by a hash of what it is, has to have the host's network; undefined when it is not known to. */
  unwatched(script: string): Promise<string | undefined>;
  saveUnwatched(script: string, reason: string): Promise<void>;
  /** A text behind an ingredient, by its hash. */
  text(hash: string): Promise<string | undefined>;
  saveText(hash: string, text: string): Promise<void>;
  /** Key of the newest disk that an image left. */
  newestDisk(lineage: string): Promise<string | undefined>;
  saveNewestDisk(lineage: string, key: string): Promise<void>;
  /** How layers are made: by overlayfs or as plain copies. */
  kind(): Promise<"overlay" | "plain" | undefined>;
  saveKind(kind: "overlay" | "plain"): Promise<void>;
  /** Whose ids its files have: where the maps of a user namespace begin, `0 0` for the machine's own. */
  ids(): Promise<string | undefined>;
  saveIds(ids: string): Promise<void>;
  /** The boot of the machine in which the store was last verified. */
  boot(): Promise<string | undefined>;
  saveBoot(boot: string): Promise<void>;
}

/** File name of what scripts on the disk changed, of a build and of outputs that are kept. */
export const DISK_CHANGES = "disk-changes.json";

/** File name of the log of a step. */
export function logName(step: string): string {
  return `${step.replaceAll("/", "-")}.log`;
}

export function storeRecords(directory: string): StoreRecords {
  const read = <T>(...path: readonly string[]) => readJson<T>(join(directory, ...path));
  const write = (value: unknown, ...path: readonly string[]) => writeJson(join(directory, ...path), value);
  const last = (lineage: string, name: string) => ["last", `${lineage}-${name.replaceAll("/", "-")}.json`] as const;
  const readText = (...path: readonly string[]) => readFile(join(directory, ...path), "utf8").catch(() => undefined);
  return {
    buildIds: () => namesIn(join(directory, "builds")),
    record: (id) => read<BuildRecord>("builds", id, "record.json"),
    saveRecord: (record) => write(record, "builds", record.id, "record.json"),
    job: (id) => read<BuildJob>("builds", id, "job.json"),
    timeline: (id) => read<BuildTimeline>("builds", id, "timeline.json"),
    saveTimeline: (timeline) => write(timeline, "builds", timeline.id, "timeline.json"),
    diskChanges: (id) => read<readonly DiskChange[]>("builds", id, DISK_CHANGES),
    saveDiskChanges: (id, changes) => write(changes, "builds", id, DISK_CHANGES),
    scriptCommands: <T>(id: string) => read<T>("builds", id, "scripts.json"),
    log: (id, step) => readText("builds", id, "logs", logName(step)),
    environment: (key) => read<EnvironmentValues>("e", `${key}.json`),
    saveEnvironment: (key, values) => write(values, "e", `${key}.json`),
    ingredients: (lineage, step) => read<Ingredients>(...last(lineage, step)),
    saveIngredients: (lineage, step, now) => write(now, ...last(lineage, step)),
    unwatched: async (script) => (await read<{ readonly reason: string }>("h", `${script}.json`))?.reason,
    saveUnwatched: (script, reason) => write({ reason }, "h", `${script}.json`),
    text: (hash) => readText("t", hash),
    async saveText(hash, text) {
      const file = join(directory, "t", hash);
      if (!existsSync(file)) await writeFile(file, text, { mode: 0o600 });
    },
    newestDisk: async (lineage) => (await read<{ readonly key: string }>(...last(lineage, "newest-disk")))?.key,
    saveNewestDisk: (lineage, key) => write({ key }, ...last(lineage, "newest-disk")),
    kind: async () => (await read<{ readonly kind: "overlay" | "plain" }>("kind.json"))?.kind,
    saveKind: (kind) => write({ kind }, "kind.json"),
    ids: async () => (await read<{ readonly ids: string }>("ids.json"))?.ids,
    saveIds: (ids) => write({ ids }, "ids.json"),
    boot: async () => (await read<{ readonly boot: string }>("boot.json"))?.boot,
    saveBoot: (boot) => write({ boot }, "boot.json"),
  };
}

/** Sorted names in a directory of a store; none when it is not there. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Undefined when there is no such file, or when it is not whole. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file that only its owner may read, whole or not at all: captured environments may hold passwords. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  // Several builds of one process may write the same file.
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
  await rename(temporary, file);
}
