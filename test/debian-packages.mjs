import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Fetches Debian packages of the machine's release and unpacks them, without installing them, below `directory`. */
export function unpackPackages(directory, names) {
  const fetched = join(directory, "packages");
  mkdirSync(fetched, { recursive: true });
  const apt = (...words) =>
    spawnSync("apt-get", ["-o", "APT::Sandbox::User=root", "-q", ...words], { cwd: fetched, encoding: "utf8" });
  // A second time with fresh lists: there may be none, or they name versions that the mirror has no longer.
  if (apt("download", ...names).status !== 0) {
    apt("update");
    const { status, stderr } = apt("download", ...names);
    if (status !== 0) throw new Error(`apt-get cannot download ${names.join(" ")}: ${stderr}`);
  }
  const root = join(directory, "root");
  for (const file of readdirSync(fetched)) execFileSync("dpkg-deb", ["-x", join(fetched, file), root]);
  return root;
}

/**
 * The same from another release of Debian than the machine's, from the mirrors that apt has here: package lists of that
 * release come into `directory`, and apt's own stay as they are.
 */
export function unpackPackagesOf(release, directory, names) {
  const lists = join(directory, "lists");
  mkdirSync(join(lists, "state/lists/partial"), { recursive: true });
  mkdirSync(join(lists, "cache/archives/partial"), { recursive: true });
  const host = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const format = ["--format", "$(SITE) $(RELEASE)", "Created-By: Packages"];
  const targets = execFileSync("apt-get", ["indextargets", ...format], { encoding: "utf8" }).split("\n");
  const mirror = targets.find((line) => line.endsWith(` ${host}`))?.split(" ")[0];
  if (mirror === undefined) throw new Error(`apt has no package lists of "${host}": run "apt-get update" first`);
  const keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
  writeFileSync(join(lists, "sources.list"), `deb [signed-by=${keys}] ${mirror} ${release} main\n`);
  const options = {
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Dir::Etc::SourceList": join(lists, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State": join(lists, "state"),
    "Dir::Cache": join(lists, "cache"),
  };
  const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const fetched = join(directory, "packages");
  mkdirSync(fetched, { recursive: true });
  execFileSync("apt-get", [...words, "-q", "update"], { stdio: "pipe" });
  execFileSync("apt-get", [...words, "-q", "download", ...names], { cwd: fetched, stdio: "pipe" });
  rmSync(lists, { recursive: true });
  const root = join(directory, "root");
  for (const file of readdirSync(fetched)) execFileSync("dpkg-deb", ["-x", join(fetched, file), root]);
  return root;
}
