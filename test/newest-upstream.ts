import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian has the newest release first. */
const SUITE = "sid";
const PACKAGE = "python3-diskimage-builder";
const ELEMENTS = "usr/lib/python3/dist-packages/diskimage_builder/elements";

export interface NewestUpstream {
  /** Directory of its elements; undefined when it cannot be had. */
  readonly elements: string | undefined;
  /** Why not. */
  readonly reason: string;
}

/**
 * The newest diskimage-builder that the machine's mirror of Debian offers, unpacked and not installed. It is kept in the
 * user's cache directory, so it is fetched once for each version; the lists of packages are looked at each time.
 */
export function newestUpstream(): NewestUpstream {
  const scratch = mkdtempSync(join(tmpdir(), "dibkit-newest-"));
  try {
    return fetched(scratch);
  } catch (error) {
    return { elements: undefined, reason: (error as Error).message };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function fetched(scratch: string): NewestUpstream {
  const mirror = run("apt-get", ["indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"])
    .split("\n")
    .flatMap((line) => /^Debian (\S+?)\/?$/.exec(line)?.[1] ?? [])
    .find((uri) => !uri.includes("security"));
  if (mirror === undefined) return { elements: undefined, reason: "apt of this machine has no mirror of Debian" };
  const lists = join(scratch, "lists");
  mkdirSync(join(lists, "partial"), { recursive: true });
  const source = join(scratch, "sources.list");
  writeFileSync(source, `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${SUITE} main\n`);
  const options = [
    `Dir::Etc::SourceList=${source}`,
    "Dir::Etc::SourceParts=-",
    `Dir::State::Lists=${lists}`,
    `Dir::Cache=${scratch}`,
    "Acquire::Languages=none",
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  run("apt-get", [...options, "-qq", "update"]);
  const version = /^Version: (\S+)$/m.exec(run("apt-cache", [...options, "show", "--no-all-versions", PACKAGE]))?.[1];
  if (version === undefined) return { elements: undefined, reason: `Debian ${SUITE} has no ${PACKAGE}` };
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "dibkit-tests");
  const kept = join(cache, `${PACKAGE}-${version}`);
  if (!existsSync(kept)) {
    run("apt-get", [...options, "-qq", "download", PACKAGE], scratch);
    const file = readdirSync(scratch).find((name) => name.endsWith(".deb")) as string;
    const partial = `${kept}.${process.pid}`;
    run("dpkg-deb", ["-x", join(scratch, file), partial]);
    renameSync(partial, kept);
  }
  return { elements: join(kept, ELEMENTS), reason: "" };
}

function run(program: string, words: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: "utf8", cwd, maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`"${program} ${words.at(-2)} ${words.at(-1)}" failed: ${error ?? stderr.trim()}`);
  return stdout;
}
