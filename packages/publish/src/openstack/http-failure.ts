import type { PublishFailure } from "../publish-failure.js";

/** How a request can fail before there is an answer. */
export type HttpFailure = Extract<
  PublishFailure,
  { kind: "unreachable" | "tls" | "timeout" | "connection-lost" | "interrupted" }
>;
