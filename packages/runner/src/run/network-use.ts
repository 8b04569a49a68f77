import { AUTO, isAuto } from "../host/network/choose-network.js";
import { hostReason } from "../host/network/host-reasons.js";
import type { Network } from "../host/network/network.js";
import { isPrivate } from "../host/private-cache.js";
import type { ContainerImage, Fetched, NetworkNote } from "../job/fetched.js";
import type { MountRecord } from "../job/mount-record.js";
import { lastFetching } from "../layers/network-use.js";
import { type ScriptStep, stepName, stepReach } from "../plan/script-step.js";
import type { BuildSession } from "./build-session.js";

/** What a step had of the network, and what it fetched there as far as that is known. */
export interface StepNetworkUse {
  readonly network: Network;
  readonly fetched: readonly Fetched[];
  /** How often it tried to get out in another way, where that is counted. */
  readonly past: number;
  /** Why it had the host's network. */
  readonly unwatched?: string;
  /** What container engines have fetched in it. */
  readonly images: readonly ContainerImage[];
}

/** What is remembered of it. */
export function networkNote(
  { keys, job, fetchedDigests }: Pick<BuildSession, "keys" | "job" | "fetchedDigests">,
  step: ScriptStep,
  mounts: readonly MountRecord[],
  { network, fetched, unwatched, images }: StepNetworkUse,
): NetworkNote {
  const note = images.length === 0 ? {} : { images };
  if (!network.known) return unwatched === undefined ? note : { ...note, unwatched };
  // What apt keeps there are packages, and which of them it takes is said by the indexes in the image.
  const shown = mounts.some(
    (mount) => mount.kind === "bind" && mount.source.startsWith("$DIB_IMAGE_CACHE") && !isPrivate(mount.source),
  );
  const cache = shown || (step.side === "host" && stepReach(step, keys).mentions("DIB_IMAGE_CACHE"));
  const kept = job.request.lock && { before: cache ? [...fetchedDigests].sort() : [] };
  const use = { network: network.name, fetched, ...(cache ? { cache } : {}), ...(kept ? { kept } : {}) };
  return { ...note, network: use };
}

/** That a script tried to get out past the proxy. */
export function wentPast(attempts: number): string {
  return hostReason("past", ` (${attempts} ${attempts === 1 ? "attempt" : "attempts"})`);
}

/** What a failure may have to do with the network, as sentences of a help. */
export async function networkHelp(
  { store, job }: Pick<BuildSession, "store" | "job">,
  { label }: ScriptStep,
  { network, fetched, past }: StepNetworkUse,
): Promise<readonly string[]> {
  const refused = fetched.findLast(({ status, trouble }) => trouble !== undefined || (status ?? 0) >= 400);
  const told =
    refused === undefined
      ? []
      : [`of what it asked for, ${refused.url} got ${refused.trouble ?? `status ${refused.status}`}`];
  const cutOff = network.name === "none" || job.request.offline;
  const last = cutOff ? await lastFetching(store, label) : undefined;
  const [first, ...more] = last?.network.fetched ?? [];
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  const before =
    first === undefined
      ? []
      : [`it fetched ${first.url}${others} when it last ran with the network, on ${last?.created.slice(0, 10)}`];
  const step = stepName(label);
  const choice = isAuto(job.request, step) ? AUTO : network.name;
  const around = past === 0 ? [] : [wentPast(past)];
  // A script that asked for nothing and did not go past the proxy failed for another reason.
  const asked = choice !== AUTO || fetched.length > 0 || past > 0;
  return [
    ...told,
    ...before,
    ...around,
    ...(asked ? [network.failureHelp?.(step, job.request.lock !== undefined, choice) ?? []].flat() : []),
  ];
}
