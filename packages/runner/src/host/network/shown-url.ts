import { createRedactor, REDACTED } from "@dibkit/exec";

/** Names of queries that carry what lets somebody in. */
const TELLING = /pass|pwd|secret|token|key|sig|auth|cred|session|policy|jwt/i;

/** What is as long as that is rarely a word that somebody wrote. */
const LONGEST_WORD = 24;

/**
 * A URL as it may be kept and shown: without the user and the password in it, without values of its query that are, or
 * look like, credentials, and without the secrets of the build wherever they are.
 */
export function shownUrl(url: string, secrets: readonly string[]): string {
  const redactor = createRedactor(secrets);
  const hide = (text: string) => redactor.write(text) + redactor.end();
  if (!URL.canParse(url)) return hide(url);
  const { protocol, username, password, host, pathname, search } = new URL(url);
  const user = username === "" && password === "" ? "" : `${REDACTED}@`;
  const query = search.replace(/([^?&=]+)=([^&]*)/g, (whole, name: string, value: string) =>
    TELLING.test(name) || value.length > LONGEST_WORD ? `${name}=${REDACTED}` : whole,
  );
  return hide(`${protocol}//${user}${host}${pathname}${query}`);
}
