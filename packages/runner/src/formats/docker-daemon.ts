import { realpathSync, statSync } from "node:fs";
import { createCommandRunner } from "@dibkit/exec";

/** Name in a build's scratch directory under which its view shows the daemon's socket, to nobody but this format. */
export const DOCKER_SOCKET = "docker.sock";

/** Where `docker` finds its daemon: what `DOCKER_HOST` or its context says. Undefined when the program cannot tell. */
export async function dockerEndpoint(): Promise<string | undefined> {
  const format = "{{.Endpoints.docker.Host}}";
  const asked = await createCommandRunner().run(["docker", "context", "inspect", "--format", format]);
  const endpoint = asked.ok ? asked.value.stdout.trim() : "";
  return endpoint === "" ? undefined : endpoint;
}

/** The socket that a build of these formats must reach. */
export async function neededSocket(formats: readonly string[]): Promise<string | undefined> {
  return formats.includes("docker") ? dockerSocket(await dockerEndpoint()) : undefined;
}

/** The socket behind an endpoint on this machine; undefined for one on the network, or when it is not there. */
export function dockerSocket(endpoint: string | undefined): string | undefined {
  if (!endpoint?.startsWith("unix://")) return undefined;
  const path = endpoint.slice("unix://".length);
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ? realpathSync(path) : undefined;
}
