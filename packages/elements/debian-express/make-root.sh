#!/bin/bash
# Makes the root filesystem by one run of mmdebstrap, with the packages in it that list-packages.sh has found. What it cannot
# know yet is installed when its phase comes, as ever.

if [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then
    set -x
fi
set -eu
set -o pipefail

work=$(mktemp -d)
trap 'sudo rm -rf "$work"' EXIT

function stop {
    echo "debian-express: $1" >&2
    exit 1
}

# Options of mmdebstrap that mean what an option of debootstrap means.
options=()
included=()
for word in ${DIB_DEBOOTSTRAP_EXTRA_ARGS:-}; do
    case $word in
        --include=*) included+=("${word#*=}") ;;
        --keyring=*) DIB_APT_KEYRING=${word#*=} ;;
        --no-check-gpg) options+=(--aptopt='Acquire::AllowInsecureRepositories "1"; APT::Get::AllowUnauthenticated "1"') ;;
        --verbose | --merged-usr | --log-extra-deps | --cache-dir=*) ;;
        *) stop "mmdebstrap has nothing for \"$word\" of DIB_DEBOOTSTRAP_EXTRA_ARGS; build with debian-minimal" ;;
    esac
done
if [ -n "${DIB_DEBIAN_DEBOOTSTRAP_SCRIPT:-}" ]; then
    stop "mmdebstrap runs no script of debootstrap, so leave DIB_DEBIAN_DEBOOTSTRAP_SCRIPT empty, or build with debian-minimal"
fi

# mmdebstrap takes the stand-ins that a user namespace has for devices for real ones, and cannot remove what it tried.
# Where nothing makes devices it shows those of the host while it works, and leaves an empty /dev.
mkdir "$work/bin"
if ! grep -qE '^ *0 +0 +4294967295$' /proc/self/uid_map; then
    printf '#!/bin/sh\nexit 1\n' >"$work/bin/mknod"
    chmod 0755 "$work/bin/mknod"
fi

# All keys that sources may be signed with.
mkdir "$work/keys" "$work/sources"
keyring=${DIB_APT_KEYRING:-${DIB_DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}}
if [ -f "$keyring" ]; then
    cp -L "$keyring" "$work/keys/"
fi
if [ -n "${DIB_ADD_APT_KEYS:-}" ]; then
    cp -Lt "$work/keys" "$DIB_ADD_APT_KEYS"/*
fi

# The sources of the image; its base may come from a mirror that is none of them.
base="deb $DIB_DISTRIBUTION_MIRROR $DIB_RELEASE ${DIB_DEBIAN_COMPONENTS//,/ }"
while read -r line; do
    if [ -n "$line" ]; then
        echo "${line#*:}" >"$work/sources/${line%%:*}.list"
    fi
done <<<"$DIB_APT_SOURCES_CONF"
cat "$work/sources"/*.list >"$work/transaction.list"
grep -qxF "$base" "$work/transaction.list" || echo "$base" >>"$work/transaction.list"

cp "$TMP_HOOKS_PATH/debian-express/packages" "$work/wanted"
printf '%s\n' "${included[@]}" | tr ',' '\n' >>"$work/wanted"
tr ' ' '\n' <<<"${DIB_EXPRESS_LATER:-}" | sort -u >"$work/later"
sed '/^$/d' "$work/wanted" | sort -u | comm -23 - "$work/later" >"$work/packages"

# The cache is copied and not mounted, because apt would lock it against all other builds.
archives=$TARGET_ROOT/var/cache/apt/archives
cache=
if [ "${DIB_APT_LOCAL_CACHE:-1}" != 0 ]; then
    cache=$DIB_IMAGE_CACHE/apt/$DISTRO_NAME
    mkdir -p "$cache"
    sudo mkdir -p "$archives"
    for package in "$cache"/*.deb; do
        [ ! -f "$package" ] || echo "$package"
    done | xargs --no-run-if-empty sudo cp -pt "$archives"
    options+=(--skip=essential/unlink)
fi

chmod -R a+rX "$work"
sudo env LC_ALL=C "PATH=$work/bin:$PATH" "http_proxy=${http_proxy:-}" "https_proxy=${https_proxy:-}" "no_proxy=${no_proxy:-}" \
    mmdebstrap --mode=root --variant=minbase --format=directory --architectures="$ARCH" \
    --keyring="$work/keys" \
    --skip=check/empty --skip=cleanup/apt --skip=cleanup/reproducible --skip=cleanup/run \
    --setup-hook="$TMP_HOOKS_PATH/debian-express/before-transaction.sh \"\$1\"" \
    --hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr \
    --customize-hook="$TMP_HOOKS_PATH/debian-express/install-packages.sh \"\$1\" $work/packages" \
    "${options[@]}" \
    "$DIB_RELEASE" "$TARGET_ROOT" "$work/transaction.list"

# As mmdebstrap makes it where it can.
if [ -x "$work/bin/mknod" ]; then
    while read -r name major minor; do
        sudo mknod -m 0666 "$TARGET_ROOT/dev/$name" c "$major" "$minor"
    done <<'EOF'
console 5 1
full 1 7
null 1 3
ptmx 5 2
random 1 8
tty 5 0
urandom 1 9
zero 1 5
EOF
    sudo ln -s /proc/self/fd "$TARGET_ROOT/dev/fd"
    sudo ln -s /proc/self/fd/0 "$TARGET_ROOT/dev/stdin"
    sudo ln -s /proc/self/fd/1 "$TARGET_ROOT/dev/stdout"
    sudo ln -s /proc/self/fd/2 "$TARGET_ROOT/dev/stderr"
    sudo mkdir -m 0755 "$TARGET_ROOT/dev/pts" "$TARGET_ROOT/dev/shm"
fi

if [ -n "$cache" ]; then
    sudo cp -npt "$cache" "$archives"/*.deb
fi
sudo rm -f "$archives"/*.deb
sudo rm -rf "$TARGET_ROOT/etc/apt/sources.list" "$TARGET_ROOT/etc/apt/sources.list.d" \
    "$TARGET_ROOT/etc/apt/apt.conf.d/99mmdebstrap"
sudo mkdir -p "$TARGET_ROOT/etc/apt/sources.list.d"
sudo cp -t "$TARGET_ROOT/etc/apt/sources.list.d" "$work/sources/"*.list
# The one architecture of a root is dpkg's own, which needs no list.
if [ "$(cat "$TARGET_ROOT/var/lib/dpkg/arch" 2>/dev/null)" = "$ARCH" ]; then
    sudo rm "$TARGET_ROOT/var/lib/dpkg/arch"
fi
# Of a keyring that was named, the image's own apt needs to know too; what DIB_ADD_APT_KEYS holds comes with the element dpkg.
if [ -n "${DIB_APT_KEYRING:-${DIB_DEBIAN_KEYRING:-}}" ]; then
    sudo cp -L "$keyring" "$TARGET_ROOT/etc/apt/trusted.gpg.d/"
fi
