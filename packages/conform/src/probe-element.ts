import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PHASES } from "@dibkit/model";
import { PROBE_SCRIPT } from "./probe-sh.js";

/** Name of the element, and of the directory in the image that holds what it saw. */
export const PROBE_NAME = "dibkit-probe";
/** Path in the image, without a leading slash: the script takes it from its own name. */
export const PROBE_DIRECTORY = `var/lib/${PROBE_NAME}`;

/** Last in its phase but for removals of packages, so that `root.d` has a root to write to. */
const PRIORITY = 95;

/** Files of the element: path to text; scripts are executable. */
export function probeFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["README.rst", `${PROBE_NAME}\n============\nRecords what scripts of each phase observe.\n`],
    ...PHASES.map((phase) => [`${phase.name}/${PRIORITY}-${PROBE_NAME}`, PROBE_SCRIPT] as const),
  ]);
}

/** Writes the element below an ELEMENTS_PATH entry. */
export async function writeProbeElement(elementsDirectory: string): Promise<void> {
  for (const [path, text] of probeFiles()) {
    const to = join(elementsDirectory, PROBE_NAME, path);
    await mkdir(join(to, ".."), { recursive: true });
    await writeFile(to, text);
    if (text.startsWith("#!")) await chmod(to, 0o755);
  }
}
