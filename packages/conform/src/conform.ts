import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createCommandRunner, inUserNamespace } from "@dibkit/exec";
import { err, ok, type Result, type UpstreamInstallation } from "@dibkit/model";
import type { BuildEvent, BuildFailure, BuildPlan, BuildRequest } from "@dibkit/runner";
import { isPublished, startBuild } from "@dibkit/runner";
import { type BuiltImage, compareBuilds } from "./compare-builds.js";
import type { ConformanceReport } from "./conformance-report.js";
import { type GivenReason, withGivenReasons } from "./given-reasons.js";
import { PROBE_NAME } from "./probe-element.js";
import { runUpstream, type UpstreamOutcome } from "./upstream/run-upstream.js";
import { upstreamArguments } from "./upstream/upstream-command.js";

export interface ConformRequest {
  /** Plan of the build, with the formats `tar` or `raw,tar` and an image inside `directory`. */
  readonly plan: BuildPlan;
  /** Elements as they were asked for, the probe left out. */
  readonly elements: readonly string[];
  /** Elements that upstream builds in the place of these, the probe left out. */
  readonly upstreamElements?: readonly string[];
  /** Explain what no reason of conform's own does, which other elements may need. */
  readonly reasons?: readonly GivenReason[];
  readonly upstream: UpstreamInstallation;
  /** Where both builds go. What upstream made there is used again when it was asked for the same. */
  readonly directory: string;
}

export interface ConformWatcher {
  readonly onNote: (message: string) => void;
  readonly onUpstreamLine: (line: string) => void;
  readonly onEvent: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
}

export type ConformFailure =
  /** Upstream cannot run here, and has built nothing before that could be compared with. */
  | { readonly kind: "no-upstream"; readonly message: string; readonly help: string }
  | { readonly kind: "upstream"; readonly outcome: Exclude<UpstreamOutcome, { kind: "built" }> }
  | { readonly kind: "dibkit"; readonly outcome: BuildFailure };

/** What upstream's kept outputs were made of. */
interface UpstreamRun {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
  readonly seconds: number;
}

const LOOP_DEVICES = "upstream builds on loop devices, which a user namespace has none of";

/** Upstream's lists are Python sets, whose order the seed decides: without it two of its own builds differ. */
const FIXED_ENVIRONMENT = { PYTHONHASHSEED: "0" };

/**
 * Builds the same image with upstream and with dibkit, one after the other under the same name, and compares them.
 * Needs what both need. A user namespace has no loop devices for upstream: there what upstream has built in the
 * directory before, as root, has to be the same image.
 */
export async function conform(
  request: ConformRequest,
  watcher: ConformWatcher,
): Promise<Result<ConformanceReport, ConformFailure>> {
  const { plan, directory } = request;
  const { job } = plan;
  await mkdir(directory, { recursive: true });
  for (const left of await namedAfter(job.image)) await rm(left, { recursive: true, force: true });
  const theirs = await buildUpstream(request, watcher);
  if (!theirs.ok) return theirs;
  watcher.onNote("building with dibkit");
  const started = performance.now();
  const words = upstreamArguments(job.request, job.image);
  const own = { ...job, request: { ...job.request, arguments: words } };
  const outcome = await startBuild({ ...plan, job: own }, watcher);
  if (outcome.kind !== "built") return err({ kind: "dibkit", outcome });
  const seconds = (performance.now() - started) / 1000;
  const ours = await moveOutputs(job.image, join(directory, "dibkit"));
  watcher.onNote("comparing");
  const comparison = await compareBuilds(theirs.value.image, ours, createCommandRunner(), (name) =>
    isLeftOut(name, job.request),
  );
  return ok({
    version: 1,
    elements: request.elements,
    ...(request.upstreamElements === undefined ? {} : { upstreamElements: request.upstreamElements }),
    architecture: job.request.architecture,
    formats: job.request.formats,
    upstream: {
      version: theirs.value.run.version,
      seconds: Math.round(theirs.value.run.seconds),
      outputs: pathsOf(theirs.value.image),
    },
    dibkit: { seconds: Math.round(seconds), outputs: pathsOf(ours) },
    ...comparison,
    differences: withGivenReasons(comparison.differences, request.reasons ?? []),
  });
}

/** Variables that everything reads, and those that a file of the build names, reach both. */
function isLeftOut(name: string, { environment }: BuildRequest): boolean {
  return name in environment && !isPublished(name);
}

