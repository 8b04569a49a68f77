import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { PublishFailure } from "../publish-failure.js";
import type { CloudConfig } from "./cloud-config.js";

/** The body of `POST /v3/auth/tokens`. It holds the credentials in clear: send it, never keep or print it. */
export function authenticationBody({ credentials, scope }: CloudConfig): object {
  const scoped = scope ? { scope } : {};
  switch (credentials.kind) {
    case "password": {
      const user = { ...credentials.user, password: credentials.password.reveal() };
      return { auth: { identity: { methods: ["password"], password: { user } }, ...scoped } };
    }
    case "token": {
      const token = { id: credentials.token.reveal() };
      return { auth: { identity: { methods: ["token"], token }, ...scoped } };
    }
    case "application-credential": {
      const application_credential = { ...credentials.credential, secret: credentials.secret.reveal() };
      return { auth: { identity: { methods: ["application_credential"], application_credential } } };
    }
    case "fixed":
      throw new Error("fixed credentials are not sent to keystone");
  }
}

/** One service of a token's catalog, as Keystone gives it. */
export interface CatalogService {
  readonly type?: string;
  readonly name?: string;
  readonly endpoints?: readonly {
    readonly interface?: string;
    readonly region?: string;
    readonly region_id?: string;
    readonly url?: string;
  }[];
}

/** The address of the image service, without a version at its end. */
export function imageEndpoint(
  catalog: readonly CatalogService[],
  config: CloudConfig,
): Result<string, Extract<PublishFailure, { kind: "endpoint" }>> {
  const services = catalog.filter(
    (service) => service.type === config.serviceType && (!config.serviceName || service.name === config.serviceName),
  );
  const endpoints = services.flatMap((service) => service.endpoints ?? []);
  const regionOf = (endpoint: (typeof endpoints)[number]) => endpoint.region_id ?? endpoint.region ?? "";
  for (const wanted of config.interfaces) {
    const match = endpoints.find(
      (endpoint) => endpoint.interface === wanted && (!config.region || regionOf(endpoint) === config.region),
    );
    if (match?.url) return ok(unversioned(match.url));
  }
  const region = config.region ? `region "${config.region}", ` : "";
  return err({
    kind: "endpoint",
    wanted: `${region}interface "${config.interfaces.join('" or "')}"`,
    offered: endpoints.map((endpoint) => `region "${regionOf(endpoint)}" interface "${endpoint.interface ?? ""}"`),
  });
}

/** Catalogs name the service with or without its API version. */
export function unversioned(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/v[0-9.]+$/, "");
}

/** What an error page of Keystone or Glance says: JSON with a message, or HTML. One line, at most 300 characters. */
export function reasonOf(status: number, text: string): string {
  const line = (messageOf(text) ?? text)
    .replace(/<(title|head|style|h1)\b[^>]*>.*?<\/\1>/gis, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/^\s*\d{3} [^\n]*\n/, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\.$/, "");
  return line === "" ? `status ${status} without an explanation` : line.slice(0, 300);
}

function messageOf(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed === null || typeof parsed !== "object") return undefined;
    const inner = Object.values(parsed).find((value) => value !== null && typeof value === "object") ?? parsed;
    const message = (inner as { message?: unknown }).message ?? (parsed as { message?: unknown }).message;
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
