import { basename, dirname } from "node:path";
import { partialOwner } from "../formats/partial-file.js";
import { shellCommand, shellQuote } from "../host/shell-quote.js";
import { type BuildPlaces, bulkPlaces } from "./build-session.js";

/**
 * A bash script that removes what a build has left when it is over, however it ended: its bulky directories, outputs
 * that are not whole, and loop devices over its images that were attached but not yet marked auto-clear.
 */
export function tidyScript(places: BuildPlaces, image: string): string {
  const bulk = shellCommand("rm", "-rf", "--", ...bulkPlaces(places));
  const partial = `${shellQuote(`${dirname(image)}/.${basename(image)}.`)}*${shellQuote(`.${partialOwner(places.scratch)}.partial`)}*`;
  return `# The last processes of a killed namespace still hold the lock.
${shellCommand("flock", "--timeout", "10", places.lock, "true")}
losetup --list --noheadings --raw --output NAME,BACK-FILE 2>/dev/null | while read -r device file; do
  case $file in
    */builds/${shellQuote(basename(places.directory))}/image/*) partx -d "$device"; losetup -d "$device" ;;
  esac
done 2>/dev/null
${bulk} 2>/dev/null || { sleep 1; ${bulk}; }
rm -f -- ${partial}
`;
}
