import { BUILD_FLAGS, type BuildFlag, type BuildFlagName, type Diagnostic, flagTrouble, flagWord } from "@dibkit/model";
import type { BuildRequest } from "../job/build-request.js";

/** The values of a request whose flag or variable takes no other than certain texts. */
const VALUES: Partial<Readonly<Record<BuildFlagName, (request: BuildRequest) => string | undefined>>> = {
  output: ({ imageName }) => imageName,
  imageSize: ({ imageSize }) => imageSize,
  imageExtraSize: ({ imageExtraSize }) => imageExtraSize,
  maxOnlineResize: ({ maxOnlineResize }) => maxOnlineResize,
  minTmpfs: ({ minTmpfs }) => (minTmpfs === undefined ? undefined : String(minTmpfs)),
  mkfsJournalSize: ({ journalSize }) => journalSize,
  disk: ({ disk }) => disk,
  qemuImgOptions: ({ qemuImgOptions }) => qemuImgOptions,
  network: ({ network }) => network,
};

/** Sector sizes that a loop device can have. */
const SECTORS = ["512", "1024", "2048", "4096"];

/** Values that nothing could be made of, found before anything runs. */
export function checkValues(request: BuildRequest): readonly Diagnostic[] {
  const names = Object.keys(VALUES) as BuildFlagName[];
  const flags = names.flatMap((name) => {
    const value = VALUES[name]?.(request);
    const trouble = value === undefined ? undefined : flagTrouble(name, value);
    const { variable }: BuildFlag = BUILD_FLAGS[name];
    const said = variable === undefined ? flagWord(name) : `${flagWord(name)} (or ${variable})`;
    return trouble === undefined ? [] : [wrong(`${said} is "${value}" but ${trouble}`, "give another value, or none")];
  });
  return [...flags, ...checkVariable(request, "DIB_BLOCK_SIZE", SECTORS), ...checkTrace(request)];
}

function checkVariable({ environment }: BuildRequest, name: string, legal: readonly string[]): readonly Diagnostic[] {
  const value = environment[name] ?? "";
  if (value === "" || legal.includes(value)) return [];
  return [wrong(`${name} is "${value}" but must be ${legal.join(", ")}`, `set ${name} to one of them, or unset it`)];
}

/** The flag is counted, so only its variable can be wrong. */
function checkTrace({ trace, environment }: BuildRequest): readonly Diagnostic[] {
  if (!Number.isNaN(trace)) return [];
  return [wrong(`DIB_DEBUG_TRACE is "${environment.DIB_DEBUG_TRACE}" but must be 0, 1 or 2`, "give -x instead")];
}

function wrong(message: string, help: string): Diagnostic {
  return { code: "build-option", severity: "error", message, help };
}
