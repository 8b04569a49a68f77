import { err, ok, type Result } from "@dibkit/model";

/** Where images of one name are: a repository of a registry. */
export interface Repository {
  /** Host name and port as written: `registry.example.org:5000`. */
  readonly registry: string;
  /** `team/cache`. */
  readonly name: string;
  /** False: certificates are not verified, and plain HTTP is allowed, as podman's `--tls-verify=false` does. */
  readonly tlsVerify: boolean;
}

/** A repository with what else was said of it: `REGISTRY/REPOSITORY,name=value,…`. */
export interface RepositoryWords {
  readonly repository: Repository;
  readonly settings: ReadonlyMap<string, string>;
}

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Reads what a user writes; the error is the end of a sentence: `must be REGISTRY/REPOSITORY, …`. */
export function parseRepository(text: string, legal: readonly string[] = []): Result<RepositoryWords, string> {
  const [address = "", ...words] = text.split(",");
  const slash = address.indexOf("/");
  const registry = address.slice(0, Math.max(slash, 0));
  const name = address.slice(slash + 1);
  if (!HOST.test(registry) || !(registry === "localhost" || /[.:]/.test(registry)))
    return err("must begin with a registry, such as registry.example.org/team/cache");
  if (!NAME.test(name)) return err("must name a repository in lower case and without a tag, such as team/cache");
  const settings = new Map<string, string>();
  for (const word of words) {
    const [key = "", value] = word.split("=", 2);
    const known = ["tls-verify", ...legal];
    if (value === undefined || !known.includes(key)) return err(`has "${word}", but known are ${known.join(", ")}`);
    settings.set(key, value);
  }
  const verify = settings.get("tls-verify") ?? "true";
  if (verify !== "true" && verify !== "false") return err(`has tls-verify=${verify}, but legal are true, false`);
  return ok({ repository: { registry, name, tlsVerify: verify === "true" }, settings });
}

/** The repository as a user writes it. */
export function renderRepository({ registry, name }: Repository): string {
  return `${registry}/${name}`;
}

/** Whether a registry is on this machine, so that nobody else hears what is said to it. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, "");
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
