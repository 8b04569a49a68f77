import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";

/** A service that gives tokens for a registry, as distribution's specification has it. */
export interface TokenService {
  /** `http://127.0.0.1:PORT/token`. */
  readonly realm: string;
  /** What was asked for, as `METHOD SCOPE`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface TokenServiceOptions {
  readonly service: string;
  readonly issuer: string;
  /** Files in PEM of an ECDSA key on P-256 and its certificate. */
  readonly key: string;
  readonly certificate: string;
  readonly user: string;
  readonly password: string;
  /** What stands for the password in an identity token. */
  readonly identity: string;
  /** How long a token is good. */
  readonly seconds: number;
}

const base64url = (text: string) => Buffer.from(text).toString("base64url");

export async function openTokenService(options: TokenServiceOptions): Promise<TokenService> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(request.method === "POST" ? await bodyOf(request) : "");
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    const scope = form.get("scope") ?? query.get("scope") ?? "";
    asked.push(`${request.method} ${scope}`);
    const basic = `Basic ${Buffer.from(`${options.user}:${options.password}`).toString("base64")}`;
    const isKnown =
      request.method === "POST"
        ? form.get("refresh_token") === options.identity && form.get("grant_type") === "refresh_token"
        : request.headers.authorization === basic;
    if (!isKnown) {
      response.writeHead(401).end("{}");
      return;
    }
    const token = tokenFor(scope, options);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ token, access_token: token, expires_in: options.seconds }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** A JSON Web Token with the certificate in its header, which the registry compares with its bundle. */
function tokenFor(scope: string, { service, issuer, key, certificate, user, seconds }: TokenServiceOptions): string {
  const [type = "", name = "", actions = ""] = scope.split(":");
  const now = Math.floor(Date.now() / 1000);
  const x5c = [readFileSync(certificate, "utf8").replaceAll(/-----[A-Z ]+-----|\s/g, "")];
  const claims = {
    ...{ iss: issuer, sub: user, aud: service, exp: now + seconds, nbf: now - 10, iat: now },
    ...{ jti: createHash("sha256").update(`${scope}${now}`).digest("hex") },
    access: [{ type, name, actions: actions.split(",") }],
  };
  const text = `${base64url(JSON.stringify({ typ: "JWT", alg: "ES256", x5c }))}.${base64url(JSON.stringify(claims))}`;
  const privateKey = createPrivateKey(readFileSync(key, "utf8"));
  const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
