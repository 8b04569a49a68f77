import { lstat, readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareHookScripts, HOOK_SCRIPT_NAME } from "@dibkit/model";
import { hashText } from "../job/hash-text.js";
import type { ImageState } from "../job/layer.js";
import type { HookEntry } from "../plan/hooks-tree.js";
import type { PhaseScript } from "../plan/phase-step.js";
import type { BuildSession } from "./build-session.js";

/**
 * What a layered hooks directory holds, without mounting it: newest layer first, whiteouts (character device 0:0)
 * hide what is below.
 */
export class HooksReader {
  readonly #directories: readonly string[];

  constructor(session: Pick<BuildSession, "store" | "hooksBase">, state: ImageState) {
    this.#directories = [...state.hooks.map((name) => join(session.store.layers, name, "hooks")), session.hooksBase];
  }

  /** Names in a directory, sorted. */
  async list(directory: string): Promise<string[]> {
    const seen = new Map<string, boolean>();
    for (const base of this.#directories) {
      const entries = await readdir(join(base, directory), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) if (!seen.has(entry.name)) seen.set(entry.name, !entry.isCharacterDevice());
    }
    return [...seen]
      .filter(([, there]) => there)
      .map(([name]) => name)
      .sort();
  }

  /** The file on disk behind a path, relative links followed; undefined when there is none. */
  async locate(path: string, hops = 0): Promise<string | undefined> {
    for (const base of this.#directories) {
      const place = join(base, path);
      const status = await lstat(place).catch(() => undefined);
      if (status === undefined) continue;
      if (status.isCharacterDevice()) return undefined;
      if (!status.isSymbolicLink()) return status.isFile() ? place : undefined;
      const target = await readlink(place);
      if (hops > 40 || target.startsWith("/")) return undefined;
      return this.locate(join(path, "..", target), hops + 1);
    }
    return undefined;
  }
}

/** Scripts of a phase in the order upstream runs them: executable, well named, sorted by number and then by bytes. */
export async function phaseScripts(
  session: BuildSession,
  state: ImageState,
  phase: string,
): Promise<readonly PhaseScript[]> {
  const reader = new HooksReader(session, state);
  const scripts: PhaseScript[] = [];
  const names = (await reader.list(phase)).filter((name) => HOOK_SCRIPT_NAME.test(name));
  for (const name of names.sort(compareHookScripts)) {
    const place = await reader.locate(`${phase}/${name}`);
    if (place === undefined) continue;
    const { mode } = await stat(place);
    if ((mode & 0o111) === 0) continue;
    const bytes = await readFile(place);
    const entry = session.hooks.entries.get(`${phase}/${name}`);
    const hash = hashText(bytes);
    const inputs = entry && declaredBy(session, entry, hash);
    scripts.push({
      name,
      mode,
      hash,
      text: bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString("utf8"),
      ...(entry === undefined ? {} : { element: entry.element.name }),
      ...(inputs === undefined ? {} : { inputs }),
    });
  }
  return scripts;
}

/** What was declared holds for the text it was declared for, not for what another script made of it. */
function declaredBy({ job }: BuildSession, { path, file }: HookEntry, hash: string): readonly string[] | undefined {
  return file.kind === "file" && hashText(file.bytes) === hash ? job.declaredInputs?.[path] : undefined;
}

/** Environment files by name, with a hash of each. */
export async function environmentFiles(
  session: BuildSession,
  state: ImageState,
): Promise<Readonly<Record<string, string>>> {
  const reader = new HooksReader(session, state);
  const files: Record<string, string> = {};
  for (const name of await reader.list("environment.d")) {
    const place = await reader.locate(`environment.d/${name}`);
    if (place !== undefined) files[name] = hashText(await readFile(place));
  }
  return files;
}
