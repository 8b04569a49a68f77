#!/bin/bash
# A hook of mmdebstrap, which gives the directory of the root: what shall hold for the transaction, and for everything
# until install.d.

if [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then
    set -x
fi
set -eu
set -o pipefail

root=$1

# The element dpkg writes the same file later, and removes it in the end: a tree that is lost with the power is made anew.
mkdir -p "$root/etc/dpkg/dpkg.cfg.d" "$root/usr/local/sbin"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/02apt-speedup"

# Kernels and triggers would each make the initramfs: install.d/02-debian-express-initramfs removes these two files, and
# makes it once. apt sets the PATH of what it starts.
mkdir -p "$root/etc/apt/apt.conf.d"
echo 'DPkg::Path "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";' >"$root/etc/apt/apt.conf.d/99debian-express"
printf '#!/bin/sh\nexit 0\n' >"$root/usr/local/sbin/update-initramfs"
chmod 0755 "$root/usr/local/sbin/update-initramfs"