type Built = { readonly image: BuiltImage; readonly run: UpstreamRun };

async function buildUpstream(
  { plan, directory, upstream, upstreamElements }: ConformRequest,
  watcher: ConformWatcher,
): Promise<Result<Built, ConformFailure>> {
  const { image, elementsPath } = plan.job;
  const elements = upstreamElements === undefined ? plan.job.request.elements : [...upstreamElements, PROBE_NAME];
  const request = { ...plan.job.request, elements };
  const upstreamDirectory = join(directory, "upstream");
  const words = upstreamArguments(request, image);
  const variables = Object.entries(request.environment).filter(([name]) => name.startsWith("DIB_"));
  const asked = {
    arguments: words,
    environment: Object.fromEntries(variables),
    version: upstream.version ?? "unknown",
  };
  const kept = await keptRun(upstreamDirectory);
  const others = kept === undefined ? [] : differentInputs(kept, asked);
  if (kept !== undefined && others.length === 0) {
    watcher.onNote(`using what upstream built in ${upstreamDirectory}`);
    return ok({ image: await imageIn(upstreamDirectory), run: kept });
  }
  if (inUserNamespace()) {
    const message =
      kept === undefined
        ? `${LOOP_DEVICES}, and "${upstreamDirectory}" holds nothing that it has built`
        : `${LOOP_DEVICES}, and what it built in "${upstreamDirectory}" was asked for with other words: ${others.join(", ")}`;
    const help =
      "have root run the same command with --keep DIR, give yourself what is in DIR, and repeat it with that";
    return err({ kind: "no-upstream", message, help });
  }
  watcher.onNote(`building with upstream ${asked.version}`);
  const started = performance.now();
  const outcome = await runUpstream(
    { request, image, elementsPath, upstream, authored: plan.authored, environment: FIXED_ENVIRONMENT },
    { onLine: watcher.onUpstreamLine, signal: watcher.signal },
  );
  if (outcome.kind !== "built") return err({ kind: "upstream", outcome });
  const run = { ...asked, seconds: (performance.now() - started) / 1000 };
  const built = await moveOutputs(image, upstreamDirectory);
  await writeFile(join(upstreamDirectory, "run.json"), `${JSON.stringify(run, null, 2)}\n`);
  return ok({ image: built, run });
}

/** What two runs of upstream were not asked for alike: words, variables and a version. */
function differentInputs(kept: UpstreamRun, asked: Omit<UpstreamRun, "seconds">): readonly string[] {
  const describe = ({ arguments: words, environment, version }: Omit<UpstreamRun, "seconds">) => [
    ...words,
    ...Object.entries(environment).map((pair) => pair.join("=")),
    `version ${version}`,
  ];
  const [before, now] = [describe(kept), describe(asked)];
  const different = [...before.filter((word) => !now.includes(word)), ...now.filter((word) => !before.includes(word))];
  if (different.length > 0 || JSON.stringify(kept.arguments) === JSON.stringify(asked.arguments)) return different;
  return ["the order of its words"];
}

async function keptRun(upstreamDirectory: string): Promise<UpstreamRun | undefined> {
  const text = await readFile(join(upstreamDirectory, "run.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as UpstreamRun);
}

/** Moves everything named after the image out of the way of the other build, which has the same image name. */
async function moveOutputs(image: string, to: string): Promise<BuiltImage> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const path of await namedAfter(image)) await rename(path, join(to, `image${path.slice(image.length)}`));
  return imageIn(to);
}

async function namedAfter(image: string): Promise<readonly string[]> {
  const files = await readdir(dirname(image));
  return files.filter((file) => file.startsWith(`${basename(image)}.`)).map((file) => join(dirname(image), file));
}

async function imageIn(upstreamDirectory: string): Promise<BuiltImage> {
  const entries = await readdir(upstreamDirectory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.startsWith("image."));
  const named = new Map(files.map(({ name }) => [name.slice("image.".length), join(upstreamDirectory, name)]));
  const raw = named.get("raw");
  named.delete("tar");
  named.delete("raw");
  return {
    tar: join(upstreamDirectory, "image.tar"),
    ...(raw === undefined ? {} : { raw }),
    beside: Object.fromEntries(named),
  };
}

function pathsOf({ tar, raw, beside }: BuiltImage): readonly string[] {
  return [tar, ...(raw === undefined ? [] : [raw]), ...Object.values(beside ?? {})];
}
