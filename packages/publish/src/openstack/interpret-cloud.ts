import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { ChosenCloud, CloudFault } from "./choose-cloud.js";
import type { CloudConfig, Credentials, Named, Scope, TlsSettings } from "./cloud-config.js";
import type { CloudValue } from "./clouds-file.js";
import { secret } from "./secret.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line says over the cloud's own words. */
export interface CloudOverrides {
  readonly interface?: string;
  readonly imageEndpoint?: string;
  readonly caFile?: string;
  readonly insecure?: boolean;
}

const AUTH_KINDS: Readonly<Record<string, Credentials["kind"]>> = {
  password: "password",
  v3password: "password",
  token: "token",
  v3token: "token",
  v3applicationcredential: "application-credential",
  admin_token: "fixed",
  token_endpoint: "fixed",
  none: "fixed",
};
const INTERFACES = ["public", "internal", "admin"];

type Reader = (...keys: readonly string[]) => string | undefined;
type Domain = { readonly id: string } | { readonly name: string };

/** Turns a chosen cloud into typed settings; every missing piece is named together with the cloud. */
export function interpretCloud(
  cloud: ChosenCloud,
  overrides: CloudOverrides,
  env: Environment,
  cwd: string,
): Result<CloudConfig, CloudFault> {
  const read: Reader = (...keys) => {
    for (const key of keys) {
      const value = text(cloud.auth[key]) ?? text(cloud.settings[key]);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const lacks = (what: string) => err({ message: `cloud "${cloud.name}" has no ${what}` });
  const credentials = credentialsOf(cloud.name, read, env);
  if (!credentials.ok) return credentials;
  const fixed = credentials.value.kind === "fixed";
  const authUrl = read("auth_url");
  if (authUrl === undefined && !fixed) return lacks("auth_url");
  const imageEndpoint =
    overrides.imageEndpoint ??
    read("image_endpoint_override", "image_endpoint") ??
    (fixed ? read("endpoint", "url") : undefined);
  if (fixed && imageEndpoint === undefined) return lacks("endpoint, which it needs to work without keystone");
  const scope = scopeOf(cloud.name, read);
  if (!scope.ok) return scope;
  const interfaces = interfacesOf(overrides.interface ?? cloud.settings.image_interface ?? interfaceSetting(cloud));
  const odd = interfaces.find((one) => !INTERFACES.includes(one));
  if (odd !== undefined)
    return err({ message: `interface "${odd}" of cloud "${cloud.name}" is not one of ${INTERFACES.join(", ")}` });
  const region = read("region_name");
  const serviceName = read("image_service_name");
  return ok({
    name: cloud.name,
    authUrl: fixed ? "" : versionedAuthUrl(expand(authUrl ?? "", cloud)),
    credentials: credentials.value,
    ...(scope.value ? { scope: scope.value } : {}),
    ...(region ? { region } : {}),
    interfaces,
    serviceType: read("image_service_type") ?? "image",
    ...(serviceName ? { serviceName } : {}),
    ...(imageEndpoint ? { imageEndpoint } : {}),
    tls: tlsOf(read, overrides, env, cwd),
  });
}

function credentialsOf(name: string, read: Reader, env: Environment): Result<Credentials, CloudFault> {
  const kind = credentialKind(name, read);
  if (!kind.ok) return kind;
  const lacks = (what: string) => err({ message: `cloud "${name}" has no ${what}` });
  switch (kind.value) {
    case "password": {
      const user = named(read, name, "user");
      if (!user.ok) return user;
      if (!user.value) return lacks("username or user_id");
      const password = read("password") ?? env.OS_PASSWORD;
      return password ? ok({ kind: "password", user: user.value, password: secret(password) }) : lacks("password");
    }
    case "token": {
      const token = read("token", "auth_token") ?? env.OS_TOKEN;
      return token ? ok({ kind: "token", token: secret(token) }) : lacks("token");
    }
    case "application-credential":
      return applicationCredential(name, read, env);
    case "fixed": {
      const token = read("token", "auth_token");
      return ok({ kind: "fixed", ...(token ? { token: secret(token) } : {}) });
    }
  }
}

function credentialKind(name: string, read: Reader): Result<Credentials["kind"], CloudFault> {
  const type = read("auth_type", "auth_plugin");
  if (type === undefined) {
    if (read("application_credential_id", "application_credential_name")) return ok("application-credential");
    return ok(read("token", "auth_token") && !read("password") ? "token" : "password");
  }
  const kind = AUTH_KINDS[type];
  if (kind) return ok(kind);
  return err({
    message: `auth_type "${type}" of cloud "${name}" is not one of ${Object.keys(AUTH_KINDS).join(", ")}`,
    help: "make an application credential for this cloud, or use a token: openstack token issue",
  });
}

function applicationCredential(name: string, read: Reader, env: Environment): Result<Credentials, CloudFault> {
  const value = read("application_credential_secret") ?? env.OS_APPLICATION_CREDENTIAL_SECRET;
  if (!value) return err({ message: `cloud "${name}" has no application_credential_secret` });
  const id = read("application_credential_id");
  if (id) return ok({ kind: "application-credential", credential: { id }, secret: secret(value) });
  const credentialName = read("application_credential_name");
  if (!credentialName)
    return err({ message: `cloud "${name}" has no application_credential_id or application_credential_name` });
  const user = named(read, name, "user");
  if (!user.ok) return user;
  if (!user.value) return err({ message: `cloud "${name}" has no username for its application_credential_name` });
  return ok({
    kind: "application-credential",
    credential: { name: credentialName, user: user.value },
    secret: secret(value),
  });
}

/** An application credential brings its own scope, and Keystone refuses any other. */
function scopeOf(cloud: string, read: Reader): Result<Scope | undefined, CloudFault> {
  const kind = credentialKind(cloud, read);
  if (kind.ok && (kind.value === "application-credential" || kind.value === "fixed")) return ok(undefined);
  const project = named(read, cloud, "project");
  if (!project.ok) return project;
  if (project.value) return ok({ project: project.value });
  const trust = read("trust_id");
  if (trust) return ok({ "OS-TRUST:trust": { id: trust } });
  if (read("system_scope") === "all") return ok({ system: { all: true } });
  const domain = domainOf(read, ["domain_id"], ["domain_name"]);
  return ok(domain ? { domain } : undefined);
}

/** A user or project by id, or by name within a domain. */
function named(read: Reader, cloud: string, what: "user" | "project"): Result<Named | undefined, CloudFault> {
  const [ids, names] =
    what === "user"
      ? [["user_id"], ["username", "user_name"]]
      : [
          ["project_id", "tenant_id"],
          ["project_name", "tenant_name"],
        ];
  const id = read(...ids);
  if (id) return ok({ id });
  const name = read(...names);
  if (!name) return ok(undefined);
  const domain =
    domainOf(read, [`${what}_domain_id`], [`${what}_domain_name`]) ??
    domainOf(read, ["domain_id"], ["domain_name"]) ??
    domainOf(read, ["default_domain_id", "default_domain"], ["default_domain_name"]);
  if (domain) return ok({ name, domain });
  return err({
    message: `cloud "${cloud}" names ${what} "${name}" without its domain`,
    help: `add ${what}_domain_name under auth:, usually "Default"`,
  });
}

function domainOf(read: Reader, ids: readonly string[], names: readonly string[]): Domain | undefined {
  const id = read(...ids);
  if (id) return { id };
  const name = read(...names);
  return name ? { name } : undefined;
}

function interfaceSetting({ settings }: ChosenCloud): CloudValue | undefined {
  return settings.image_endpoint_type ?? settings.endpoint_type ?? settings.interface;
}

/** `publicURL` is how older configurations spell `public`. */
function interfacesOf(value: CloudValue | undefined): readonly string[] {
  const words = (Array.isArray(value) ? value : [value]).flatMap((one) => text(one) ?? []);
  return words.length === 0 ? ["public"] : words.map((word) => word.replace(/URL$/, ""));
}

function tlsOf(read: Reader, overrides: CloudOverrides, env: Environment, cwd: string): TlsSettings {
  const file = (path: string | undefined) =>
    path ? resolve(cwd, path.replace(/^~(?=\/|$)/, env.HOME ?? homedir())) : undefined;
  const caFile = file(overrides.caFile ?? read("cacert"));
  const certFile = file(read("cert"));
  const keyFile = file(read("key"));
  const verify = read("verify");
  const insecure = overrides.insecure === true || isYes(read("insecure"));
  return {
    verify: !insecure && (verify === undefined || isYes(verify)),
    ...(caFile ? { caFile } : {}),
    ...(certFile ? { certFile } : {}),
    ...(keyFile ? { keyFile } : {}),
  };
}

/** The spellings of YAML 1.1, which openstacksdk's parser follows. */
const isYes = (word: string | undefined) => /^(true|yes|on|y)$/i.test(word ?? "");

function text(value: CloudValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" && !/^(~|null)$/i.test(value) ? value : undefined;
}

/** `{region_name}` in an address is filled in from the cloud, as vendor profiles do. */
function expand(url: string, { settings }: ChosenCloud): string {
  return url.replace(/\{(\w+)\}/g, (whole, key: string) => text(settings[key]) ?? whole);
}

function versionedAuthUrl(url: string): string {
  return `${url.replace(/\/+$/, "").replace(/\/v[0-9.]+$/, "")}/v3`;
}
