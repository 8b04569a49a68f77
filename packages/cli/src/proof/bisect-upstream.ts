import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve as resolvePath } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result, upstreamInstallation } from "@dibkit/model";
import { type BisectTrouble, type TrialRequest, tryImage, type Verdict } from "./bisect-trial.js";
import { searchRange } from "./search-range.js";

/** One installation of diskimage-builder. */
export interface UpstreamCandidate {
  /** Directory of its Python package. */
  readonly directory: string;
  /** Such as "3.37.0"; undefined when nothing there tells it. */
  readonly version: string | undefined;
}

/** The first installation that broke the image, the one before it, and what it took to find them. */
export interface UpstreamOutcome {
  readonly upstream: UpstreamCandidate;
  readonly lastGood: UpstreamCandidate;
  /** Installations that were tested, in this order. */
  readonly tested: readonly { readonly upstream: UpstreamCandidate; readonly verdict: Verdict }[];
}

/**
 * Looks for the first of several installations of diskimage-builder, the oldest first, with which an image is not good:
 * the ends are tested, then halves. One that cannot build the image is left out, and its neighbours are asked.
 */
export async function bisectUpstream(
  request: TrialRequest,
  directories: readonly string[],
  commands: CommandRunner,
  tell: (line: string) => void,
): Promise<Result<UpstreamOutcome, BisectTrouble>> {
  const candidates: UpstreamCandidate[] = [];
  for (const directory of directories) {
    const found = upstreamInstallation({ DIB_LIB: resolvePath(request.cwd, directory) });
    if (found === undefined) {
      const message = `--upstream "${directory}" has no diskimage-builder`;
      return err({ message, help: "name a source checkout, or the directory of its Python package" });
    }
    candidates.push({ directory: found.package, version: found.version });
  }
  if (candidates.length < 2) {
    const message = "one version of diskimage-builder leaves nothing to look for";
    return err({ message, help: "give --upstream several times, the oldest version first" });
  }
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-bisect-"));
  const tested: { readonly upstream: UpstreamCandidate; readonly verdict: Verdict }[] = [];
  const test = async (upstream: UpstreamCandidate): Promise<Verdict> => {
    request.signal.throwIfAborted();
    const at = { cwd: request.cwd, env: { ...request.env, DIB_LIB: upstream.directory } };
    const verdict = await tryImage(request, at, { commands, scratch, tell });
    request.signal.throwIfAborted();
    tested.push({ upstream, verdict });
    tell(`${nameOf(upstream)} is ${verdict}`);
    return verdict;
  };
  try {
    const found = await searchRange(candidates as [UpstreamCandidate, UpstreamCandidate], test);
    if ("lastGood" in found) return ok({ upstream: found.firstBad, lastGood: found.lastGood, tested });
    const { end, verdict } = found;
    const one = nameOf(candidates.at(end === "first" ? 0 : -1) as UpstreamCandidate);
    const message = `the ${end} --upstream, ${one}, is ${verdict}, so there is nothing to look for between the ends`;
    return err({ message, help: "correct the versions and their order, or the command of --run" });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** How people call an installation. */
export function nameOf({ version, directory }: UpstreamCandidate): string {
  return version === undefined ? directory : `diskimage-builder ${version}`;
}
