import { existsSync, statSync } from "node:fs";
import { err, ok, type Result } from "@dibkit/model";
import { type LayerStore, namesImage, outputFingerprint, type PastBuild } from "@dibkit/runner";

/**
 * The build a word means: the id of a build, or an output (absolute path; with or without suffix). Of an output that is
 * there the build that wrote these very bytes, wherever they lie; otherwise the newest finished build of that name. `~1`
 * behind it means the finished build of the same image before that one, and so on. No word means the newest finished
 * build of all. What was interrupted or failed made no image: it is found by its id alone, unless `unfinished` asks for
 * whatever was built last.
 */
export async function findBuild(
  store: LayerStore,
  word: string | undefined,
  { unfinished = false }: { readonly unfinished?: boolean } = {},
): Promise<Result<PastBuild, string>> {
  const [, name, back = "0"] = /^(.*?)(?:~(\d+))?$/s.exec(word ?? "") as unknown as [string, string, string?];
  const builds = (await allBuilds(store)).toReversed();
  const finished = builds.filter(({ record }) => unfinished || record.status === "built");
  const named = builds.find(({ record }) => record.id === name) ?? (await ofOutput(finished, name));
  if (named === undefined) return err(whyNone(name, builds));
  const older = finished.filter(({ record }) => record.image === named.record.image && record.id < named.record.id);
  const wanted = back === "0" ? named : older[Number(back) - 1];
  if (wanted !== undefined) return ok(wanted);
  const known = older.length === 0 ? "one build" : `${older.length + 1} builds`;
  return err(`dibkit remembers only ${known} of "${named.record.image}", so there is no "~${back}"`);
}

/** The builds given are finished, the newest first. */
async function ofOutput(finished: readonly PastBuild[], name: string): Promise<PastBuild | undefined> {
  if (name === "") return finished[0];
  const first = finished.find(({ record }) => namesImage(name, record.image));
  // A build that left no image is newer than the file.
  if (first !== undefined && first.record.status !== "built") return first;
  const isFile = existsSync(name) && statSync(name).isFile();
  if (!isFile) return first;
  const bytes = await outputFingerprint(name);
  const wrote = finished.filter(({ record }) => Object.values(record.outputs ?? {}).includes(bytes));
  // Two builds of the same bytes differ in name only.
  return wrote.find(({ record }) => namesImage(name, record.image)) ?? wrote[0];
}

function whyNone(name: string, builds: readonly PastBuild[]): string {
  const all = builds.filter(({ record }) => name === "" || namesImage(name, record.image));
  if (all.length === 0) return name === "" ? "nothing was built yet" : `no build of "${name}" is remembered`;
  if (all.some(({ record }) => record.status === "built")) return `no build that is remembered wrote this "${name}"`;
  const what = name === "" ? "no build" : `no build of "${name}"`;
  return `${what} was finished; the last one is ${all[0]?.record.id} (${all[0]?.record.status})`;
}

async function allBuilds(store: LayerStore): Promise<readonly PastBuild[]> {
  const builds: PastBuild[] = [];
  for (const id of await store.records.buildIds()) {
    const record = await store.records.record(id);
    const job = await store.records.job(id);
    if (record !== undefined && job !== undefined) builds.push({ record, job });
  }
  return builds;
}
