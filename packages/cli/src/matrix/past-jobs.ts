import type { JobGraph, PastJobs } from "@dibkit/fleet";
import type { BuildOptionValues } from "../building/build-options.js";
import { openStore } from "../building/open-store.js";
import { type Terminal, writeWarning } from "../terminal.js";
import { openRecords } from "./open-records.js";

/** What jobs took before: as the registry remembers it, and for what it does not, as this machine's store does. */
export async function pastJobs(
  terminal: Terminal,
  graph: JobGraph,
  options: Pick<BuildOptionValues, "cacheDir">,
  repository: string | undefined,
): Promise<PastJobs> {
  const { pastBuilds, pastOfRecord } = await import("@dibkit/fleet");
  const store = await openStore(terminal, options.cacheDir);
  const cells = graph.cells.map(({ cell }) => cell.name);
  const past = new Map(await pastBuilds(store, cells));
  const records = repository === undefined ? undefined : await openRecords(terminal, repository);
  if (records === undefined) return past;
  for (const { name } of graph.jobs) {
    const last = await records.last(graph.matrix, name);
    if (!last.ok) {
      writeWarning(terminal, `${last.error}: estimates are those of this machine`);
      break;
    }
    if (last.value !== undefined) past.set(name, pastOfRecord(last.value));
  }
  records.close();
  return past;
}
