import type { BuildJob } from "@dibkit/runner";
import type { BuildOptionValues } from "../building/build-options.js";
import { type Terminal, usageFailure } from "../terminal.js";

/** Whether options say what a build with a lock cannot do, which is told on stderr then. */
export function conflictsWithLock(terminal: Terminal, what: string, options: BuildOptionValues): boolean {
  if (options.network !== undefined || options.noRecord) {
    const word = options.noRecord ? "--no-record" : "--network";
    usageFailure(terminal, `${what} has a network of its own`, `leave ${word} out`);
    return true;
  }
  if (options.noStore) {
    usageFailure(terminal, `${what} reads the layers of the build when it has ended`, "leave --no-store out");
    return true;
  }
  return false;
}

/** Elements of upstream whose root comes out of a container engine. */
const OF_CONTAINERS: readonly string[] = ["containerfile", "docker"];

/** Whether an image has an element whose bytes no lock can give again, which is told on stderr then. */
export function hasContainerRoot(terminal: Terminal, { elements }: BuildJob): boolean {
  const name = elements.map((element) => element.name).find((one) => OF_CONTAINERS.includes(one));
  if (name === undefined) return false;
  const why =
    "its engine fetches images by TLS and has a storage of its own, so their bytes cannot be kept or given again";
  const help =
    "make the root of packages or of a file that is fetched by http, or build without a lock, from an image that FROM names by its digest";
  usageFailure(terminal, `element "${name}" makes the root of a container image: ${why}`, help);
  return true;
}
