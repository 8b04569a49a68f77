import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";

/** Bytes to send: in memory, or a file of so many. */
export type Body = Buffer | BodyFile;

export interface BodyFile {
  readonly file: string;
  readonly size: number;
}

export interface ExchangeRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Has to be read to its end, or destroyed. */
  readonly body: Readable;
}
