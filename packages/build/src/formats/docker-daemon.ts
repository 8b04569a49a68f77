import { spawnSync } from "node:child_process";
import { realpathSync, statSync } from "node:fs";

/** Name in a build's scratch directory under which its view shows the daemon's socket, to nobody but this format. */
export const DOCKER_SOCKET = "docker.sock";

/** Where `docker` finds its daemon: what `DOCKER_HOST` or its context says. Undefined when the program cannot tell. */
export function dockerEndpoint(): string | undefined {
  const words = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
  const asked = spawnSync("docker", words, { encoding: "utf8", timeout: 5000 });
  const endpoint = asked.status === 0 ? asked.stdout.trim() : "";
  return endpoint === "" ? undefined : endpoint;
}

/** The socket behind an endpoint on this machine; undefined for one on the network, or when it is not there. */
export function dockerSocket(endpoint: string | undefined): string | undefined {
  if (!endpoint?.startsWith("unix://")) return undefined;
  const path = endpoint.slice("unix://".length);
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ? realpathSync(path) : undefined;
}
