import type { LockDocument } from "@dibkit/model";
import { type BuildJob, type LockedRequest, requestKey } from "@dibkit/runner";
import { elementDigest } from "../element-digest.js";
import { lockedRequests } from "./lock-file.js";

type LockedPackage = LockDocument["packages"][number];

/** How one lock differs from another, as lines that begin with `+`, `-` or `~`; none when they say the same. */
export function compareLocks(before: LockDocument, after: LockDocument): readonly string[] {
  const upstream = (lock: LockDocument) => ({ "diskimage-builder": lock.image.upstream ?? "none" });
  const commits = ({ sources }: LockDocument) =>
    Object.fromEntries(
      sources.map(({ name, location, commit }) => [
        location === undefined ? name : `${name} of ${location}`,
        commit.slice(0, 12),
      ]),
    );
  return [
    ...changedValues("", upstream(before), upstream(after)),
    ...changedValues("element ", shortened(before.elements), shortened(after.elements)),
    ...comparePackages(before.packages, after.packages),
    ...changedValues("git ", commits(before), commits(after)),
    ...changedValues("fetched ", answersOf(before), answersOf(after)),
  ];
}

/** How what is installed differs from what a lock says. */
export function comparePackages(before: readonly LockedPackage[], after: readonly LockedPackage[]): readonly string[] {
  return changedValues("package ", versionsOf(before), versionsOf(after));
}

/** Why a build of the job cannot be held to a lock, as sentences: it is of other elements, or they have changed. */
export function lockMismatches({ image, elements }: LockDocument, job: BuildJob): readonly string[] {
  const { architecture, upstreamVersion } = job.request;
  const now = Object.fromEntries(job.elements.map((element) => [element.name, elementDigest(element) ?? ""]));
  const changed = Object.keys({ ...elements, ...now }).sort();
  return [
    ...(architecture === image.architecture ? [] : [`it is for ${image.architecture}, and this is ${architecture}`]),
    ...(upstreamVersion === image.upstream
      ? []
      : [`it is of diskimage-builder ${image.upstream ?? "(none)"}, and this is ${upstreamVersion ?? "(none)"}`]),
    ...changed.flatMap((name) => {
      if (elements[name] === now[name]) return [];
      if (elements[name] === undefined) return [`it does not have the element "${name}"`];
      if (now[name] === undefined) return [`it has the element "${name}", which the image has not`];
      return [`the element "${name}" has changed since`];
    }),
  ];
}

function versionsOf(packages: readonly LockedPackage[]): Readonly<Record<string, string>> {
  const versions = new Map<string, string[]>();
  for (const { name, architecture, version } of packages) {
    const key = architecture === undefined ? name : `${name} (${architecture})`;
    versions.set(key, [...(versions.get(key) ?? []), version]);
  }
  return Object.fromEntries([...versions].map(([key, all]) => [key, all.sort().join(", ")]));
}

function answersOf(lock: LockDocument): Readonly<Record<string, string>> {
  const shown = ({ status, sha256 }: LockedRequest) =>
    sha256 === undefined ? `status ${status}` : sha256.slice(0, 12);
  return Object.fromEntries(
    lockedRequests(lock).map((request) => [requestKey(request).replace(/^GET /, "").trim(), shown(request)]),
  );
}

function shortened(digests: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(digests).map(([name, digest]) => [name, digest.slice(0, 12)]));
}

function changedValues(
  what: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys({ ...before, ...after })
    .sort()
    .flatMap((name) => {
      const [old, now] = [before[name], after[name]];
      if (old === now) return [];
      if (old === undefined) return [`+ ${what}${name} ${now}`];
      if (now === undefined) return [`- ${what}${name} ${old}`];
      return [`~ ${what}${name} ${old} → ${now}`];
    });
}
