import gpt from "./gpt.js";
import mbr from "./mbr.js";
import type { PartitionTableUnit } from "./partition-table.js";

/** Every kind of partition table. */
export const PARTITION_TABLES: readonly PartitionTableUnit[] = [mbr, gpt];
