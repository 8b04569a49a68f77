import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The checks that `ignore` in section `[dib-lint]` of a directory's tox.ini turns off, as dib-lint reads it. */
export function ignoredDibLintChecks(directory: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(join(directory, "tox.ini"), "utf8");
  } catch {
    return [];
  }
  let inSection = false;
  let inOption = false;
  const checks: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const section = /^\[(.+)\]\s*$/.exec(line);
    const option = /^ignore\s*[=:](.*)$/.exec(line);
    if (section) {
      inSection = section[1] === "dib-lint";
      inOption = false;
    } else if (inSection && option) {
      inOption = true;
      checks.push(...(option[1] as string).split(/\s+/));
    } else if (inOption && /^\s+\S/.test(line)) checks.push(...line.split(/\s+/));
    else inOption = false;
  }
  return checks.filter((check) => check !== "" && !check.startsWith("#"));
}
