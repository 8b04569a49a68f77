#!/bin/bash
# Runs inside the new namespaces of a sandbox: makes the host's programs visible, read-only, in the root directory $1, hides
# the faked ones behind their fakes, and runs the other arguments there. Merged-/usr links are copied as links.
set -eu
root=$1
shift
mount --make-rprivate /
mount --bind "$root" "$root"
for tool in usr bin sbin lib lib32 lib64 libx32 etc/alternatives; do
    if [ -L "/$tool" ]; then
        ln -sfn "$(readlink "/$tool")" "$root/$tool"
    elif [ -d "/$tool" ]; then
        mkdir -p "$root/$tool"
        mount --bind "/$tool" "$root/$tool"
        mount -o remount,bind,ro "$root/$tool"
    fi
done
for fake in "$root"/run/dibkit/bin/*; do
    [ -e "$fake" ] || continue
    for directory in usr/bin usr/sbin bin sbin; do
        if [ -e "$root/$directory/${fake##*/}" ] && [ ! -L "$root/$directory" ]; then
            mount --bind "$fake" "$(readlink -f "$root/$directory")/${fake##*/}" || true
        fi
    done
done
for device in null zero full random urandom tty; do
    [ -e "/dev/$device" ] || continue
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t proc proc "$root/proc"
exec chroot "$root" "$@"
