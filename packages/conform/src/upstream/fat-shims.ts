/**
 * Stand in for `mount` and `umount` where the kernel has no FAT driver, as dibkit's own disks do: a FAT
 * partition is shown as a tmpfs whose source is named like it, so that grub-install finds the partition, and its tree
 * is written into it by mtools when it is unmounted. Any other call goes to the real program.
 */
export const FAT_SHIMS: Readonly<Record<string, string>> = {
  mount: `#!/bin/bash
set -eu
if [ $# -eq 2 ] && [ -b "$1" ] && [ "$(blkid -p -o value -s TYPE "$1" || true)" = vfat ]; then
  exec /usr/bin/mount -t tmpfs -o mode=0755 "$(readlink -f "$1")" "$2"
fi
exec /usr/bin/mount "$@"
`,
  umount: `#!/bin/bash
set -eu
directory=\${!#}
device=$(findmnt --noheadings --output SOURCE --types tmpfs --mountpoint "$directory" 2>/dev/null || true)
if [ -b "$device" ]; then
  shopt -s nullglob dotglob
  content=("$directory"/*)
  if [ \${#content[@]} -gt 0 ]; then
    MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8 mcopy -i "$device" -s -Q -m "\${content[@]}" ::/
  fi
  blockdev --flushbufs "$device"
fi
exec /usr/bin/umount "$@"
`,
};
