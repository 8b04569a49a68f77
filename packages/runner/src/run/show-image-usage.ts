import { relative } from "node:path";
import type { BuildSession } from "./build-session.js";

const MIB = 1024 ** 2;
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/**
 * `DIB_SHOW_IMAGE_USAGE`: says which files and directories of the tree take 10 MiB or more, the largest first; all of
 * them with `DIB_SHOW_IMAGE_USAGE_FULL`.
 */
export async function showImageUsage(session: BuildSession, tree: string): Promise<void> {
  const { environment } = session.job.request;
  if (!isOn(environment.DIB_SHOW_IMAGE_USAGE)) return;
  const least = isOn(environment.DIB_SHOW_IMAGE_USAGE_FULL) ? 0 : 10 * MIB;
  const entries: { readonly bytes: number; readonly path: string }[] = [];
  await session.commands.run(["du", "--all", "--one-file-system", "--block-size=1", "--", tree], {
    onOutput: (line) => {
      const [bytes = "", path] = line.split("\t");
      if (path !== undefined && Number(bytes) >= least) entries.push({ bytes: Number(bytes), path });
    },
  });
  const note = (message: string) => session.emit({ type: "note", message });
  note(`Image size report${least === 0 ? "" : " (files and directories of 10 MiB and more)"}`);
  for (const { bytes, path } of entries.sort((a, b) => b.bytes - a.bytes)) {
    note(`${sizeText(bytes).padStart(10)}  /${relative(tree, path)}`);
  }
}

function isOn(value: string | undefined): boolean {
  return (value ?? "") !== "" && value !== "0";
}

function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}
