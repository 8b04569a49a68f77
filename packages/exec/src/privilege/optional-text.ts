import { readFileSync } from "node:fs";

/** The text of a file as UTF-8; empty where it is not there or not to be read. */
export function optionalText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
