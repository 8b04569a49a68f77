import { readFileSync } from "node:fs";

/** What this process may not do, though building needs it. */
export interface MissingPrivilege {
  /** A few words for a table. */
  readonly found: string;
  readonly message: string;
  readonly help: string;
}

/** CAP_SYS_ADMIN (capabilities(7)): mounts and namespaces. */
const SYS_ADMIN = 1n << 21n;

/**
 * Why this process can neither build nor open a shell in a build; undefined when it can. The only place that decides
 * it, so that a way to build without root has to be let in here alone.
 */
export function missingPrivilege(): MissingPrivilege | undefined {
  const user = process.geteuid?.();
  if (user !== 0) {
    return {
      found: `running as user ${user}`,
      message: `root is needed to mount filesystems and to give files their owners, and this is user ${user}`,
      help: 'run the same command as root, for instance with "sudo", or see with "dibkit doctor" what a build without root lacks here',
    };
  }
  const capabilities = effectiveCapabilities();
  if (capabilities === undefined || (capabilities & SYS_ADMIN) !== 0n) return undefined;
  return {
    found: "root without the capability SYS_ADMIN",
    message: "root may not mount filesystems here: the capability SYS_ADMIN is missing",
    help: 'start the container with it, for instance with "docker run --privileged"',
  };
}

function effectiveCapabilities(): bigint | undefined {
  try {
    const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return hex === undefined ? undefined : BigInt(`0x${hex}`);
  } catch {
    return undefined;
  }
}
