#!/bin/bash
# A hook of mmdebstrap, which gives the directory of the root: installs what debian-minimal installs in root.d, and the
# packages that a file lists, in one transaction.

if [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then
    set -x
fi
set -eu
set -o pipefail

root=$1
listed=$2

# The init system, and what scripts of the phases in the image call.
base=(systemd-sysv busybox sudo gnupg2 python3)

function apt_get {
    DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        chroot "$root" apt-get --assume-yes --option Dpkg::Options::=--force-confold --option Dpkg::Options::=--force-confdef \
        --option Dpkg::Use-Pty=0 "$@"
}

# To apt, what debootstrap installs was asked for, and so is what stands here already.
rm -f "$root/var/lib/apt/extended_states"

# A name that only a later phase's sources have is left for that phase.
mapfile -t known < <(chroot "$root" apt-cache pkgnames | sort | join - <(sort -u "$listed"))

# debian-minimal installs these before recommendations are switched off, and whatever they recommend is marked as installed
# for their sake.
apt_get --option APT::Install-Recommends=true --simulate install "${base[@]}" >"$root/tmp/base-packages"
mapfile -t with_base < <(sed -n 's/^Inst \([^ ]*\).*/\1/p' "$root/tmp/base-packages")
rm "$root/tmp/base-packages"
mapfile -t automatic < <(comm -23 <(printf '%s\n' "${with_base[@]}" | sort) <(printf '%s\n' "${base[@]}" "${known[@]}" | sort))

apt_get --option APT::Install-Recommends=false install "${base[@]}" "${automatic[@]}" "${known[@]}"
chroot "$root" apt-mark auto "${automatic[@]}" >/dev/null
