import { lastNameOf } from "@dibkit/model";
import type { BuildLock, LockedRequest } from "../../job/build-lock.js";

/** Says of a request that a lock does not have what it has instead: another version of it, or others of its host. */
export function lockedInstead({ requests }: Pick<BuildLock, "requests">, method: string, url: string): string {
  const host = method === "CONNECT" ? url.replace(/:443$/, "") : hostOf(url);
  const ofHost = requests.filter((request) => hostOf(request.url) === host);
  const other = otherVersion(requests, ofHost, url);
  if (other !== undefined) return `the lock has ${other.url} instead`;
  const [first] = ofHost;
  if (first === undefined) return `the lock has nothing from ${host}`;
  return `of ${host} the lock has ${ofHost.length === 1 ? first.url : `${ofHost.length} others, such as ${first.url}`}`;
}

function otherVersion(
  all: readonly LockedRequest[],
  ofHost: readonly LockedRequest[],
  url: string,
): LockedRequest | undefined {
  const name = lastNameOf(pathOf(url));
  const stem = stemOf(name);
  const sameDirectory = ofHost.filter((one) => directoryOf(one.url) === directoryOf(url));
  return (
    all.find((one) => name !== "" && lastNameOf(pathOf(one.url)) === name) ??
    [...sameDirectory, ...all].find((one) => stem !== "" && stemOf(lastNameOf(pathOf(one.url))) === stem)
  );
}

/** The name without what is usually a version: `nginx` of `nginx_1.22.1-9_amd64.deb`, `curl` of `curl-8.2.1.tar.gz`. */
function stemOf(name: string): string {
  return /^(.+?)[-_]v?\d.*\.\w+$/.exec(name)?.[1] ?? "";
}

function directoryOf(url: string): string {
  return url.replace(/[^/]*$/, "");
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}
