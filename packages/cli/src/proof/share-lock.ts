import type { StepFetches } from "@dibkit/contents";
import type { LockDocument } from "@dibkit/model";
import type { BuildRequest } from "@dibkit/runner";
import { renderByteSize } from "../byte-size.js";
import type { ExitCode } from "../command.js";
import { count } from "../count.js";
import { type Terminal, writeTrouble, writeWarning } from "../terminal.js";

/** Uploads a lock and the bytes that it names to the registry of a request, if there is one. */
export async function shareLock(
  terminal: Terminal,
  lock: LockDocument,
  steps: readonly StepFetches[],
  { cacheTo, lock: held }: Pick<BuildRequest, "cacheTo" | "lock">,
): Promise<ExitCode> {
  if (cacheTo === undefined || held === undefined) return 0;
  const [{ renderLock }, { pushLock }, { createCommandRunner }] = await Promise.all([
    import("@dibkit/contents"),
    import("@dibkit/runner"),
    import("@dibkit/exec"),
  ]);
  const open = new Set(steps.filter(({ secretFree }) => secretFree).flatMap((step) => digestsOf(step)));
  const sizes = new Map(lock.fetched.flatMap(({ sha256, size }) => (sha256 === undefined ? [] : [[sha256, size]])));
  const shared = [...sizes].filter(([sha256]) => open.has(sha256)).sort(([a], [b]) => (a < b ? -1 : 1));
  const by = steps.find((step) => digestsOf(step).some((sha256) => sizes.has(sha256) && !open.has(sha256)));
  if (by !== undefined) {
    const { phase, script = "environment.d" } = by.label;
    const stay = sizes.size - shared.length;
    const [stays, them] = stay === 1 ? ["stays", "it"] : ["stay", "them"];
    const why = `${phase}/${script}, which fetched ${them}, could see the value of a secret`;
    const message = `${count(stay, "download")} of the lock ${stays} here: ${why}`;
    writeWarning(terminal, message, "copy the directory of contents to machines that may have it");
  }
  const { env, signal } = terminal;
  const pushed = await pushLock(
    cacheTo,
    {
      ...{ text: renderLock(lock), title: lock.image.elements.join(" ") },
      contents: shared.map(([sha256, size]) => ({ sha256, size })),
    },
    held.contents,
    { env, signal, commands: createCommandRunner({ signal }) },
  );
  if (!pushed.ok) {
    if (signal.aborted) return 130;
    const help = "the lock is written; give the same command with --update --only elements to upload again";
    writeTrouble(terminal, `not all that the lock names is shared: ${pushed.error}`, help);
    return 1;
  }
  const { repository, files, bytes } = pushed.value;
  const what = `${count(files, "download")} (${renderByteSize(bytes)})`;
  terminal.stdout.write(`uploaded ${what} of ${shared.length} to ${repository}\n`);
  return 0;
}

function digestsOf({ fetched = [] }: StepFetches): readonly string[] {
  return fetched.flatMap(({ sha256 }) => sha256 ?? []);
}
