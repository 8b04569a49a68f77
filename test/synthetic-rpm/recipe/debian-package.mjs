import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { changePackage, installableUnits } from "./debian-changes.mjs";
import { fedoraName } from "./package-names.mjs";
import { runProgram } from "./run-program.mjs";

/** What an image of a container or a cloud leaves out, too; and what only Debian's own tools read. */
const LEFT_OUT = `
  /usr/share/doc /usr/share/man /usr/share/info /usr/share/locale /usr/share/lintian /usr/share/bug
  /usr/share/doc-base /usr/share/gtk-doc /usr/share/bash-completion /usr/share/zsh /usr/share/menu /usr/share/apport
  /usr/share/initramfs-tools /usr/share/reportbug /etc/init.d /etc/cron.daily /etc/cron.weekly /etc/apt /etc/kernel
  /etc/logrotate.d /etc/initramfs-tools
`
  .trim()
  .split(/\s+/);

/**
 * Fills `tree` with the files of a .deb as an RPM distribution would have them, and says what the RPM declares.
 *
 * @param {import("../debian-closure.mjs").DebianPackage} debian
 * @param {string} file the .deb
 * @param {import("./package-tree.mjs").PackageTree} tree
 * @returns {Promise<import("./rpm-spec.mjs").RpmPackage>}
 */
export async function convertDebianPackage(debian, file, tree) {
  await runProgram(["dpkg-deb", "-x", file, tree.root]);
  tree.mergeUsr();
  for (const path of LEFT_OUT) tree.remove(path);
  const { requires = [], provides = [], scriptlets = {} } = changePackage(debian.name, tree);
  const units = debian.name === "systemd" ? [] : installableUnits(tree);
  // Only when it is installed: an upgrade leaves what an administrator has decided.
  const preset =
    `if [ "$1" -eq 1 ] && [ -x /usr/bin/systemctl ]; then\n` +
    `  systemctl --no-reload preset ${units.join(" ")} >/dev/null 2>&1 || :\nfi`;
  return {
    name: fedoraName(debian.name),
    version: debian.version,
    summary: debian.summary,
    requires: [...debian.depends.map(fedoraName), ...requires],
    provides,
    scriptlets: { ...scriptlets, ...(units.length > 0 && { post: preset }) },
    configuration: await conffiles(file, tree.root),
  };
}

async function conffiles(file, root) {
  const control = `${root}.control`;
  await runProgram(["dpkg-deb", "-e", file, control]);
  const list = join(control, "conffiles");
  const paths = existsSync(list) ? readFileSync(list, "utf8").split("\n") : [];
  rmSync(control, { recursive: true });
  return new Set(paths.map((line) => line.trim()).filter((path) => path.startsWith("/")));
}
