/** The service that later states of a repository have in a newer version. */
const SERVICE = "openssh-server";

/** Whether a state of the repository has a package of its own. @param {string} name @param {number} state */
export const isUpdated = (name, state) => state > 1 && name === SERVICE;

/**
 * The package as a later state has it: a higher release, and a unit that says so when it runs.
 *
 * @param {import("./rpm-spec.mjs").RpmPackage} rpm
 * @param {import("./package-tree.mjs").PackageTree} tree
 * @param {number} state
 */
export function updatePackage(rpm, tree, state) {
  if (!isUpdated(rpm.name, state)) return rpm;
  const unit = "/usr/lib/systemd/system/sshd.service";
  tree.edit(unit, (text) => text.replace(/^Description=.*/m, `$& (state ${state})`));
  return { ...rpm, version: `${rpm.version}.${state}` };
}
