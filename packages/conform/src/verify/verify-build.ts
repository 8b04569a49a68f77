import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { BuildFailure, BuildJob, FormatFailure } from "@dibkit/runner";
import {
  aptIndexOf,
  type BuildWatcher,
  checkFormats,
  formatRequest,
  type LayerStore,
  openLayerStore,
  type StartableBuild,
  sourceDate,
  startBuild,
  stepName,
} from "@dibkit/runner";
import { compareDiskFiles } from "./compare-disk-files.js";
import { compareFiles } from "./compare-files.js";
import { compareFormats } from "./compare-formats.js";
import { placeOutputs } from "./place-outputs.js";
import type { VerifiedBuild } from "./verified-build.js";
import type { VerifyReport } from "./verify-report.js";
import { openVerifyScratch } from "./verify-scratch.js";

/** Why nothing could be compared. */
export type VerifyFailure =
  | { readonly kind: "build"; readonly which: "first" | "second"; readonly outcome: BuildFailure }
  | { readonly kind: "outputs"; readonly failure: FormatFailure };

/** Written in any case, because files and disks are compared by them. */
const TREE_FORMAT = "tar";
const DISK_FORMAT = "raw";

/**
 * Builds an image twice, each time from nothing in a store of its own, and compares the outputs. Downloads are shared:
 * that is the pinned state of packages. The first build's outputs are put where a build would put them; the stores are
 * removed. Without `SOURCE_DATE_EPOCH` both builds get the present time as theirs.
 */
export async function verifyBuild(
  build: StartableBuild,
  watcher: BuildWatcher,
): Promise<Result<VerifyReport, VerifyFailure>> {
  const { request } = build.job;
  const date = sourceDate(request.environment) ?? Math.floor(Date.now() / 1000);
  const scratch = await openVerifyScratch(request.store, createCommandRunner());
  try {
    const builds: VerifiedBuild[] = [];
    for (const which of ["first", "second"] as const) {
      watcher.onEvent({ type: "note", message: `${which} build, from nothing` });
      const job = jobIn(build.job, join(scratch.directory, which), date);
      await mkdir(dirname(job.image), { recursive: true });
      const outcome = await startBuild({ ...build, job }, watcher);
      if (outcome.kind !== "built") return err({ kind: "build", which, outcome });
      builds.push({ job, image: job.image, store: await openLayerStore(job.request.store) });
    }
    const [first, second] = builds as [VerifiedBuild, VerifiedBuild];
    watcher.onEvent({ type: "note", message: "comparing" });
    const report = await compareBuilds(build.job, first, second, date);
    const placed = await placeOutputs(build.job, first, watcher);
    return placed.ok ? ok(report) : err({ kind: "outputs", failure: placed.error });
  } finally {
    await scratch.remove();
    if (request.keepLayers === false) await rm(request.store, { recursive: true, force: true });
  }
}

/** The same build with a store and outputs of its own; scripts are told the same name of the image. */
function jobIn(job: BuildJob, directory: string, date: number): BuildJob {
  // Layers tell who wrote what, so all of them stay until the end; and none comes from elsewhere.
  const { cacheSize: _cacheSize, cacheFrom: _cacheFrom, cacheTo: _cacheTo, ...others } = job.request;
  const { cacheSign: _sign, cacheSecretKey: _secretKey, trustedKeys: _trustedKeys, ...request } = others;
  const { units } = checkFormats(formatRequest(request, job.image));
  const asked = units.filter(({ extension }) => extension !== undefined);
  const disk = asked.some(({ source }) => source === "image") ? [DISK_FORMAT] : [];
  const image = join(directory, "outputs", basename(job.image));
  return {
    ...job,
    image,
    writable: [...job.writable, dirname(image)],
    request: {
      ...request,
      store: join(directory, "store"),
      formats: [...new Set([...asked.map(({ name }) => name), TREE_FORMAT, ...disk])],
      checksums: [],
      refresh: false,
      keepLayers: true,
      environment: { ...request.environment, SOURCE_DATE_EPOCH: String(date) },
    },
  };
}

async function compareBuilds(
  job: BuildJob,
  first: VerifiedBuild,
  second: VerifiedBuild,
  date: number,
): Promise<VerifyReport> {
  const commands = createCommandRunner();
  const formats = await compareFormats(job, first, second, commands);
  const files = await compareFiles(first, second, `.${TREE_FORMAT}`, commands);
  const hasDisk = first.job.request.formats.includes(DISK_FORMAT);
  const disk = hasDisk ? await compareDiskFiles(`${first.image}.raw`, `${second.image}.raw`, commands) : [];
  const identical = formats.every(({ outcome }) => outcome !== "different");
  const notes = await movedMirrors(first.store, second.store);
  return { version: 1, image: job.image, identical, sourceDate: date, formats, files, disk, notes };
}

/** Steps in which apt saw other indexes of packages than the first time. */
async function movedMirrors(first: LayerStore, second: LayerStore): Promise<readonly string[]> {
  const indexes = async (store: LayerStore) =>
    new Map((await store.all()).map((entry) => [stepName(entry.label), aptIndexOf(entry)]));
  const [before, after] = [await indexes(first), await indexes(second)];
  return [...before].flatMap(([step, index]) =>
    index === undefined || after.get(step) === index ? [] : [`the package mirror changed before ${step} ran again`],
  );
}
