import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Fetches Debian packages of the machine's release and unpacks them, without installing them, below `directory`. */
export function unpackPackages(directory, names) {
  const fetched = join(directory, "packages");
  mkdirSync(fetched, { recursive: true });
  execFileSync("apt-get", ["-o", "APT::Sandbox::User=root", "-q", "download", ...names], {
    cwd: fetched,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const root = join(directory, "root");
  for (const file of readdirSync(fetched)) execFileSync("dpkg-deb", ["-x", join(fetched, file), root]);
  return root;
}
