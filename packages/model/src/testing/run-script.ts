import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ElementDefinition, isElementDefinition } from "../define/define-element.js";
import { elementOf } from "../define/element-of.js";
import type { Element } from "../element.js";
import { findPhase } from "../phases.js";
import { writeElement } from "../write-element.js";
import { CALL_LOG, type CommandCall, type FakeCommand, fakeProgram, parseCalls } from "./fake-command.js";
import { type RootFile, type RootSpec, readRoot, sameFile, writeRoot } from "./root-files.js";
import { runInSandbox } from "./sandbox.js";

/** What a script finds when it runs. */
export interface RunScriptOptions {
  /** Files the root has beforehand, by path. */
  readonly root?: RootSpec;
  /** Variables beside those of the element's own `environment.d`. */
  readonly environment?: Readonly<Record<string, string | number>>;
  /** Commands that are faked or forbidden, by name. All others are the host's. */
  readonly commands?: Readonly<Record<string, FakeCommand>>;
  /** Milliseconds after which the script is killed; 10,000 unless stated. */
  readonly timeout?: number;
}

/** What a script did. */
export interface ScriptRun {
  /** Undefined when it ran into the timeout. */
  readonly exitCode: number | undefined;
  /** Standard output, as UTF-8. */
  readonly stdout: string;
  /** Standard error, as UTF-8. */
  readonly stderr: string;
  /** Calls of faked commands, in order. */
  readonly calls: readonly CommandCall[];
  /** Files that were created or changed, by path without a leading slash. */
  readonly files: ReadonlyMap<string, RootFile>;
  /** Paths of files that are gone. */
  readonly removed: readonly string[];
  /** Text of a file of the root, changed or not; throws when there is none. */
  readonly read: (path: string) => string;
}

/**
 * Runs one script of an element in a small fake root: a few directories and accounts, the host's programs read-only,
 * no network. A script of a host phase finds that root at `$TARGET_ROOT` and `$TMP_MOUNT_PATH`, and runs in another.
 *
 * @param path of the script in the element, such as `install.d/50-nginx`
 * @throws Error when the script calls a forbidden command, or there is no such script.
 */
export async function runScript(
  element: Element | ElementDefinition,
  path: string,
  options: RunScriptOptions = {},
): Promise<ScriptRun> {
  const compiled = isElementDefinition(element) ? elementOf(element) : element;
  const side = findPhase(path.split("/")[0] as string)?.side;
  if (side === undefined || compiled.files.get(path)?.kind !== "file")
    throw new Error(`element "${compiled.name}" has no script "${path}"; it has ${scriptsOf(compiled)}`);
  const directory = mkdtempSync(join(tmpdir(), "dibkit-test-"));
  try {
    const target = side === "host" ? join(directory, "target") : directory;
    writeRoot(directory, {});
    writeRoot(target, options.root ?? {});
    writeElement(compiled, join(directory, "tmp/in_target.d"));
    for (const [name, fake] of Object.entries(options.commands ?? {}))
      writeFileSync(join(directory, "run/dibkit/bin", name), fakeProgram(name, fake), { mode: 0o755 });
    const before = readRoot(target);
    const result = await runInSandbox(
      directory,
      ["bash", "-c", START, "start", `/tmp/in_target.d/${path}`],
      environmentOf(side, options),
      options.timeout ?? 10_000,
    );
    return outcome(result, directory, target, before, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Sources the element's environment files in order, as dib-run-parts does, and becomes the script. */
const START = `script=$1
set -a
for file in $(ls /tmp/in_target.d/environment.d 2>/dev/null | LC_ALL=C sort); do
    . "/tmp/in_target.d/environment.d/$file"
done
set +a
cd /
exec "$script"
`;

function environmentOf(side: "host" | "target", options: RunScriptOptions): Record<string, string> {
  const host = { TARGET_ROOT: "/target", TMP_MOUNT_PATH: "/target", TMP_HOOKS_PATH: "/tmp/in_target.d" };
  const given = Object.entries(options.environment ?? {}).map(([name, value]) => [name, String(value)] as const);
  return {
    ARCH: "amd64",
    DIB_DEBUG_TRACE: "0",
    DIB_RELEASE: "stable",
    DISTRO_NAME: "debian",
    HOME: "/root",
    IMAGE_NAME: "image",
    LC_ALL: "C",
    ...(side === "host" ? host : {}),
    ...Object.fromEntries(given),
    PATH: "/run/dibkit/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  };
}

function outcome(
  result: Awaited<ReturnType<typeof runInSandbox>>,
  directory: string,
  target: string,
  before: ReadonlyMap<string, RootFile>,
  options: RunScriptOptions,
): ScriptRun {
  const after = readRoot(target);
  const calls = parseCalls(textAt(join(directory, CALL_LOG)) ?? "");
  const wrong = calls.find((call) => options.commands?.[call.command]?.kind === "forbidden");
  if (wrong) throw new Error(`the script called the forbidden command "${[wrong.command, ...wrong.args].join(" ")}"`);
  return {
    ...result,
    calls,
    files: new Map([...after].filter(([path, file]) => !sameFile(file, before.get(path)) && !isSandbox(path))),
    removed: [...before.keys()].filter((path) => !after.has(path)),
    read: (path) => {
      const file = after.get(path.replace(/^\/+/, ""));
      if (file?.kind === "file") return file.text;
      throw new Error(`the root has no file "${path}"`);
    },
  };
}

/** Mount points and links the sandbox makes. */
function isSandbox(path: string): boolean {
  return path.startsWith("dev/") || /^(bin|sbin|lib\w*)$/.test(path);
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function scriptsOf(element: Element): string {
  const scripts = [...element.files.keys()].filter((path) => findPhase(path.split("/")[0] as string));
  return scripts.length === 0 ? "none" : scripts.map((path) => `"${path}"`).join(", ");
}
