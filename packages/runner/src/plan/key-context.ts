import type { BuildRequest } from "../job/build-request.js";
import { type HostFiles, hostFiles } from "../layers/host-inputs.js";
import { type FoundCommands, type ScriptReader, scriptReader } from "../layers/script-commands.js";
import type { HelperFile } from "../layers/script-reach.js";

/** What a key needs to know of the request. */
export type KeyRequest = Pick<BuildRequest, "architecture" | "workingDirectory"> &
  Partial<Pick<BuildRequest, "imageCache" | "lockFiles" | "store" | "logFile">>;

/** What the keys of all steps of one build, or of one plan, are made with. */
export interface KeyContext {
  readonly request: KeyRequest;
  readonly helpers: readonly HelperFile[];
  /** How values of variables are told apart. */
  readonly digest: (value: string) => string;
  readonly hostFiles: HostFiles;
  readonly scripts: ScriptReader;
}

/** A context that has read nothing yet, but for what another process found in scripts. */
export function keyContext(
  { request, helpers, digest }: Pick<KeyContext, "request" | "helpers" | "digest">,
  known: FoundCommands = [],
): KeyContext {
  return { request, helpers, digest, hostFiles: hostFiles(), scripts: scriptReader(known) };
}
