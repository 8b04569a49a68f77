#!/bin/bash
# Turns an ordinary root filesystem into the shape libostree deploys: everything in /usr, state in /var, /etc as default.
set -eu -o pipefail

root=$1
cd "${root}"

find boot -mindepth 1 -delete
rm -f vmlinuz vmlinuz.old initrd.img initrd.img.old

mkdir -p usr/lib/sysimage usr/lib/tmpfiles.d
mv var/lib/dpkg usr/lib/sysimage/dpkg

# /var starts empty on every machine, so systemd-tmpfiles makes the directories the packages brought.
{
    find var -mindepth 1 -type d -printf 'd /%p %#m %u %g -\n'
    echo 'L /var/lib/dpkg - - - - ../../usr/lib/sysimage/dpkg'
    for directory in home opt srv mnt usrlocal; do
        echo "d /var/${directory} 0755 root root -"
    done
    echo 'd /var/roothome 0700 root root -'
    echo 'd /run/media 0755 root root -'
} > usr/lib/tmpfiles.d/debian-atomic.conf

for directory in var run tmp dev home root opt srv mnt media usr/local; do
    rm -rf --one-file-system "${directory}"
done
mkdir -p var run tmp dev sysroot
chmod 1777 tmp
ln -s var/home home
ln -s var/roothome root
ln -s var/opt opt
ln -s var/srv srv
ln -s var/mnt mnt
ln -s run/media media
ln -s ../var/usrlocal usr/local
ln -s sysroot/ostree ostree

mv etc usr/etc
