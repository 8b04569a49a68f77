/** What is wrong with a connection, sorted by what a user can do about it. */
export interface NetworkTrouble {
  readonly kind: "tls" | "unreachable" | "connection-lost";
  readonly reason: string;
  /** The other side speaks something else than TLS, perhaps plain HTTP. */
  readonly isNotTls?: true;
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up, try again",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  ETIMEDOUT: "the connection attempt timed out",
};

const UNTRUSTED: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not known here",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate comes from an authority that is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an authority that is not known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes from an authority that is not known here",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate was revoked",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
};

const LOST: Readonly<Record<string, string>> = {
  ECONNRESET: "the connection was reset",
  EPIPE: "it stopped reading",
  HPE_INVALID_CONSTANT: "what it says is not HTTP",
};

/** Sorts an error of node:http(s). `connected` tells a refusal from a loss. */
export function networkTrouble(error: unknown, connected: boolean): NetworkTrouble {
  const { code, message } = codeAndMessage(error);
  const untrusted = UNTRUSTED[code];
  if (untrusted) return { kind: "tls", reason: untrusted };
  if (code === "EPROTO" || code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS"))
    return { kind: "tls", reason: `the other side does not speak TLS as expected (${message})`, isNotTls: true };
  const unreachable = UNREACHABLE[code];
  if (unreachable) return { kind: "unreachable", reason: unreachable };
  const reason = LOST[code] ?? (code ? `${message} (${code})` : message);
  return { kind: connected ? "connection-lost" : "unreachable", reason };
}

/** An address with several numbers fails with one error for each; the first speaks for all. */
function codeAndMessage(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return codeAndMessage(error.errors[0]);
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const code = (error as NodeJS.ErrnoException).code;
  return { code: typeof code === "string" ? code : "", message: error.message.split("\n")[0] ?? "" };
}
