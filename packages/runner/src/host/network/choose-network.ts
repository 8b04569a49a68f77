import { hostNetwork } from "./host-network.js";
import type { Network } from "./network.js";
import { noNetwork } from "./no-network.js";
import { recordedNetwork } from "./recorded-network.js";

/** Every network that a build may ask for, by name. */
export const NETWORKS: readonly Network[] = [hostNetwork, noNetwork, recordedNetwork];

/** What a request says of networks: the one of the build, and those of phases and steps (`install.d/50-x=host`). */
interface NetworkRequest {
  readonly network?: string;
}

/** What stands for no network of its own: the recorded one for the steps that can have it, the host's for the others. */
export const AUTO = "auto";

/** The network that a request names for a step such as `install.d/50-x`, or for the build; the host's unless it does. */
export function chooseNetwork(request: NetworkRequest, step = ""): Network {
  return named(isAuto(request, step) ? hostNetwork.name : namedFor(request, step));
}

/** Whether a request leaves it to dibkit which network a step has. */
export function isAuto(request: NetworkRequest, step: string): boolean {
  return namedFor(request, step) === AUTO;
}

function namedFor({ network = "" }: NetworkRequest, step: string): string {
  const words = network.split(",").filter(Boolean);
  const phase = step.split("/")[0] ?? "";
  const of = (name: string) => words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const general = words.findLast((word) => !word.includes("=")) ?? hostNetwork.name;
  return of(step) ?? of(phase) ?? general;
}

/** Every network that some step of a request may have; a name that is none is told by the check of the flag. */
export function networksOf({ network = "" }: NetworkRequest): readonly Network[] {
  const names = network.split(",").map((word) => word.slice(word.indexOf("=") + 1));
  return NETWORKS.filter(({ name }) => names.includes(name));
}

function named(name: string): Network {
  const found = NETWORKS.find((network) => network.name === name);
  if (found === undefined) throw new Error(`no network is called "${name}"`);
  return found;
}
