import { ok } from "@dibkit/model";
import { defineDiskNode } from "../disk-node.js";

// The text of the whole file is in the plan, because its lines follow the mounts and not these nodes.
export default defineDiskNode({ kind: "fstab", tools: () => [], create: async () => ok(undefined) });
