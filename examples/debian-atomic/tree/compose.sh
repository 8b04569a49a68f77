#!/bin/bash
# Makes an ostree repository with two commits of a minimal Debian system, from the machine's own apt configuration.
#
#   tree/compose.sh DIRECTORY
#
# DIRECTORY/repo is the repository (archive mode, ready for any static HTTP server), DIRECTORY/commits names the two
# commits. A repository made by the same recipe is kept as it is, so running this again costs nothing.
set -eu -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
destination=${1:?usage: compose.sh DIRECTORY}
codename=$(. /etc/os-release && echo "${VERSION_CODENAME}")
version=$(. /etc/os-release && echo "${VERSION_ID}")
arch=$(dpkg --print-architecture)
branch=debian-atomic/${codename}/${arch}/standard

# linux-image-cloud keeps the initramfs small; it exists for these two architectures.
case ${arch} in
    amd64 | arm64) kernel=linux-image-cloud-${arch} ;;
    *) kernel=linux-image-${arch} ;;
esac

packages=(
    "${kernel}" systemd systemd-sysv systemd-resolved dbus udev kmod mount passwd login e2fsprogs util-linux
    ostree ostree-boot dracut
    iproute2 netbase zstd ca-certificates procps less
    cloud-init cloud-guest-utils openssh-server sudo
    podman crun
)

mkdir -p "${destination}"
destination=$(cd "${destination}" && pwd)
recipe=$(cat "${here}"/*.sh | sha256sum | cut -d ' ' -f 1)-${codename}-${arch}
if [ "$(cat "${destination}/recipe" 2>/dev/null || true)" = "${recipe}" ]; then
    echo "the repository in ${destination} is current" >&2
    exit 0
fi

missing=()
for tool in ostree mmdebstrap; do
    command -v "${tool}" >/dev/null || missing+=("${tool}")
done
if [ ${#missing[@]} -gt 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2
fi

work=$(mktemp -d "${destination}/work.XXXXXX")
trap 'rm -rf --one-file-system "${work}"' EXIT

# Only Debian's own archives, wherever this machine gets them from, with this machine's network settings.
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    sort -u > "${work}/sources.list"
apt-config dump | grep -E '^Acquire::(Check-|http|https|ftp|Retries|ForceIPv)' > "${work}/apt.conf" || true
[ -s "${work}/sources.list" ] || { echo "apt has no Debian package list: run apt-get update first" >&2; exit 1; }

# The kernel's hook would make an initramfs that customise.sh makes again, for libostree.
export INITRD=No
include=$(IFS=,; echo "${packages[*]}")
# In a mount namespace of its own, so that /dev, /proc and /sys are not left in the tree when this is killed.
unshare --mount --propagation private mmdebstrap --mode=root --variant=essential --format=directory --include="${include}" \
    --aptopt="${work}/apt.conf" \
    --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --customize-hook="${here}/customise.sh \"\$1\"" \
    "${codename}" "${work}/tree" "${work}/sources.list" >&2

"${here}/arrange.sh" "${work}/tree"

repo=${work}/repo
commit() {
    ostree --repo="${repo}" commit --branch="${branch}" --add-metadata-string=version="$1" --subject="$1" "${@:2}"
}

ostree --repo="${repo}" init --mode=archive
ostree --repo="${repo}" config set archive.zlib-level 1
first=$(commit "${version}.1" --tree=dir="${work}/tree")

# The second commit is what an update brings: a program that was not there, and a new default below /etc.
mkdir -p "${work}/update/usr/bin" "${work}/update/usr/etc"
printf '#!/bin/sh\necho "hello from the second tree"\n' > "${work}/update/usr/bin/atomic-hello"
chmod 0755 "${work}/update/usr/bin/atomic-hello"
echo "update = second" > "${work}/update/usr/etc/atomic.conf"
second=$(commit "${version}.2" --tree=ref="${first}" --tree=dir="${work}/update")
ostree --repo="${repo}" summary -u

rm -rf "${destination}/repo"
mv "${repo}" "${destination}/repo"
printf 'branch=%s\nfirst=%s\nsecond=%s\n' "${branch}" "${first}" "${second}" > "${destination}/commits"
echo "${recipe}" > "${destination}/recipe"
cat "${destination}/commits" >&2
