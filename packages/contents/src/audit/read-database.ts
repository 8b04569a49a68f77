import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { err, ok, type Result, readJson } from "@dibkit/model";
import { type DebianTracker, isDebianTracker } from "./debian-tracker.js";
import type { OsvRecord } from "./osv-records.js";

/** What somebody does with the parts of a database while it is read: they are many, and need not be kept. */
export interface DatabaseReader {
  osv(record: OsvRecord): void;
  tracker(tracker: DebianTracker): void;
}

/** Why a database cannot be used: a whole sentence, and what to do. */
export interface DatabaseTrouble {
  readonly message: string;
  readonly help: string;
}

const HELP = "give a zip file or a directory of OSV's records, one of them, or the JSON of Debian's security tracker";

/** Reads a database of vulnerabilities: a file or a directory. Throws as reading files does. */
export async function readDatabase(path: string, reader: DatabaseReader): Promise<Result<number, DatabaseTrouble>> {
  if (!(await stat(path)).isDirectory()) return readFileOf(path, reader);
  let records = 0;
  for (const name of (await readdir(path)).sort()) {
    if (!/\.(json|zip)(\.gz)?$/.test(name)) continue;
    const read = await readFileOf(join(path, name), reader);
    if (!read.ok) return read;
    records += read.value;
  }
  return records > 0
    ? ok(records)
    : err({ message: `the directory "${path}" has no record of a vulnerability`, help: HELP });
}

async function readFileOf(path: string, reader: DatabaseReader): Promise<Result<number, DatabaseTrouble>> {
  if (path.endsWith(".zip")) return readZip(path, reader);
  if (!path.endsWith(".gz")) return readRecords(path, await readFile(path, "utf8"), reader);
  try {
    const unpacked = await pipeline(createReadStream(path), createGunzip(), text);
    return readRecords(path, unpacked, reader);
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith("Z_")) throw error;
    return err({ message: `"${path}" is not what gzip writes, or it is not whole`, help: HELP });
  }
}

function readRecords(path: string, json: string, reader: DatabaseReader): Result<number, DatabaseTrouble> {
  const parsed = readJson(json);
  if (!parsed.ok) return err({ message: `"${path}" is not JSON: ${parsed.error}`, help: HELP });
  const { value } = parsed;
  if (isDebianTracker(value)) {
    reader.tracker(value);
    return ok(Object.keys(value).length);
  }
  const { vulns } = (value ?? {}) as { readonly vulns?: unknown };
  const records = Array.isArray(value) ? value : Array.isArray(vulns) ? vulns : [value];
  if (!records.every(isOsvRecord))
    return err({ message: `"${path}" has neither records of OSV nor Debian's tracker`, help: HELP });
  for (const record of records) reader.osv(record);
  return ok(records.length);
}

function isOsvRecord(value: unknown): value is OsvRecord {
  const { id, affected, withdrawn, modified } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof id === "string" && (Array.isArray(affected) || withdrawn !== undefined || modified !== undefined);
}

async function readZip(path: string, reader: DatabaseReader): Promise<Result<number, DatabaseTrouble>> {
  const yauzl = await import("yauzl");
  let records = 0;
  try {
    const zip = await yauzl.openPromise(path);
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith(".json")) continue;
      const json = await text(await zip.openReadStreamPromise(entry));
      const read = readRecords(`${path}!${entry.fileName}`, json, reader);
      if (!read.ok) return read;
      records += read.value;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    return err({ message: `"${path}" is not a zip file, or it is not whole`, help: HELP });
  }
  return ok(records);
}
