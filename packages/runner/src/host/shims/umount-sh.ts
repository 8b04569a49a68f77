// Generated from umount.sh by "npm run gen"; edit that file.
export const UMOUNT_SCRIPT: string = [
  "#!/bin/bash",
  "# Stands in for umount beside the stand-in for mount: what was shown with all that is mounted in it goes with that. Mounts",
  "# that came from another user namespace are locked to the one above them, and only go together with it.",
  "set -u",
  "",
  'said=$(umount "$@" 2>&1)',
  "status=$?",
  "place=${*: -1}",
  "if [ $status -ne 0 ] && [[ $said == *busy* ]]; then",
  '  if umount -R "$place" 2>/dev/null; then exit 0; fi',
  '  at=$(realpath -- "$place")',
  '  if cut -d \' \' -f 5 /proc/self/mountinfo | grep -qF -- "$at/" && umount -l "$place" 2>/dev/null; then exit 0; fi',
  "fi",
  '[ -z "$said" ] || printf \'%s\\n\' "$said" >&2',
  "exit $status",
  "",
].join("\n");
