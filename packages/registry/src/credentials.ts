import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandRunner, describeFailure } from "@dibkit/exec";
import { err, homeDirectory, ok, type Result } from "@dibkit/model";
import type { Repository } from "./repository.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Who somebody is to a registry: a name with a password, or a token that is exchanged for others. */
export type Credentials =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "identity-token"; readonly token: string };

/** The file in which `docker login`, `podman login` and `skopeo login` keep credentials. */
interface AuthFile {
  readonly auths?: Readonly<
    Record<string, { readonly auth?: string; readonly identitytoken?: string; readonly username?: string } | undefined>
  >;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/** Where credentials are looked for, the first file that has some counts; the order is podman's. */
export function credentialFiles(env: Environment): readonly string[] {
  const home = homeDirectory(env);
  return [
    ...(env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : []),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, "containers/auth.json")] : []),
    join(env.XDG_CONFIG_HOME || join(home, ".config"), "containers/auth.json"),
    join(env.DOCKER_CONFIG || join(home, ".docker"), "config.json"),
  ];
}

/** The credentials for a repository; undefined when there are none. The error is a sentence without values. */
export async function findCredentials(
  repository: Repository,
  env: Environment,
  commands: CommandRunner,
): Promise<Result<Credentials | undefined, string>> {
  for (const file of credentialFiles(env)) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const content = parseAuthFile(text);
    if (content === undefined) return err(`"${file}" is not a file of credentials: it is not JSON`);
    const found = await credentialsIn(content, repository, commands);
    if (!found.ok || found.value !== undefined) return found;
  }
  return ok(undefined);
}

function parseAuthFile(text: string): AuthFile | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === "object" && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
}

async function credentialsIn(
  file: AuthFile,
  { registry, name }: Repository,
  commands: CommandRunner,
): Promise<Result<Credentials | undefined, string>> {
  const helper = file.credHelpers?.[registry];
  if (helper !== undefined) return askHelper(helper, registry, commands);
  for (const key of authKeys(registry, name)) {
    const entry = file.auths?.[key];
    if (entry === undefined) continue;
    if (entry.identitytoken) return ok({ kind: "identity-token", token: entry.identitytoken });
    if (!entry.auth) continue;
    const plain = Buffer.from(entry.auth, "base64").toString("utf8");
    const colon = plain.indexOf(":");
    if (colon < 0) return err(`the credentials for "${key}" are not "user:password" in base64`);
    return ok({ kind: "password", user: plain.slice(0, colon), password: plain.slice(colon + 1) });
  }
  return file.credsStore ? askHelper(file.credsStore, registry, commands) : ok(undefined);
}

/** Names under which a file may have the credentials for a repository, the most exact first. */
export function authKeys(registry: string, name: string): readonly string[] {
  const parts = name.split("/");
  const paths = parts.map((_, at) => [registry, ...parts.slice(0, parts.length - at)].join("/"));
  // The old form of docker's own registry, which docker still writes.
  const old = registry === "docker.io" ? ["https://index.docker.io/v1/"] : [];
  return [...paths, registry, `https://${registry}`, `http://${registry}`, `https://${registry}/v1/`, ...old];
}

async function askHelper(
  helper: string,
  registry: string,
  commands: CommandRunner,
): Promise<Result<Credentials | undefined, string>> {
  const program = `docker-credential-${helper}`;
  const asked = await commands.run([program, "get"], { input: registry });
  if (!asked.ok) {
    // What a helper prints when it has nothing is part of its protocol.
    if (asked.error.kind === "exited" && /credentials not found/i.test(asked.error.tail.join(" ")))
      return ok(undefined);
    return err(`the credential helper cannot be used: ${describeFailure(asked.error)}`);
  }
  try {
    const { Username: user, Secret: secret } = JSON.parse(asked.value.stdout) as { Username: string; Secret: string };
    if (user === "<token>") return ok({ kind: "identity-token", token: secret });
    return ok({ kind: "password", user, password: secret });
  } catch {
    return err(`what ${program} prints is not the JSON of a credential helper`);
  }
}
