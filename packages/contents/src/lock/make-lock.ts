import { type LockDocument, lastNameOf } from "@dibkit/model";
import { type BuildJob, canBeLocked, type Fetched, type LockedRequest, requestKey } from "@dibkit/runner";
import { elementDigest } from "../element-digest.js";
import type { StepFetches } from "../fetched-by-steps.js";
import { type ImagePackages, isRemote, type PackagePart } from "../sbom/image-parts.js";

/** What a lock is made from. */
export interface LockRequest {
  readonly job: BuildJob;
  readonly steps: readonly StepFetches[];
  readonly parts: ImagePackages;
}

/** A lock, and what a build from it would lack, as sentences. */
export interface MadeLock {
  readonly lock: LockDocument;
  readonly troubles: readonly string[];
}

/** Writes down what a build was made from; the same build has the same lock, which does not tell of its machine. */
export function makeLock({ job, steps, parts }: LockRequest): MadeLock {
  const { requests, troubles } = requestsOf(steps);
  const { architecture, elements, upstreamVersion } = job.request;
  const digests = job.elements
    .map((element) => [element.name, elementDigest(element) ?? ""] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const lock: LockDocument = {
    version: 1,
    image: { architecture, elements, ...(upstreamVersion === undefined ? {} : { upstream: upstreamVersion }) },
    elements: Object.fromEntries(digests),
    packages: lockedPackages(parts, requests),
    sources: parts.sources.map(({ name, location, commit }) => ({
      name,
      ...(isRemote(location) ? { location } : {}),
      commit,
    })),
    fetched: requests.map(shortRequest),
  };
  return { lock, troubles };
}

/** The packages of an image as a lock has them, without what only the build that makes it knows. */
export function lockedPackages(
  parts: ImagePackages,
  requests: readonly LockedRequest[] = [],
): LockDocument["packages"] {
  const digests = new Map(requests.map(({ url, sha256 }) => [wheelName(fileName(url)), sha256]));
  const packages = parts.packages.map((part) => {
    const architecture = new URLSearchParams(part.url.split("?")[1]).get("arch");
    const sha256 = packageFiles(part, architecture).flatMap((name) => digests.get(name) ?? [])[0];
    const { name, version, url, element } = part;
    return {
      ...{ name, version },
      ...(architecture === null ? {} : { architecture }),
      url,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(element === undefined ? {} : { element }),
    };
  });
  return packages.sort((a, b) => (a.name === b.name ? order(a.url, b.url) : order(a.name, b.name)));
}

/** What the file of a package may be called in a repository; an epoch is left out, or written as in a URL. */
function packageFiles({ name, version, url }: PackagePart, architecture: string | null): readonly string[] {
  const plain = version.replace(/^\d+:/, "");
  if (url.startsWith("pkg:deb/")) return [plain, version].map((one) => `${name}_${one}_${architecture}.deb`);
  if (url.startsWith("pkg:pypi/"))
    return [`${wheelWord(name)}-${version}.whl`, `${name}-${version}.tar.gz`, `${wheelWord(name)}-${version}.tar.gz`];
  if (url.startsWith("pkg:rpm/")) return [`${name}-${plain}.${architecture}.rpm`];
  return [];
}

/** A name as files of Python packages have it. */
function wheelWord(name: string): string {
  return name.replace(/[-_.]+/g, "_").toLowerCase();
}

/** The name of a wheel without what it was built for; any other name is as it was. */
function wheelName(file: string): string {
  const [, name = "", version] = /^([^-]+)-([^-]+)-.*\.whl$/.exec(file) ?? [];
  return version === undefined ? file : `${wheelWord(name)}-${version}.whl`;
}

function fileName(url: string): string {
  const name = URL.canParse(url) ? lastNameOf(new URL(url).pathname) : "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function shortRequest({
  url,
  size,
  method,
  body,
  status,
  sha256,
  headers,
}: LockedRequest): LockDocument["fetched"][number] {
  return {
    url,
    size,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(method === "GET" ? {} : { method: method as "HEAD" | "POST" }),
    ...(body === undefined ? {} : { body }),
    ...(status === 200 ? {} : { status }),
    ...(headers === undefined ? {} : { headers }),
  };
}

/** Status of the proxy's own answer when there was none. */
const NO_ANSWER = 502;

function requestsOf(steps: readonly StepFetches[]) {
  const troubles: string[] = [];
  const requests = new Map<string, LockedRequest>();
  for (const step of steps) {
    const who = stepOf(step);
    if (step.fetched === undefined) troubles.push(`nobody watched what ${who} fetched`);
    for (const one of step.fetched ?? []) {
      const trouble = add(requests, one);
      if (trouble !== undefined) troubles.push(`${who} ${trouble}`);
    }
  }
  const sorted = [...requests.values()].sort(
    (a, b) =>
      order(requestKey(a).replace(/^\S+ /, ""), requestKey(b).replace(/^\S+ /, "")) || order(a.method, b.method),
  );
  return { requests: sorted, troubles: [...new Set(troubles)] };
}

/** Adds a request, or says as the end of a sentence why a lock cannot have it. */
function add(requests: Map<string, LockedRequest>, one: Fetched): string | undefined {
  const { method, url, body, trouble, status, bytes, sha256, headers } = one;
  if (method === "CONNECT")
    return status === undefined ? undefined : `fetched something from ${url} by TLS, which cannot be given again`;
  if (!["GET", "HEAD", "POST"].includes(method)) return `sent ${method} ${url}, which cannot be answered again`;
  const key = requestKey(one);
  const before = requests.get(key);
  const answer: LockedRequest = {
    ...{ method, url },
    ...(body === undefined ? {} : { body }),
    ...{ status: canBeLocked(one) && trouble === undefined ? (status ?? NO_ANSWER) : NO_ANSWER },
    ...(sha256 === undefined ? {} : { sha256 }),
    size: status === 200 ? sizeOf(one, bytes) : 0,
    ...(headers === undefined || trouble !== undefined ? {} : { headers }),
  };
  if (before?.status === 200 && answer.status !== 200) return undefined;
  if (before?.status === 200 && before.sha256 !== answer.sha256)
    return `fetched ${url} again and got other bytes: a lock can give one answer only`;
  requests.set(key, answer);
  return undefined;
}

/** HEAD is answered by the length that GET would have. */
function sizeOf({ headers }: Fetched, bytes: number): number {
  const length = Number(headers?.["content-length"]);
  return Number.isSafeInteger(length) ? length : bytes;
}

function stepOf({ label: { phase, script, element } }: StepFetches): string {
  if (script === undefined) return `environment.d before ${phase}`;
  return `${phase}/${script}${element === undefined ? "" : ` of element "${element}"`}`;
}
