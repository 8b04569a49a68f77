import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { findProgram } from "../../scripts/setup.mjs";

/** Programs by the names that upstream 3.13 calls; Debian has them under others. */
const LINKS = { yum: "/usr/bin/dnf-3", yumdownloader: "/usr/libexec/dnf-utils-3" };

/** Makes the host one that upstream's yum-minimal can work on, beyond what Debian's packages bring. Needs root. */
export function prepareHost() {
  // sudo's own PATH must have it, too, so it is a directory of the system.
  for (const [name, program] of Object.entries(LINKS)) {
    const link = `/usr/local/bin/${name}`;
    if (!findProgram(name) && lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(program, link);
  }
  // With --installroot Debian's plugin makes dnf look for a repository of its own.
  const plugin = "/etc/dnf/plugins/local.conf";
  if (!existsSync(plugin)) return;
  const text = readFileSync(plugin, "utf8");
  const disabled = text.replace(/^enabled\s*=.*/m, "enabled = false");
  if (disabled !== text) writeFileSync(plugin, disabled);
}
