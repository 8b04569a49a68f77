// Generated from umount.sh by "npm run gen"; edit that file.
export const UMOUNT_SCRIPT: string = [
  "#!/bin/bash",
  "# Stands in for umount: what is in the tmpfs that mount.sh has shown for a FAT partition is written into it by mtools.",
  "set -eu",
  "directory=${!#}",
  'device=$(findmnt --noheadings --output SOURCE --types tmpfs --mountpoint "$directory" 2>/dev/null || true)',
  'if [ -b "$device" ]; then',
  "  shopt -s nullglob dotglob",
  '  content=("$directory"/*)',
  "  if [ ${#content[@]} -gt 0 ]; then",
  '    MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8 mcopy -i "$device" -s -Q -m "${content[@]}" ::/',
  "  fi",
  '  blockdev --flushbufs "$device"',
  "fi",
  'exec /usr/bin/umount "$@"',
  "",
].join("\n");
