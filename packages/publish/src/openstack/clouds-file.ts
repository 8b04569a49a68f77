import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Result } from "@dibkit/model";
import { err, homeDirectory, ok } from "@dibkit/model";
import { parseDocument } from "yaml";

/** Any mapping of a clouds file. Scalars are the text as written, so that a numeric password keeps its zeros. */
export type CloudMap = { readonly [key: string]: CloudValue };
export type CloudValue = string | boolean | null | readonly CloudValue[] | CloudMap;

/** What was found on disk, not yet interpreted. */
export interface CloudFiles {
  /** `clouds.yaml` with `secure.yaml` merged over it; undefined when there is neither. */
  readonly clouds: CloudMap;
  /** Where `clouds` came from, for messages. */
  readonly path?: string;
  /** The `public-clouds` of `clouds-public.yaml`. */
  readonly profiles: CloudMap;
  /** The directories that were searched. */
  readonly searched: readonly string[];
  /** Files that are there and that this user may not read; openstacksdk passes over them. */
  readonly unreadable: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const SUFFIXES = ["yaml", "yml", "json"] as const;

/** The directories openstacksdk searches, in its order. */
export function cloudsSearchPath(env: Environment, cwd: string): readonly string[] {
  const home = homeDirectory(env);
  const directories = [
    cwd,
    join(env.XDG_CONFIG_HOME || join(home, ".config"), "openstack"),
    join(home, ".config", "openstack"),
    "/etc/openstack",
  ];
  return [...new Set(directories)];
}

/**
 * Reads the first clouds file, the first secure file and the first vendor file. A file named by
 * `OS_CLIENT_CONFIG_FILE` or `OS_CLIENT_SECURE_FILE` must be there.
 */
export async function readCloudFiles(env: Environment, cwd: string): Promise<Result<CloudFiles, string>> {
  const searched = cloudsSearchPath(env, cwd);
  const unreadable: string[] = [];
  const clouds = await firstFile("clouds", searched, env.OS_CLIENT_CONFIG_FILE, unreadable);
  if (!clouds.ok) return clouds;
  const secure = await firstFile("secure", searched, env.OS_CLIENT_SECURE_FILE, unreadable);
  if (!secure.ok) return secure;
  const vendors = await firstFile("clouds-public", searched, env.OS_CLIENT_VENDOR_FILE, unreadable);
  if (!vendors.ok) return vendors;
  return ok({
    clouds: mergeMaps(mapAt(clouds.value?.content, "clouds"), mapAt(secure.value?.content, "clouds")),
    ...(clouds.value ? { path: clouds.value.path } : {}),
    profiles: mapAt(vendors.value?.content, "public-clouds"),
    ...{ searched, unreadable },
  });
}

/** Deep merge of mappings; everything else is replaced by the later one. */
export function mergeMaps(under: CloudMap, over: CloudMap): CloudMap {
  const merged: Record<string, CloudValue> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    merged[key] = isMap(value) && isMap(old) ? mergeMaps(old, value) : value;
  }
  return merged;
}

export function isMap(value: unknown): value is CloudMap {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function mapAt(map: CloudMap | undefined, key: string): CloudMap {
  const value = map?.[key];
  return isMap(value) ? value : {};
}

interface FoundFile {
  readonly path: string;
  readonly content: CloudMap;
}

async function firstFile(
  stem: string,
  directories: readonly string[],
  named: string | undefined,
  unreadable: string[],
): Promise<Result<FoundFile | undefined, string>> {
  const paths = directories.flatMap((directory) => SUFFIXES.map((suffix) => join(directory, `${stem}.${suffix}`)));
  for (const path of named ? [named] : paths) {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => error);
    if (typeof text === "string") return parseCloudsFile(path, text);
    if (named) return err(`file "${named}", which the environment names, cannot be read: ${text.code}`);
    if (text.code === "EACCES") unreadable.push(path);
  }
  return ok(undefined);
}

/** Parses YAML (JSON is YAML) into text scalars. */
export function parseCloudsFile(path: string, text: string): Result<FoundFile, string> {
  const document = parseDocument(text, { schema: "failsafe", merge: true, prettyErrors: false });
  const [first] = document.errors;
  if (first) {
    const line = text.slice(0, first.pos[0]).split("\n").length;
    // The parser's own message may quote the line, and the line may hold a password.
    return err(`"${path}" line ${line} is not YAML (${first.code.toLowerCase().replaceAll("_", " ")})`);
  }
  const content: unknown = document.toJS({ maxAliasCount: 1000 });
  if (content === null || content === "") return ok({ path, content: {} });
  return isMap(content) ? ok({ path, content }) : err(`"${path}" is not a mapping with the key "clouds"`);
}
