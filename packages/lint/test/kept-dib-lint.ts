import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { DIB_LINT, type DibLint, findingsIn } from "./dib-lint-oracle.js";

/** Python leaves these beside what it has run. */
const PYCACHE = "__pycache__";

/**
 * What dib-lint reports of an installed tree, as `file code`. It takes half a minute for upstream's elements and says
 * the same for the same files, so its words are kept by content in the user's cache directory.
 */
export function keptFindings(oracle: DibLint, elements: string, everyFile = false): readonly string[] {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const path = join(cache, "dibkit-tests", `dib-lint-${everyFile ? "every-file-" : ""}${keyOf(elements)}.txt`);
  const output = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  return findingsIn((output ?? keep(path, lintCopy(oracle, elements, everyFile))).replaceAll(PLACEHOLDER, elements));
}

/** Stands for the directory of the elements. */
const PLACEHOLDER = "{elements}";

/** The output for a copy without what Python left behind. */
function lintCopy(oracle: DibLint, elements: string, everyFile: boolean): string {
  const copy = join(oracle.root, "copy");
  execFileSync("cp", ["-r", elements, copy]);
  execFileSync("find", [copy, "-name", PYCACHE, "-prune", "-exec", "rm", "-r", "{}", "+"]);
  const output = oracle.output(copy, everyFile);
  // It has stopped half-way when its last line is another one.
  if (!/^(PASS|\*\*\* FAIL: .*)\n$/m.test(output)) throw new Error(`dib-lint has not come to its end:\n${output}`);
  return output.replaceAll(copy, PLACEHOLDER);
}

function keep(path: string, output: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, output);
  renameSync(partial, path);
  return output;
}

/** Of everything that the output follows from: names, modes and contents, the linter, and what it runs. */
function keyOf(elements: string): string {
  const hash = createHash("sha256").update(readFileSync(DIB_LINT));
  const versions = "import sys, yaml; print(sys.version, yaml.__version__)";
  for (const words of [["python3", "-c", versions] as const, ["bash", "--version"] as const])
    hash.update(execFileSync(words[0], words.slice(1)));
  for (const entry of readdirSync(elements, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(elements, entry);
    const stats = lstatSync(path);
    if (entry.split("/").includes(PYCACHE)) continue;
    const content = stats.isFile() ? readFileSync(path) : stats.isSymbolicLink() ? readlinkSync(path) : "";
    hash.update(`\0${entry}\0${stats.mode}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
