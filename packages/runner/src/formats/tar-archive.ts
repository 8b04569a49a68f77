import type { HostTool } from "@dibkit/exec";
import type { FormatRequest } from "./format.js";

export const tarTool: HostTool = { program: "tar", debianPackage: "tar", purpose: "write archives of the root tree" };

/**
 * The command that archives a root tree as upstream does: all of it but `sys` and `proc`, extended attributes too.
 * Owners are numbers, because the names of the build host mean nothing to the image.
 */
export function tarCommand(
  tree: string,
  target: string,
  request: Pick<FormatRequest, "sourceDate">,
  more: readonly string[] = [],
): readonly string[] {
  return [
    ...["tar", "-C", tree, "-cf", target, "--exclude", "./sys", "--exclude", "./proc"],
    ...["--xattrs", "--xattrs-include=*", "--numeric-owner", "--sort=name", ...tarTimes(request), ...more, "."],
  ];
}

/** No time after `SOURCE_DATE_EPOCH`, and none of those that tell when the archive was made. */
export function tarTimes({ sourceDate }: Pick<FormatRequest, "sourceDate">): readonly string[] {
  if (sourceDate === undefined) return [];
  const headers = "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";
  return ["--format=posix", headers, `--mtime=@${sourceDate}`, "--clamp-mtime"];
}
