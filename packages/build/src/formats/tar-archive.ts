import type { HostTool } from "../disk/host-tool.js";

export const tarTool: HostTool = { program: "tar", debianPackage: "tar", purpose: "write archives of the root tree" };

/**
 * The command that archives a root tree as upstream does: all of it but `sys` and `proc`, extended attributes too.
 * Owners are numbers, because the names of the build host mean nothing to the image.
 */
export function tarCommand(tree: string, target: string, more: readonly string[] = []): readonly string[] {
  return [
    ...["tar", "-C", tree, "-cf", target, "--exclude", "./sys", "--exclude", "./proc"],
    ...["--xattrs", "--xattrs-include=*", "--numeric-owner", "--sort=name", ...more, "."],
  ];
}
