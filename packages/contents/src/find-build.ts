import { err, ok, type Result } from "@dibkit/model";
import type { LayerStore, PastBuild } from "@dibkit/runner";

/**
 * The build a word means: the id of a build, or the path of an output (absolute; with or without suffix) for its
 * newest build. `~1` behind it means the build of the same image before that one, `~2` the one before, and so on.
 * No word means the newest build of all.
 */
export async function findBuild(store: LayerStore, word: string | undefined): Promise<Result<PastBuild, string>> {
  const [, name, back = "0"] = /^(.*?)(?:~(\d+))?$/s.exec(word ?? "") as unknown as [string, string, string?];
  const builds = (await allBuilds(store)).toReversed();
  const newest = builds.find(({ record }) => name === "" || record.id === name || isOutput(name, record.image));
  if (newest === undefined) return err(name === "" ? "nothing was built yet" : `no build of "${name}" is remembered`);
  const older = builds.slice(builds.indexOf(newest)).filter(({ record }) => record.image === newest.record.image);
  const wanted = older[Number(back)];
  if (wanted !== undefined) return ok(wanted);
  return err(`only ${older.length} builds of "${newest.record.image}" are remembered, so there is no "~${back}"`);
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

function isOutput(word: string, image: string): boolean {
  return word === image || (word.startsWith(`${image}.`) && !word.slice(image.length + 1).includes("/"));
}
