// Fetches a version of diskimage-builder from the Debian suite that has it, by the machine's own apt configuration, and
// unpacks it. Command line: node scripts/upstream-version.mjs 3.37; prints the directory of the Python package.
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Suites of Debian that are looked through, in this order. */
const SUITES = ["bookworm", "trixie", "sid"];
const NAME = "python3-diskimage-builder";
const PACKAGE = "usr/lib/python3/dist-packages/diskimage_builder";

/**
 * Directory of the Python package `diskimage_builder` of a version such as "3.37"; fetched once and kept in the user's
 * cache. Throws when no suite of the machine's mirror has it.
 */
export async function upstreamVersion(version) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const kept = join(cache, "dibkit-tests", "upstream", version);
  if (existsSync(join(kept, PACKAGE))) return join(kept, PACKAGE);
  const mirror = debianMirror();
  for (const suite of SUITES) {
    const found = await packageIn(mirror, suite);
    if (found === undefined || !found.version.replace(/^\d+:/, "").startsWith(`${version}.`)) continue;
    await mkdir(join(cache, "dibkit-tests", "upstream"), { recursive: true });
    const partial = await mkdtemp(join(cache, "dibkit-tests", "upstream", "partial-"));
    try {
      const archive = join(partial, "package.deb");
      await writeFile(archive, await download(`${mirror}/${found.path}`));
      await run("dpkg-deb", ["-x", archive, join(partial, "tree")]);
      // pip's metadata beside the package tells the version.
      await rename(join(partial, "tree"), kept).catch((error) => {
        // Another process was faster.
        if (!existsSync(join(kept, PACKAGE))) throw error;
      });
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    return join(kept, PACKAGE);
  }
  throw new Error(`no suite of ${SUITES.join(", ")} on ${mirror} has diskimage-builder ${version}`);
}

/** The archive that apt takes Debian's main component from. */
function debianMirror() {
  const targets = execFileSync("apt-get", ["indextargets", "--format", "$(SITE) $(RELEASE) $(COMPONENT)"], {
    encoding: "utf8",
  });
  const line = targets.split("\n").find((target) => /\/debian\/? \w+ main$/.test(target)) ?? targets.split("\n")[0];
  const site = line?.split(" ")[0];
  if (!site) throw new Error("apt has no source of packages");
  return site.replace(/\/$/, "");
}

async function packageIn(mirror, suite) {
  const index = await download(`${mirror}/dists/${suite}/main/binary-all/Packages.xz`).catch(() =>
    download(`${mirror}/dists/${suite}/main/binary-amd64/Packages.xz`).catch(() => undefined),
  );
  if (index === undefined) return undefined;
  const text = execFileSync("xz", ["-dc"], { input: index, encoding: "utf8", maxBuffer: 1024 ** 3 });
  const at = text.search(new RegExp(`^Package: ${NAME}$`, "m"));
  if (at === -1) return undefined;
  const entry = text.slice(at, text.indexOf("\n\n", at));
  const field = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(entry)?.[1] ?? "";
  return { version: field("Version"), path: field("Filename") };
}

/** By apt's own downloader, which knows the machine's proxies. */
async function download(url) {
  const directory = await mkdtemp(join(tmpdir(), "dibkit-upstream-"));
  try {
    const file = join(directory, "file");
    await run("/usr/lib/apt/apt-helper", ["download-file", url, file]);
    return await readFile(file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await upstreamVersion(process.argv[2] ?? ""));
