import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { homeDirectory } from "@dibkit/model";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where docker, podman and skopeo look for the certificates of a registry's own authority. */
export function certificateDirectories(registry: string, env: Environment): readonly string[] {
  const configuration = env.XDG_CONFIG_HOME || join(homeDirectory(env), ".config");
  const directories = [join(configuration, "containers"), "/etc/containers", "/etc/docker"];
  return directories.map((directory) => join(directory, "certs.d", registry));
}

/**
 * Authorities that a registry's certificate may come from: Node.js's own, the file that `SSL_CERT_FILE` names, and
 * `certs.d/REGISTRY/*.crt`. Undefined when nothing is named, so that Node.js keeps its defaults.
 */
export function trustedAuthorities(registry: string, env: Environment): readonly string[] | undefined {
  const files = certificateDirectories(registry, env).flatMap((directory) =>
    namesIn(directory)
      .filter((name) => name.endsWith(".crt"))
      .map((name) => join(directory, name)),
  );
  const named = env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : [];
  const texts = [...named, ...files].flatMap((file) => textOf(file) ?? []);
  return texts.length === 0 ? undefined : [...rootCertificates, ...texts];
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
