import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentValues } from "../plan/base-environment.js";
import { hashText, PLACES } from "./layer-key.js";

/** Files up to this size are known by content, larger ones by size and time of change. */
const LARGEST_HASHED = 64 * 1024 * 1024;
const MOST_ENTRIES = 2000;

/** Paths of a host script's text that may be the host's own: `$HOME/.ssh/x`, `~/x`, `/etc/x`. */
const NAMED_PATH = /(?:~|\$HOME|\$\{HOME\}|(?<![\w}$./-])\/(?:etc|root|home|srv|opt|var|usr\/local))(?:\/[\w.@+-]+)+/g;

/** Directories of the build itself. */
const OWN = /^\/(tmp\/dib_|proc|sys|dev)/;

/**
 * What a host script reads of the host, as far as it can be seen: files and directories that its text or the value of
 * a variable names. Upstream's `local-config` copies `~/.ssh`, `DIB_LOCAL_IMAGE` names a base image: when those
 * change, a layer made from them is stale.
 */
export function hostInputs(text: string, environment: EnvironmentValues): Readonly<Record<string, string>> {
  const inputs: Record<string, string> = {};
  const home = environment.HOME ?? "/root";
  for (const written of text.match(NAMED_PATH) ?? []) {
    const path = written.replace(/^(~|\$HOME|\$\{HOME\})/, home);
    const known = OWN.test(path) ? undefined : contentOf(path);
    if (known !== undefined) inputs[`host file ${written}`] = known;
  }
  for (const [name, value] of Object.entries(environment)) {
    const path = value.replace(/^file:\/\//, "");
    if (!path.startsWith("/") || path.includes(":") || path.includes("\n") || OWN.test(path)) continue;
    if (PLACES.has(name) || !text.includes(name)) continue;
    // What lies beside the image and bears its name is an output, such as the manifests directory.
    if (environment.IMAGE_NAME !== undefined && path.startsWith(environment.IMAGE_NAME)) continue;
    const known = contentOf(path);
    if (known !== undefined) inputs[`file that ${name} names`] = known;
  }
  return inputs;
}

/** Undefined when there is nothing at the path. */
function contentOf(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    const status = lstatSync(real);
    if (status.isDirectory()) return hashText(listing(real).join("\n"));
    if (!status.isFile()) return undefined;
    return status.size <= LARGEST_HASHED ? hashText(readFileSync(real)) : hashText(`${status.size} ${status.mtimeMs}`);
  } catch {
    return undefined;
  }
}

/** Names, sizes and times of a directory's entries, two levels deep and not without end. */
function listing(directory: string, depth = 2): readonly string[] {
  return readdirSync(directory)
    .sort()
    .slice(0, MOST_ENTRIES)
    .flatMap((name) => {
      const path = join(directory, name);
      const status = lstatSync(path);
      const own = `${path} ${status.size} ${status.mtimeMs}`;
      return status.isDirectory() && depth > 1 ? [own, ...listing(path, depth - 1)] : [own];
    });
}
