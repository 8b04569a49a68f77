#!/bin/bash
# The last step on the mounted disk of a repeatable build. It removes caches that hold inode numbers, addresses or times
# and are made again when they are missed, and sets times after SOURCE_DATE_EPOCH to it. Nothing is mounted in the target
# but its own filesystems. Needs the functions of inside-root.sh.
set -eu
target=$TMP_MOUNT_PATH
mount_points() {
  printf '%s\n' "$DIB_MOUNTPOINTS" | tr '|' '\n' | while read -r point; do
    directory=$(inside "$target" "$point")
    if [ -d "$directory" ]; then printf '%s\0' "$directory"; fi
  done
}
rm -f "$(inside "$target" var/cache/ldconfig)/aux-cache"
rm -f "$(inside "$target" var/cache/apt)/pkgcache.bin" "$(inside "$target" var/cache/apt)/srcpkgcache.bin"
if [ -d "$(inside "$target" var/lib/dnf)" ]; then
  python3 -c "$DIBKIT_SETTLE_DNF" "$(inside "$target" .)" "$SOURCE_DATE_EPOCH" || echo "some state of dnf could not be settled"
fi
mount_points | xargs -0r -I%directory% find %directory% -xdev -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -c -d "@$SOURCE_DATE_EPOCH" {} + ||
  echo "some times could not be set"
