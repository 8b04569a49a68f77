import { err, ok, type Result } from "@dibkit/model";
import type { Credentials } from "./credentials.js";
import { type HttpExchange, readBody } from "./http-exchange.js";
import type { Answer } from "./http-message.js";
import type { RegistryFailure } from "./registry-failure.js";

/** How a registry wants to be told who asks: the header `WWW-Authenticate`. */
export interface Challenge {
  readonly scheme: "basic" | "bearer";
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN_LIMIT = 1024 * 1024;

/** Every challenge of a header that this client can meet. */
export function parseChallenges(header: string): readonly Challenge[] {
  return [...header.matchAll(/\b(Basic|Bearer)\s+((?:[\w-]+\s*=\s*(?:"[^"]*"|[^\s,"]+)\s*,?\s*)*)/gi)].map(
    ([, scheme = "", rest = ""]) => ({
      scheme: scheme.toLowerCase() as Challenge["scheme"],
      parameters: Object.fromEntries(
        [...rest.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/g)].map(([, name = "", quoted, plain]) => [
          name.toLowerCase(),
          quoted ?? plain ?? "",
        ]),
      ),
    }),
  );
}

/** Value of the header `Authorization` for a challenge, and for how many seconds it is good. */
export interface Authorization {
  readonly header: string;
  readonly seconds: number;
}

/** Logs in for one scope: `repository:team/cache:pull`. */
export async function logIn(
  exchange: HttpExchange,
  base: string,
  challenge: Challenge,
  scope: string,
  credentials: Credentials | undefined,
): Promise<Result<Authorization, RegistryFailure>> {
  if (challenge.scheme === "basic") {
    if (credentials?.kind !== "password")
      return refused('wants a name and a password: log in with "docker login" or "podman login"');
    return ok({ header: basic(credentials), seconds: Number.POSITIVE_INFINITY });
  }
  const { realm = "", service } = challenge.parameters;
  if (!/^https?:\/\//.test(realm))
    return refused(`names "${realm}" as the place of its tokens, which is not an address`);
  // Nobody between may read the password that the registry itself would get encrypted.
  if (base.startsWith("https:") && !realm.startsWith("https:"))
    return refused(`wants the password to be sent in the clear to "${realm}"`);
  const asked = await exchange.send(tokenRequest(realm, service, scope, credentials));
  if (!asked.ok) return asked;
  const body = await readBody(asked.value, TOKEN_LIMIT);
  if (!body.ok) return body;
  if (asked.value.status !== 200) return refusedToken(asked.value, credentials !== undefined);
  const token = parseToken(body.value.toString("utf8"));
  if (token === undefined) return refused("gave no token where one was asked for");
  return ok({ header: `Bearer ${token.value}`, seconds: token.seconds });
}

function tokenRequest(
  realm: string,
  service: string | undefined,
  scope: string,
  credentials: Credentials | undefined,
): Parameters<HttpExchange["send"]>[0] {
  const words = { ...(service === undefined ? {} : { service }), scope };
  if (credentials?.kind === "identity-token") {
    const form = { ...words, grant_type: "refresh_token", client_id: "dibkit", refresh_token: credentials.token };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return { method: "POST", url: realm, headers, body: Buffer.from(new URLSearchParams(form).toString()) };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(words)) url.searchParams.set(name, value);
  const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
  return { method: "GET", url: url.toString(), headers };
}

function basic({ user, password }: Extract<Credentials, { readonly kind: "password" }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

function refused(message: string): Result<never, RegistryFailure> {
  return err({ kind: "refused", message });
}

function refusedToken({ status }: Answer, known: boolean): Result<never, RegistryFailure> {
  if (status >= 500 || status === 429)
    return err({ kind: "unavailable", message: `answered ${status} when asked for a token`, again: {} });
  const help = known ? "the credentials kept for it are not accepted" : "no credentials are kept for it";
  return refused(`answered ${status} when asked for a token: ${help}`);
}

/** Tokens are good for a minute when nothing else is said. */
function parseToken(text: string): { readonly value: string; readonly seconds: number } | undefined {
  try {
    const document = JSON.parse(text) as { token?: unknown; access_token?: unknown; expires_in?: unknown };
    const value = document.token ?? document.access_token;
    if (typeof value !== "string" || value === "" || /[\r\n]/.test(value)) return undefined;
    return { value, seconds: typeof document.expires_in === "number" ? document.expires_in : 60 };
  } catch {
    return undefined;
  }
}
