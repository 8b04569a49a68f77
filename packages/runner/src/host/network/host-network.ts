import type { Network } from "./network.js";

/** The network of the machine, as with upstream. */
export const hostNetwork: Network = { name: "host", namespaces: [], setUp: [], tools: [], known: false };
