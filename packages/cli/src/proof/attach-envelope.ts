import { err, ok } from "@dibkit/model";
import type { ExitCode } from "../command.js";
import { type Terminal, usageFailure, writeTrouble } from "../terminal.js";

/** False after saying that a build has made nothing that registries have. */
export function mayAttach(terminal: Terminal, manifests: readonly string[]): boolean {
  if (manifests.length > 0) return true;
  usageFailure(
    terminal,
    "only images of OCI archives are in registries, and the build has no such output",
    "build it with -t oci, and copy the archive to the registry first",
  );
  return false;
}

/** Puts a signed statement beside the images of an OCI archive that a registry has; says where on stdout. */
export async function attachEnvelope(
  terminal: Terminal,
  repository: string,
  manifests: readonly string[],
  envelope: string,
): Promise<ExitCode> {
  const [{ createCommandRunner }, { withRemote }, { pushAttestation }, { PREDICATE_TYPE }] = await Promise.all([
    import("@dibkit/exec"),
    import("@dibkit/runner"),
    import("@dibkit/registry"),
    import("@dibkit/contents"),
  ]);
  const { env, signal } = terminal;
  const context = { env, signal, commands: createCommandRunner({ signal }) };
  const attached = await withRemote(repository, context, async ({ client, repository: shown, told }) => {
    for (const manifest of manifests) {
      const pushed = await pushAttestation(client, `sha256:${manifest}`, Buffer.from(envelope), PREDICATE_TYPE);
      if (!pushed.ok) return err(told(pushed.error));
    }
    return ok(shown);
  });
  if (!attached.ok) {
    writeTrouble(terminal, attached.error, "copy the archive there, without compressing it anew");
    return 3;
  }
  for (const manifest of manifests) terminal.stdout.write(`${attached.value}@sha256:${manifest}\n`);
  return 0;
}
