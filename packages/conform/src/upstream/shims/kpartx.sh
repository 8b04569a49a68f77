#!/bin/bash
# Stands in for kpartx where the kernel has no device-mapper. Upstream asks for partitions with "kpartx -uvs DEVICE" (or -av)
# and expects them at /dev/mapper/loopNpM; here partx tells the kernel each partition (BLKPG) and links lead there. -d takes
# them away. Stale partitions of an earlier user of the loop device are dropped first.
set -eu
mode=add
device=
for word in "$@"; do
  case "$word" in
    -*d*) mode=delete ;;
    -*) ;;
    *) device=$word ;;
  esac
done
[ -n "$device" ] || { echo "kpartx: no device named" >&2; exit 1; }
name=${device##*/}
shopt -s nullglob
for link in /dev/mapper/"$name"p*; do
  if [ -L "$link" ]; then rm -f "$link"; fi
done
partx --delete "$device" 2>/dev/null || true
[ "$mode" = add ] || exit 0
blockdev --flushbufs "$device"
partx --add "$device"
mkdir -p /dev/mapper
for partition in /sys/class/block/"$name"/"$name"p*; do
  node=/dev/${partition##*/}
  IFS=: read -r major minor < "$partition/dev"
  [ -e "$node" ] || mknod -m 0660 "$node" b "$major" "$minor"
  ln -sf "$node" /dev/mapper/
  echo "add map ${partition##*/}"
done
