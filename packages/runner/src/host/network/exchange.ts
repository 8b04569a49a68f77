import { createHash, type Hash } from "node:crypto";
import type { Fetched } from "../../job/fetched.js";
import type { ContentStore, KeptBytes } from "./content-store.js";
import { shownUrl } from "./shown-url.js";

/** What is noted of a request and its answer while they go on. */
export interface Exchange {
  /** The URL as it is noted. */
  readonly url: string;
  /** A piece of what goes with the request. */
  sent(piece: Buffer): void;
  /** SHA-256 of what was sent so far; undefined when nothing was. */
  sentDigest(): string | undefined;
  answered(status: number, expected: number | undefined, headers?: Readonly<Record<string, string>>): void;
  /** Keeps the bytes of the answer, when that is whole and has the status 200. */
  keepIn(contents: ContentStore): void;
  received(bytes: Buffer): void;
  /** Tells how many bytes went through a connection so far, in place of `received`. */
  measure(bytes: () => { readonly bytes: number; readonly sent: number }): void;
  failed(trouble: string): void;
  /** A lock has no answer; `help` says what it has instead. */
  refused(trouble: string, help: string): void;
  done(): void;
  /** As it is now; one that is not done counts as cut off. */
  entry(): Fetched;
}

/** `forLock`: what tells the request from others, and what a lock needs to answer it again, is noted too. */
export function beginExchange(method: string, url: string, secrets: readonly string[], forLock = false): Exchange {
  const shown = method === "CONNECT" ? url : shownUrl(url, secrets);
  const began = performance.now();
  const at = new Date().toISOString();
  const hash = createHash("sha256");
  let bytes = 0;
  let status: number | undefined;
  let expected: number | undefined;
  let trouble: string | undefined;
  let measured: (() => { readonly bytes: number; readonly sent: number }) | undefined;
  let seconds: number | undefined;
  let body: Hash | undefined;
  let headers: Readonly<Record<string, string>> | undefined;
  let refusal: string | undefined;
  let contents: ContentStore | undefined;
  let bytesToKeep: KeptBytes | undefined;
  const hasDigest = method === "GET" || (forLock && method === "POST");
  const sentDigest = () => body?.copy().digest("hex");
  const keep = () => {
    if (trouble === undefined) bytesToKeep?.commit(hash.copy().digest("hex"));
    else bytesToKeep?.discard();
  };
  const end = () => {
    seconds ??= (performance.now() - began) / 1000;
  };
  return {
    url: shown,
    sent(piece) {
      body ??= createHash("sha256");
      body.update(piece);
    },
    sentDigest,
    answered(code, length, telling) {
      status = code;
      expected = length;
      headers = telling;
      if (code === 200 && hasDigest) bytesToKeep = contents?.begin();
    },
    keepIn(store) {
      contents = store;
    },
    received(piece) {
      hash.update(piece);
      bytes += piece.length;
      bytesToKeep?.write(piece);
    },
    measure(bytesNow) {
      measured = bytesNow;
    },
    failed(why) {
      if (seconds === undefined) trouble ??= why;
      end();
      keep();
    },
    refused(why, help) {
      trouble = why;
      refusal = help;
      end();
      keep();
    },
    done() {
      end();
      keep();
    },
    entry() {
      // Whoever asked may be gone before this process has been told that the answer was at its end.
      const whole = seconds !== undefined || measured !== undefined || (status !== undefined && bytes === expected);
      if (!whole) trouble ??= "the step ended before the answer did";
      end();
      keep();
      const sentWithIt = forLock ? sentDigest() : undefined;
      return {
        method,
        url: shown,
        ...(status === undefined ? {} : { status }),
        ...(trouble === undefined ? {} : { trouble }),
        ...{ bytes, ...measured?.() },
        ...(status === 200 && trouble === undefined && hasDigest ? { sha256: hash.copy().digest("hex") } : {}),
        ...(sentWithIt === undefined ? {} : { body: sentWithIt }),
        ...(forLock && headers !== undefined ? { headers } : {}),
        ...(refusal === undefined ? {} : { refused: refusal }),
        at,
        seconds: Math.round((seconds ?? 0) * 1000) / 1000,
      };
    },
  };
}
