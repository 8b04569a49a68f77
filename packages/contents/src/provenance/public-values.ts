import type { BuildJob } from "@dibkit/runner";
import { passedVariables } from "../requested-values.js";

/** Variables that tell of the machine or of who sits at it, and how it gets to the network. */
const OF_THE_MACHINE =
  /^(HOSTNAME|HOST|USER|USERNAME|LOGNAME|MAIL|SHELL|TERM|DISPLAY|SSH_.*|SUDO_.*|.*_proxy|BASH_FUNC_.*)$/i;

/** An absolute path, at the beginning or behind what separates words; `://` of a URL is none. */
const HAS_PATH = /(?:^|[\s=,;'"([]|:(?!\/\/))~?\/|^~|file:/;

/** User and password of a URL, or anything else before its host. */
const HAS_CREDENTIALS = /:\/\/[^/@\s]+@/;

/** Stands in a remembered value where a secret was. */
const SEALED = "\0";

/**
 * The caller's variables that reached scripts, sorted. Null is a value that is nobody's business: a secret, a path or a
 * name of the machine that built the image, a proxy.
 */
export function publicEnvironment(job: BuildJob): Readonly<Record<string, string | null>> {
  const host = job.request.environment.HOSTNAME;
  const shown = Object.entries(passedVariables(job)).map(
    ([name, value]) => [name, OF_THE_MACHINE.test(name) ? null : publicValue(value, host)] as const,
  );
  return Object.fromEntries(shown);
}

/** A text, or null when it tells of the machine that built the image. */
export function publicValue(value: string, hostName: string | undefined): string | null {
  const names = hostName !== undefined && hostName.length > 2 && value.includes(hostName);
  return names || value.includes(SEALED) || HAS_PATH.test(value) || HAS_CREDENTIALS.test(value) ? null : value;
}
