import type { Location } from "../diagnostic.js";
import { type Element, type RegularFile, regularFileAt } from "../element.js";
import { ENVIRONMENT_FILE_NAME } from "../phases.js";
import { compareEnvironmentFiles, priorityOf } from "../run-parts-order.js";
import { firstLine } from "./metadata-file.js";
import type { View } from "./view.js";

/** A file in `environment.d`, sourced by bash before every phase. */
export interface EnvironmentFile {
  readonly name: string;
  readonly path: string;
  /** The content, symbolic links followed. */
  readonly file: RegularFile;
  /** Leading number of the name; upstream nevertheless sorts these files by bytes, so `9-a` comes after `10-b`. */
  readonly priority: number | undefined;
  /** Whether dib-run-parts sources it: a name of letters, digits, `_`, `-` and `.` only. */
  readonly sourced: boolean;
  /** The first line of the file. */
  readonly location: Location;
}

/** Files directly in `environment.d`, in the order they are sourced. */
export function parseEnvironmentFiles(element: Element): View<readonly EnvironmentFile[]> {
  const value: EnvironmentFile[] = [];
  for (const path of element.files.keys()) {
    const name = /^environment\.d\/([^/]+)$/.exec(path)?.[1];
    const file = name === undefined ? undefined : regularFileAt(element, path);
    if (name === undefined || file === undefined) continue;
    const sourced = ENVIRONMENT_FILE_NAME.test(name);
    value.push({ name, path, file, priority: priorityOf(name), sourced, location: firstLine(element, file) });
  }
  return { value: value.sort((a, b) => compareEnvironmentFiles(a.name, b.name)), diagnostics: [] };
}
