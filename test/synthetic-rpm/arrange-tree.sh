#!/bin/bash
# Turns the installed packages into the shape libostree deploys: everything in /usr, state in /var, /etc as default.
set -eu -o pipefail

cd "$1"

find boot -mindepth 1 -delete
: > etc/machine-id
rm -f etc/ssh/ssh_host_*
ln -sf /usr/share/zoneinfo/UTC etc/localtime

# What cloud-init has to do where /usr is read-only. Its units stay off: enabling them is the image's business.
cat > etc/cloud/cloud.cfg.d/10-atomic.cfg << 'EOF'
locale: false
datasource_list: [NoCloud, None]
cloud_init_modules: [seed_random, write-files, growpart, resizefs, set_hostname, update_hostname, users-groups, ssh]
cloud_config_modules: [set-passwords, runcmd]
cloud_final_modules: [scripts-vendor, scripts-per-once, scripts-per-boot, scripts-per-instance, scripts-user, final-message]
EOF
find etc/systemd/system -name 'cloud-*' -type l -delete

mkdir -p etc/systemd/system/local-fs.target.wants usr/lib/tmpfiles.d
if [ ! -e usr/lib/systemd/system/tmp.mount ]; then
    cp usr/share/systemd/tmp.mount usr/lib/systemd/system/
fi
ln -sf /usr/lib/systemd/system/tmp.mount etc/systemd/system/local-fs.target.wants/tmp.mount

# /var starts empty on every machine, so systemd-tmpfiles makes the directories the packages brought.
{
    find var -mindepth 1 -type d ! -path 'var/cache/dnf/*' ! -path 'var/lib/dnf/*' -printf 'd /%p %#m %U %G -\n'
    for directory in home opt srv mnt usrlocal; do
        echo "d /var/${directory} 0755 root root -"
    done
    echo 'd /var/roothome 0700 root root -'
    echo 'd /run/media 0755 root root -'
} > usr/lib/tmpfiles.d/fedora-atomic.conf

for directory in var run tmp dev proc sys home root opt srv mnt media usr/local; do
    rm -rf --one-file-system "${directory}"
done
mkdir -p var run tmp dev proc sys sysroot
chmod 1777 tmp
ln -s var/home home
ln -s var/roothome root
ln -s var/opt opt
ln -s var/srv srv
ln -s var/mnt mnt
ln -s run/media media
ln -s ../var/usrlocal usr/local
ln -s sysroot/ostree ostree

# libostree sets every time of change to 0, and Python would compile everything anew at each start of cloud-init.
chroot . python3 -m compileall -q -f -j 0 --invalidation-mode unchecked-hash /usr/lib/python3 /usr/lib/python3.?? || :

mv etc usr/etc
