import { readFile, stat } from "node:fs/promises";
import { compareHookScripts, HOOK_SCRIPT_NAME } from "@dibkit/model";
import { hashText } from "../job/hash-text.js";
import type { ImageState } from "../job/layer.js";
import { HooksReader } from "../layers/hooks-reader.js";
import type { HookEntry } from "../plan/hooks-tree.js";
import type { PhaseScript } from "../plan/phase-step.js";
import type { BuildSession } from "./build-session.js";

/** The directories that the hooks of a state consist of, newest first. */
export function hooksDirectories(
  { store, hooksBase }: Pick<BuildSession, "store" | "hooksBase">,
  state: ImageState,
): readonly string[] {
  return [...state.hooks.map((name) => store.treeDirectory(name, "hooks")), hooksBase];
}

/** Scripts of a phase in the order upstream runs them: executable, well named, sorted by number and then by bytes. */
export async function phaseScripts(
  session: BuildSession,
  state: ImageState,
  phase: string,
): Promise<readonly PhaseScript[]> {
  const reader = new HooksReader(hooksDirectories(session, state));
  const scripts: PhaseScript[] = [];
  const names = (await reader.list(phase)).filter((name) => HOOK_SCRIPT_NAME.test(name));
  for (const name of names.sort(compareHookScripts)) {
    const located = await reader.locate(`${phase}/${name}`);
    if (located === undefined) continue;
    const { mode } = await stat(located);
    if ((mode & 0o111) === 0) continue;
    const bytes = await readFile(located);
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
  const reader = new HooksReader(hooksDirectories(session, state));
  const files: Record<string, string> = {};
  for (const name of await reader.list("environment.d")) {
    const located = await reader.locate(`environment.d/${name}`);
    if (located !== undefined) files[name] = hashText(await readFile(located));
  }
  return files;
}
