import { createHash } from "node:crypto";
import type { Fetched } from "../../job/fetched.js";
import { shownUrl } from "./shown-url.js";

/** What is noted of a request and its answer while they go on. */
export interface Exchange {
  answered(status: number, expected: number | undefined): void;
  received(bytes: Buffer): void;
  /** Tells how many bytes went through a connection so far, in place of `received`. */
  measure(bytes: () => { readonly bytes: number; readonly sent: number }): void;
  failed(trouble: string): void;
  done(): void;
  /** As it is now; one that is not done counts as cut off. */
  entry(): Fetched;
}

export function beginExchange(method: string, url: string, secrets: readonly string[]): Exchange {
  const began = performance.now();
  const at = new Date().toISOString();
  const hash = createHash("sha256");
  let bytes = 0;
  let status: number | undefined;
  let expected: number | undefined;
  let trouble: string | undefined;
  let measured: (() => { readonly bytes: number; readonly sent: number }) | undefined;
  let seconds: number | undefined;
  const end = () => {
    seconds ??= (performance.now() - began) / 1000;
  };
  return {
    answered(code, length) {
      status = code;
      expected = length;
    },
    received(piece) {
      hash.update(piece);
      bytes += piece.length;
    },
    measure(bytesNow) {
      measured = bytesNow;
    },
    failed(why) {
      if (seconds === undefined) trouble ??= why;
      end();
    },
    done: end,
    entry() {
      // Whoever asked may be gone before this process has been told that the answer was at its end.
      const whole = seconds !== undefined || measured !== undefined || (status !== undefined && bytes === expected);
      if (!whole) trouble ??= "the step ended before the answer did";
      end();
      return {
        method,
        url: method === "CONNECT" ? url : shownUrl(url, secrets),
        ...(status === undefined ? {} : { status }),
        ...(trouble === undefined ? {} : { trouble }),
        ...{ bytes, ...measured?.() },
        ...(status === 200 && trouble === undefined && method === "GET" ? { sha256: hash.copy().digest("hex") } : {}),
        at,
        seconds: Math.round((seconds ?? 0) * 1000) / 1000,
      };
    },
  };
}
