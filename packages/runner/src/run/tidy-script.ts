import { basename, dirname, join } from "node:path";
import { shellCommand, shellQuote } from "@dibkit/exec";
import { LOOP_DEVICES } from "../disk/loop-device.js";
import { withoutUdev } from "../disk/without-udev.js";
import { partialOwner } from "../formats/partial-file.js";
import { type BuildPaths, bulkPaths } from "./build-session.js";

/**
 * A bash script that removes what a build has left when it is over, however it ended: its bulky directories, outputs
 * that are not whole, loop devices that were attached but not yet marked auto-clear, LVM's volumes on them, which outlive
 * every process, and the partitions of its loop devices, which the kernel forgets to remove when it detaches them.
 */
export function tidyScript(paths: BuildPaths, image: string): string {
  const bulk = shellCommand("rm", "-rf", "--", ...bulkPaths(paths));
  const partial = `${shellQuote(`${dirname(image)}/.${basename(image)}.`)}*${shellQuote(`.${partialOwner(paths.scratch)}.partial`)}*`;
  const own = `*/builds/${shellQuote(basename(paths.directory))}/image/*`;
  return `unmap() {
  local holder name link
  for holder in "$1"/holders/* "$1"/*/holders/*; do
    [ -e "$holder/dm/name" ] || continue
    unmap "$holder"
    name=$(cat "$holder/dm/name")
    ${shellCommand(...withoutUdev(), "dmsetup", "remove")} "$name"
    # LVM's own links, which it would take for a group of that name, are taken away by nobody else.
    for link in /dev/*/*; do
      [ "$(readlink "$link")" = "/dev/mapper/$name" ] && rm "$link" && rmdir "\${link%/*}"
    done
  done
}
# The last processes of a killed namespace still hold the lock.
${shellCommand("flock", "--timeout", "10", paths.lock, "true")}
while read -r device; do
  block=/sys/block/\${device##*/}
  # It goes when its last filesystem is unmounted, which happens after the last process. Another build may have it by now.
  for attempt in {1..50}; do
    case $(cat "$block/loop/backing_file") in
      ${own}) unmap "$block"; losetup -d "$device"; sleep 0.1 ;;
      *) break ;;
    esac
  done
  [ ! -d "$block" ] || [ -e "$block/loop" ] || partx -d "$device"
done 2>/dev/null < ${shellQuote(join(paths.scratch, LOOP_DEVICES))}
${bulk} 2>/dev/null || { sleep 1; ${bulk}; }
rm -f -- ${partial}
`;
}
