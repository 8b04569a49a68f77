/** One thing that a step has fetched, or tried to. */
export interface Fetched {
  /** `GET`, `POST`, …; `CONNECT` for a connection that went through as it was, such as one of TLS. */
  readonly method: string;
  /** Without credentials and secrets; of `CONNECT` the host and the port. */
  readonly url: string;
  /** HTTP status of the answer; absent when none came. */
  readonly status?: number;
  /** Why there is no whole answer, in the words of the system. */
  readonly trouble?: string;
  /** Bytes that were received, without headers; of `CONNECT` all bytes. */
  readonly bytes: number;
  /** Bytes that were sent through a `CONNECT`. */
  readonly sent?: number;
  /** Of a whole answer with the status 200. */
  readonly sha256?: string;
  /** ISO time at which it was asked for. */
  readonly at: string;
  readonly seconds: number;
}

/** What is known of a step's use of the network, where that was no other than this. */
export interface NetworkUse {
  /** Name of the network that it had. */
  readonly network: string;
  /** In the order in which they were asked for. */
  readonly fetched: readonly Fetched[];
  /** It could read what earlier steps and builds have fetched into the image cache. */
  readonly cache?: true;
}
