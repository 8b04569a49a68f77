import { hostNetwork } from "./host-network.js";
import type { Network } from "./network.js";
import { noNetwork } from "./no-network.js";

/** Every network that a build may ask for, by name. */
export const NETWORKS: readonly Network[] = [hostNetwork, noNetwork];

/** The network that a request names; the host's when it names none. */
export function chooseNetwork({ network = hostNetwork.name }: { readonly network?: string }): Network {
  const found = NETWORKS.find(({ name }) => name === network);
  if (found === undefined) throw new Error(`no network is called "${network}"`);
  return found;
}
