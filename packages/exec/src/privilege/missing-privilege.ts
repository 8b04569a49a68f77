import { readFileSync } from "node:fs";
import { inUserNamespace } from "./in-user-namespace.js";

/** What this process may not do, though building needs it. */
export interface MissingPrivilege {
  /** A few words for a table. */
  readonly found: string;
  readonly message: string;
  readonly help: string;
}

/** capabilities(7): mounts and namespaces; device nodes. */
const SYS_ADMIN = 1n << 21n;
const MKNOD = 1n << 27n;

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
  if (capabilities === undefined) return undefined;
  if ((capabilities & SYS_ADMIN) === 0n) return missingCapability("SYS_ADMIN", "mount filesystems");
  // The root of a user namespace makes no device nodes whatever it has, and builds without.
  if ((capabilities & MKNOD) !== 0n || inUserNamespace()) return undefined;
  return missingCapability("MKNOD", "make device nodes");
}

function missingCapability(name: string, lost: string): MissingPrivilege {
  return {
    found: `root without the capability ${name}`,
    message: `root may not ${lost} here: the capability ${name} is missing`,
    help: `start the container with it ("docker run --privileged"), or see with "dibkit doctor" what a build in a user namespace lacks here`,
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
