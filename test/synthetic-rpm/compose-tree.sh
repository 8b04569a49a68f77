#!/bin/bash
# Composes an ostree repository with two commits from two states of a repository of RPMs.
#
#   compose-tree.sh WORK RELEASE BRANCH
#
# WORK/1 and WORK/2 are the two states; WORK/result gets the repository (repo) and the two commits (commits). Runs in a
# mount namespace of its own, so that nothing stays mounted.
set -eu -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$1
release=$2
branch=$3
tree=${work}/tree

packages=(
    bash coreutils systemd systemd-udev util-linux passwd sudo hostname findutils grep sed gawk gzip tar which less
    kernel dracut dracut-config-generic ostree ostree-boot NetworkManager iproute openssh-server cloud-init
    docker-storage-setup e2fsprogs rpm glibc-minimal-langpack ca-certificates
)
if [ "${release}" -ge 30 ]; then
    packages+=(fedora-release-cloud)
else
    packages+=(fedora-release)
fi

# The database lies where libostree finds it in every deployment; dnf has no option for it.
export HOME=${work}/home
mkdir -p "${HOME}" "${work}/repos"
echo '%_dbpath /usr/lib/sysimage/rpm' > "${HOME}/.rpmmacros"

install_from() {
    local state=$1 root=$2 verb=$3
    shift 3
    printf '[state%s]\nname=state %s\nbaseurl=file://%s/%s\ngpgcheck=0\n' \
        "${state}" "${state}" "${work}" "${state}" > "${work}/repos/synthetic.repo"
    dnf -q -y --disableplugin=local --setopt=reposdir="${work}/repos" --setopt=cachedir="${work}/cache" \
        --releasever="${release}" --installroot "${root}" "${verb}" "$@"
}

with_mounts() {
    mkdir -p "${tree}/proc" "${tree}/dev" "${tree}/sys"
    mount -t proc none "${tree}/proc"
    mount --bind /dev "${tree}/dev"
    mount -t sysfs -o ro none "${tree}/sys"
    "$@"
    umount "${tree}/sys" "${tree}/dev" "${tree}/proc"
}

make_tree() {
    mkdir -p "${tree}/usr/lib/sysimage/rpm"
    # As yum-minimal does: what is a link in filesystem must not be made a directory by another package.
    install_from 1 "${tree}" install basesystem filesystem setup
    install_from 1 "${tree}" install "${packages[@]}"
    version=$(basename "$(echo "${tree}"/usr/lib/modules/*)")
    cp "${tree}/boot/vmlinuz-${version}" "${tree}/usr/lib/modules/${version}/vmlinuz"
    chroot "${tree}" dracut --force --no-hostonly --no-hostonly-cmdline --reproducible --add 'ostree systemd' \
        --kver "${version}" "/usr/lib/modules/${version}/initramfs.img"
}

# The initramfs that the kernel package makes for a machine without libostree would be made for nothing.
mkdir -p "${tree}/etc/dracut.conf.d"
with_mounts make_tree

cp -a "${tree}" "${work}/second"
tree=${work}/second
update_tree() {
    install_from 2 "${tree}" upgrade
}
with_mounts update_tree

mkdir -p "${work}/result"
repo=${work}/result/repo
ostree --repo="${repo}" init --mode=archive
ostree --repo="${repo}" config set archive.zlib-level 1
number=0
for tree in "${work}/tree" "${work}/second"; do
    number=$((number + 1))
    "${here}/arrange-tree.sh" "${tree}"
    ostree --repo="${repo}" commit --branch="${branch}" --add-metadata-string=version="${release}.${number}" \
        --timestamp="@$((1700000000 + number))" --subject="${release}.${number}" --tree=dir="${tree}" >> "${work}/result/commits"
    rm -rf --one-file-system "${tree}"
done
ostree --repo="${repo}" summary -u
