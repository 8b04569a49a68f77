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
  /** SHA-256 of what was sent with the request, where the bytes are kept; absent when nothing was sent. */
  readonly body?: string;
  /** Headers of the answer that matter to whoever asked, where the bytes are kept. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A lock has it not: what the lock has instead, as the end of a help. */
  readonly refused?: string;
  /** ISO time at which it was asked for. */
  readonly at: string;
  readonly seconds: number;
}

/** An image that a container engine fetched. */
export interface ContainerImage {
  /** Such as `docker.io/library/debian:12`. */
  readonly name: string;
  /** Of its manifest, such as `sha256:…`. */
  readonly digest: string;
}

/** What is remembered of a step's way to the network: one of the first two, or nothing in records of earlier versions. */
export interface NetworkNote {
  /** What it fetched, where somebody watched. */
  readonly network?: NetworkUse;
  /** Why it had the host's network, which nobody watches, in words of `HOST_REASONS`. */
  readonly unwatched?: string;
  /** What container engines fetched in it, as their storage says it. */
  readonly images?: readonly ContainerImage[];
}

/** What is known of a step's use of the network, where that was no other than this. */
export interface NetworkUse {
  /** Name of the network that it had. */
  readonly network: string;
  /** In the order in which they were asked for. */
  readonly fetched: readonly Fetched[];
  /** It could read what earlier steps and builds have fetched into the image cache. */
  readonly cache?: true;
  /**
   * The bytes of all of it are in the directory of contents, and the image cache had nothing in it but what the build
   * itself fetched: the digests of what was fetched before the step.
   */
  readonly kept?: { readonly before: readonly string[] };
}
