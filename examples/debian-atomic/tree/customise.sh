#!/bin/bash
# Runs as a hook of mmdebstrap, with /dev, /proc and /sys mounted in the tree: settings, units, kernel, initramfs.
set -eu -o pipefail

root=$1

echo debian-atomic > "${root}/etc/hostname"
: > "${root}/etc/machine-id"
rm -f "${root}"/etc/ssh/ssh_host_* "${root}/var/lib/dbus/machine-id"

# What cloud-init has to do where /usr is read-only and there is no apt, no locale definition and no other shell.
cat > "${root}/etc/cloud/cloud.cfg.d/10-atomic.cfg" << 'EOF'
cloud_init_modules: [seed_random, write-files, growpart, resizefs, set_hostname, update_hostname, users-groups, ssh]
cloud_config_modules: [set-passwords, runcmd]
cloud_final_modules: [scripts-vendor, scripts-per-once, scripts-per-boot, scripts-per-instance, scripts-user, final-message]
EOF

# Debian keeps the unit that mounts /tmp as an example only.
cp "${root}/usr/share/systemd/tmp.mount" "${root}/usr/lib/systemd/system/"
chroot "${root}" systemctl enable systemd-networkd.service systemd-resolved.service tmp.mount ssh.service
# What cloud-init needs enabled is the image element's business: a tree serves machines with and without it.
chroot "${root}" systemctl disable cloud-init-local.service cloud-init.service cloud-config.service cloud-final.service
# Nothing of podman's has to run before someone runs a container.
chroot "${root}" systemctl disable podman.socket podman.service podman-auto-update.service podman-restart.service
rm -f "${root}/etc/resolv.conf"
ln -s ../run/systemd/resolve/stub-resolv.conf "${root}/etc/resolv.conf"

# libostree sets every time of change to 0, and Python would compile everything anew at each start of cloud-init.
chroot "${root}" python3 -m compileall -q -f -j 0 --invalidation-mode unchecked-hash /usr/lib/python3 /usr/lib/python3.??

# libostree looks for exactly one kernel, in /usr/lib/modules, with its initramfs beside it.
version=$(basename "$(echo "${root}"/usr/lib/modules/*)")
cp "${root}/boot/vmlinuz-${version}" "${root}/usr/lib/modules/${version}/vmlinuz"
chroot "${root}" dracut --force --no-hostonly --no-hostonly-cmdline --reproducible --compress 'zstd -3 -T0 -q' \
    --add 'ostree systemd' --omit 'plymouth network lvm mdraid dmraid crypt btrfs multipath iscsi nfs cifs' \
    --kver "${version}" "/usr/lib/modules/${version}/initramfs.img"
