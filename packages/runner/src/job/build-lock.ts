import type { Fetched } from "./fetched.js";

/** Kinds of what is fetched, as far as an address tells. */
export const FETCH_KINDS = ["apt", "rpm", "git", "python", "file"] as const;

export type FetchKind = (typeof FETCH_KINDS)[number];

/** One request that a lock knows, and the answer that it got. */
export interface LockedRequest {
  /** `GET`, `HEAD` or `POST`. */
  readonly method: string;
  /** Without credentials and secrets. */
  readonly url: string;
  /** SHA-256 of what was sent with it; absent when nothing was. */
  readonly body?: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** SHA-256 of the answer's bytes, of a whole answer with the status 200. */
  readonly sha256?: string;
  /** Bytes of the answer. */
  readonly size: number;
  /** Headers of the answer that matter to whoever asked, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a build does with a lock: it makes one, builds from one, or brings some of it up to date. */
export interface BuildLock {
  /** What it may fetch. */
  readonly requests: readonly LockedRequest[];
  /** Kinds that are fetched from where they are, whatever the lock has; all of them when a lock is made. */
  readonly free: readonly FetchKind[];
  /** What is free is fetched anew, though layers have it. */
  readonly refetch: boolean;
  /** Absolute path of the directory that keeps bytes by their digest. */
  readonly contents: string;
}

const KINDS: readonly (readonly [FetchKind, RegExp])[] = [
  ["git", /\.git(\/|$)|\/info\/refs$|\/git-upload-pack$/],
  ["rpm", /\.d?rpm$|\/repodata\/|\/(mirrorlist|metalink)$/],
  ["python", /\/simple\/|\.whl$/],
  ["apt", /\.u?deb$|\/dists\/|\/(In)?Release(\.gpg)?$|\/(Packages|Sources)(\.\w+)?$|\/by-hash\//],
];

/** The kind of what an address leads to; `file` when nothing tells. */
export function fetchKind(url: string): FetchKind {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? "file";
}

/** What tells one request from another. */
export function requestKey({ method, url, body = "" }: Pick<LockedRequest, "method" | "url" | "body">): string {
  return `${method} ${url} ${body}`;
}

/** The answers of a lock by the key of their request. */
export function lockedAnswers({ requests }: Pick<BuildLock, "requests">): ReadonlyMap<string, LockedRequest> {
  return new Map(requests.map((request) => [requestKey(request), request]));
}

/** Whether something was fetched in a way that a lock can give again: bytes in a connection of TLS are nobody's to keep. */
export function canBeLocked({ method, status, url }: Fetched): boolean {
  return method !== "CONNECT" && status !== undefined && URL.canParse(url);
}
