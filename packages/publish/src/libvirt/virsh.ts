import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandFailure, CommandRunner } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";

/** Commands to one libvirt. */
export interface Virsh {
  /** Standard output of the command, trimmed. */
  run(...words: readonly string[]): Promise<Result<string, CommandFailure>>;
  /** `define` with a document that only this user can read while it is on disk. */
  define(document: string): Promise<Result<string, CommandFailure>>;
  /** The same libvirt, but deaf to Ctrl-C: for taking things back. */
  readonly undoing: Virsh;
}

export function createVirsh(
  runner: CommandRunner,
  uri: string,
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Virsh {
  const run = async (...words: readonly string[]): Promise<Result<string, CommandFailure>> => {
    const result = await runner.run(["virsh", "--quiet", "--connect", uri, ...words], {
      env,
      ...(signal ? { signal } : {}),
    });
    return result.ok ? ok(result.value.stdout.trim()) : err(result.error);
  };
  const virsh: Virsh = {
    run,
    async define(document) {
      const directory = await mkdtemp(join(tmpdir(), "dibkit-domain-"));
      try {
        const path = join(directory, "domain.xml");
        await writeFile(path, document, { mode: 0o600 });
        return await run("define", "--validate", path);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
    get undoing() {
      return signal ? createVirsh(runner, uri, env) : virsh;
    },
  };
  return virsh;
}

/** The host in a libvirt address such as `qemu+ssh://root@host/system`; undefined for this machine. */
export function remoteHost(uri: string): string | undefined {
  const host = /^[a-z0-9+]+:\/\/(?:[^/@]*@)?([^/:?]*)/i.exec(uri)?.[1];
  return host === undefined || host === "" || host === "localhost" ? undefined : host;
}
