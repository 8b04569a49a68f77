import { ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "../disk-failure.js";
import type { FilesState, Region } from "./files-state.js";

interface SfdiskReport {
  readonly partitiontable: {
    readonly sectorsize?: number;
    readonly partitions?: readonly { readonly node: string; readonly start: number; readonly size: number }[];
  };
}

/** Where the partitions of a raw file are, by number: the tool that wrote the table has chosen some of the regions. */
export async function readPartitions(
  node: string,
  image: string,
  { run }: FilesState,
): Promise<Result<ReadonlyMap<number, Region>, DiskFailure>> {
  const listed = await run(node, ["sfdisk", "--json", image]);
  if (!listed.ok) return listed;
  const { sectorsize = 512, partitions = [] } = (JSON.parse(listed.value) as SfdiskReport).partitiontable;
  const regions = partitions.map(({ node: name, start, size }) => {
    const region: Region = { image, offset: start * sectorsize, bytes: size * sectorsize };
    return [Number(/\d+$/.exec(name)?.[0]), region] as const;
  });
  return ok(new Map(regions));
}
