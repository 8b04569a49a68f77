import { type BuildLock, canBeLocked, fetchKind, lockedAnswers, requestKey } from "../job/build-lock.js";
import type { LayerEntry } from "../job/layer.js";

/**
 * Why an entry may not be used in a build that makes a lock or is held to one: it was made of other bytes than the lock
 * has, or nobody knows of which. Undefined when it may.
 */
export function whyNotLocked(entry: LayerEntry, lock: BuildLock): string | undefined {
  switch (entry.kind) {
    case "merged":
    // Its key has the content of the tree that is on it.
    case "disk":
      return undefined;
    case "output":
      return "what its scripts fetched on the disk is not known";
    case "step":
  }
  const { network, origin } = entry;
  if (network === undefined) return "nobody watched what its layer was made of";
  const { fetched, cache, kept } = network;
  if (fetched.length === 0 && !cache) return undefined;
  if (kept === undefined) return "what its layer was made of was not kept";
  const isFree = (url: string) => lock.free.includes(fetchKind(url));
  const anew = fetched.find(({ url }) => lock.refetch && isFree(url));
  if (anew !== undefined) return `asked to fetch ${anew.url} anew`;
  const held = fetched.filter(({ url }) => !isFree(url));
  const answers = lockedAnswers(lock);
  const other = held.find((one) => !canBeLocked(one) || answers.get(requestKey(one))?.sha256 !== one.sha256);
  if (other !== undefined) return `its layer was made of another ${other.url} than the lock has`;
  if (cache && lock.refetch) return "its layer was made of what is fetched anew";
  const digests = new Set(lock.requests.map(({ sha256 }) => sha256));
  const isAllFree = held.length === 0 && lock.requests.length === 0;
  if (cache && !isAllFree && !kept.before.every((sha256) => digests.has(sha256)))
    return "its layer was made of what the lock does not have";
  // The bytes that a lock is made of have to be on this machine.
  return isAllFree && origin !== undefined && fetched.length > 0 ? "its layer was made elsewhere" : undefined;
}
