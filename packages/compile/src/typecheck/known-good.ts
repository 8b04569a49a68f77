import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheHome } from "@dibkit/model";

/** Raised whenever the checker itself changes what it finds. */
const REVISION = 2;

interface GoodRecord {
  /** Every file the compiler read: the author's, declarations, libraries, tsconfig.json. */
  readonly files: readonly string[];
  /** Paths that had to be missing for the compiler to read just these. */
  readonly missing: readonly string[];
  readonly fingerprint: string;
}

/**
 * Whether the compiler found nothing in these modules before and every file it read is still the same. The compiler
 * takes longer to start than all else that compiling does, and most of the time there is nothing new to find.
 */
export function isKnownGood(modules: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  try {
    const { files, missing, fingerprint }: GoodRecord = JSON.parse(
      readFileSync(recordPath(modules, environment), "utf8"),
    );
    return !missing.some((path) => existsSync(path)) && fingerprintOf(files) === fingerprint;
  } catch {
    return false;
  }
}

/** Remembers that the compiler found nothing. A cache that cannot be written is no trouble. */
export function rememberGood(
  modules: readonly string[],
  files: readonly string[],
  missing: readonly string[],
  environment: NodeJS.ProcessEnv,
): void {
  const path = recordPath(modules, environment);
  try {
    mkdirSync(cacheDirectory(environment), { recursive: true });
    const record: GoodRecord = { files, missing, fingerprint: fingerprintOf(files) };
    writeFileSync(`${path}.${process.pid}`, JSON.stringify(record));
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // It is checked again next time.
  }
}

function fingerprintOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function recordPath(modules: readonly string[], environment: NodeJS.ProcessEnv): string {
  const key = createHash("sha256")
    .update(JSON.stringify([REVISION, modules]))
    .digest("hex")
    .slice(0, 32);
  return join(cacheDirectory(environment), `${key}.json`);
}

function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  return join(cacheHome(environment), "dibkit", "typecheck");
}
