#!/bin/bash
# Makes the target ready for scripts: resolv.conf is the host's while the image is built, and the image's own is kept as
# resolv.conf.ORIG, which elements may change; the kernel's filesystems are mounted. Needs the functions of inside-root.sh.
set -eu
target=$TMP_MOUNT_PATH
etc=$(inside "$target" etc)
if [ -L "$etc/resolv.conf" ] || [ -f "$etc/resolv.conf" ]; then
  mv "$etc/resolv.conf" "$etc/resolv.conf.ORIG"
fi
mkdir -p "$etc"
if [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf; else echo nameserver 8.8.8.8; fi > "$etc/resolv.conf"
chmod 777 "$etc/resolv.conf"
proc=$(inside "$target" proc)
dev=$(inside "$target" dev)
sys=$(inside "$target" sys)
mkdir -p "$(inside "$target" tmp/in_target.d)" "$proc" "$dev" "$sys"
mount -t proc none "$proc"
mount --bind /dev "$dev"
mkdir -p "$dev/pts"
mount -t devpts -o "$(findmnt --first-only /dev/pts --noheadings --output OPTIONS)" devpts "$dev/pts"
mount -t sysfs -o ro none "$sys"
