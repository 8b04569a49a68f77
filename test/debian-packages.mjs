import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
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
