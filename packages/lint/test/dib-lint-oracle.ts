import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalog } from "@dibkit/model";
import { lint } from "../src/index.js";

export const DIB_LINT = "/usr/bin/dib-lint";

/** Whether upstream's linter is installed; in CI it must be. */
export function hasDibLint(): boolean {
  if (existsSync(DIB_LINT)) return true;
  if (process.env.CI) throw new Error(`${DIB_LINT} is missing: install python3-diskimage-builder`);
  return false;
}

/** Sentences of dib-lint, and the rule that says the same. */
export const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^(\S+) lacks a README\.rst$/, "readme-present"],
  [/^(\S+) does not end with a newline$/, "source-repository-newline"],
  [/^(\S+) is not executable$/, "script-executable"],
  [/^(\S+) should use 4 spaces indent$/, "script-indent"],
  [/^(\S+) is not sorted alphabetically$/, "deps-sorted"],
  [/^(\S+) : only use #!\/bin\/bash for scripts$/, "script-shebang"],
  [/^(\S+) is not set -e$/, "script-errexit"],
  [/^(\S+) is not set -u$/, "script-nounset"],
  [/^(\S+) is not set -o pipefail$/, "script-pipefail"],
  [/^(\S+) does not follow DIB_DEBUG_TRACE$/, "script-debug-trace"],
  [/^Environment file (\S+) should not set tracing$/, "env-options"],
  [/^Environment file (\S+) should not be marked as executable$/, "env-not-executable"],
  [/^Split export and assignments in (\S+)$/, "script-export-substitution"],
  [/^(\S+) : potentially unsafe sudo$/, "script-sudo"],
  [/^(\S+) : potential use of which$/, "script-which"],
  [/^(\S+) contains tab characters$/, "file-tabs"],
  [/^No newline at end of file: (\S+)$/, "file-final-newline"],
  [/^\.md docs found: (\S+)$/, "readme-format"],
  [/^(\S+) is not a valid YAML file$/, "yaml"],
  [/^(\S+) is not a valid JSON file$/, "pkg-map-schema"],
];

export interface DibLint {
  /** A directory for trees to check; removed by `dispose`. */
  readonly root: string;
  /** What dib-lint reports, as `file code`; Python style is left to Python's own linters. */
  findings(elements: string): readonly string[];
  /** Everything that dib-lint prints. With `everyFile` it looks at tabs and final newlines of all files, not of scripts only. */
  output(elements: string, everyFile?: boolean): string;
  dispose(): void;
}

export function dibLint(): DibLint {
  const root = mkdtempSync(join(tmpdir(), "dibkit-dib-lint-"));
  // The program calls `python`, which Debian has as `python3` only.
  const bin = join(root, "bin");
  mkdirSync(bin);
  symlinkSync("/usr/bin/python3", join(bin, "python"));
  const lib = join(root, "lib");
  mkdirSync(lib);
  const output = (elements: string, everyFile = false) => {
    // Of the library it looks at all files.
    const library = everyFile ? elements : lib;
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, ELEMENTS_DIR: elements, LIB_DIR: library };
    return spawnSync(DIB_LINT, [], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26, env }).stdout;
  };
  return {
    root,
    output,
    findings: (elements) => findingsIn(output(elements)),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** What dib-lint's output reports, as `file code`. */
export function findingsIn(output: string): readonly string[] {
  const found = output.split("\n").flatMap((line) => {
    const sentence = /^ERROR: (.*)$/.exec(line)?.[1];
    if (sentence === undefined || sentence.endsWith("failed flake8")) return [];
    for (const [pattern, code] of SENTENCES) {
      const file = pattern.exec(sentence)?.[1];
      if (file !== undefined) return [`${file} ${code}`];
    }
    throw new Error(`dib-lint says something new: ${sentence}`);
  });
  return [...new Set(found)].sort();
}

/** What dibkit reports with the rules upstream has too, as `file code`. */
export async function ownFindings(catalog: Catalog): Promise<ReadonlySet<string>> {
  const { diagnostics } = await lint({
    catalog,
    elements: [...catalog.elements.values()],
    configuration: { preset: "upstream" },
  });
  const yaml = new Set(["yaml-syntax", "packages-schema", "block-device-valid"]);
  return new Set(
    diagnostics.flatMap(({ code, location }) => [
      `${location?.source.path} ${code}`,
      ...(yaml.has(code) ? [`${location?.source.path} yaml`] : []),
    ]),
  );
}
