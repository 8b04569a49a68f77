import { type BashFragment, bash, variable } from "@dibkit/model";

// The steps of the finalise script, in the order they run. They share a few shell variables: `repo`, `deployment`
// (the directory the tree was deployed to) and, from the boot loader entry, `kernel`, `initramfs` and `arguments`.

/** A file of the deployment that tells the container runtime where to keep its data. */
export interface ContainerStorage {
  /** Path in the deployment, such as `etc/sysconfig/docker-storage`. */
  readonly file: string;
  readonly content: BashFragment;
  /** The unit that would decide this at boot; a tree that does not have it is left as it is. */
  readonly insteadOf: string;
}

/** Pulls the tree and deploys it, so that `ostree admin upgrade` finds where it came from. */
export function deployTree(name: string, prefix: string): BashFragment {
  return bash`
    fail() {
        echo ${`${name}: `}"$1" >&2
        exit 1
    }

    url=${variable(`${prefix}_TREE_URL`)}
    ref=${variable(`${prefix}_TREE_REF`)}
    branch=${variable(`${prefix}_TREE_BRANCH`)}
    repo=/ostree/repo

    # The libostree of some releases sets a system root up in os-init, that of others wants it told.
    case "$(ostree admin init-fs --help 2>&1)" in
        *--modern*)
            [ -d "$repo" ] || ostree admin init-fs --modern /
            ;;
    esac

    # With this link there, libostree writes a menu of its deployments to /boot/loader/syslinux.cfg, now and at every
    # upgrade in the running system. GRUB can read it, so nothing of GRUB's has to be in the tree.
    mkdir -p /boot/loader.0/entries /boot/syslinux
    [ -e /boot/loader ] || ln -s loader.0 /boot/loader
    # Without a timeout GRUB would take the file for one command instead of a menu.
    [ -e /boot/loader/syslinux.cfg ] || echo "TIMEOUT 50" > /boot/loader/syslinux.cfg
    ln -sfn ../loader/syslinux.cfg /boot/syslinux/syslinux.cfg

    ostree admin os-init ${name}
    ostree remote delete --repo="$repo" --if-exists ${name}
    ostree remote add --repo="$repo" --set=gpg-verify=false ${name} "$url"
    if [[ "$ref" =~ ^[0-9a-f]{64}$ ]]; then
        # One commit, but on the branch that upgrades will follow.
        ostree pull --repo="$repo" ${name} "$branch@$ref"
    else
        branch=$ref
        ostree pull --repo="$repo" ${name} "$branch"
    fi

    # The kernel arguments are those of the image: the build host's are its own business.
    read -r -a words <<< ${variable(`${prefix}_KERNEL_ARGUMENTS`)}
    ostree admin deploy --os=${name} --karg=root=LABEL="$DIB_ROOT_LABEL" --karg=ro \
        "\${words[@]/#/--karg-append=}" ${`${name}:`}"$branch"
    ostree remote delete --repo="$repo" ${name}
  `;
}

/** Asks libostree's own boot loader entry what was deployed, and checks that it is there. */
export function findDeployment(): BashFragment {
  return bash`
    entries=(/boot/loader/entries/ostree-*.conf)
    if [ "\${#entries[@]}" -ne 1 ] || [ ! -f "\${entries[0]}" ]; then
        fail "expected one boot loader entry of ostree in /boot/loader/entries"
    fi
    entry_field() {
        sed -n "s/^$1[[:space:]]*//p" "\${entries[0]}"
    }
    kernel=$(entry_field linux)
    initramfs=$(entry_field initrd)
    arguments=$(entry_field options)
    [ -f "/boot$kernel" ] || fail "the kernel \"/boot$kernel\" of the tree is missing"
    [ -f "/boot$initramfs" ] || fail "the initramfs \"/boot$initramfs\" of the tree is missing"

    link=$(sed -n 's/.*\bostree=\([^[:space:]]*\).*/\1/p' <<< "$arguments")
    deployment=$(readlink -f "$link")
    [ -d "$deployment/usr" ] || fail "the boot loader entry leads to no deployment: \"$link\""
  `;
}

/** Keeps the mounts of the image, and tells the deployment where its upgrades are. */
export function keepConfiguration(name: string, prefix: string): BashFragment {
  return bash`
    cp /etc/fstab "$deployment/etc/fstab"

    # The remote of the repository is gone with this build, and /etc/ostree here is not the deployment's.
    mkdir -p "$deployment/etc/ostree/remotes.d"
    cat > "$deployment/etc/ostree/remotes.d/${name}.conf" << EOF
    [remote "${name}"]
    url=${variable(`${prefix}_UPDATE_URL`)}
    gpg-verify=false
    EOF
  `;
}

/** Makes GRUB show what libostree deployed; upgrades need no change here. */
export function writeGrubEntry(title: BashFragment): BashFragment {
  return bash`
    # With a boot partition, GRUB sees the content of /boot at the top.
    if mountpoint -q /boot; then
        top=
        label=\${DIB_BOOT_LABEL:?a boot partition needs a label that GRUB can search for}
    else
        top=/boot
        label=$DIB_ROOT_LABEL
    fi
    # libostree writes paths with or without a leading /boot, as its version has it: let both lead to the file.
    [ -e /boot/boot ] || ln -s . /boot/boot

    # The name may be taken by a link into the package of ostree, which must not be written through.
    rm -f /etc/grub.d/15_ostree
    cat > /etc/grub.d/15_ostree << EOF
    #!/bin/sh
    cat << 'EOL'
    search --no-floppy --set=root --label $label
    if insmod syslinuxcfg; then
        extract_syslinux_entries_source --root=$top $top/loader/syslinux.cfg
    else
        menuentry '${title}' --class gnu-linux --class os --unrestricted {
            linux $top$kernel $arguments
            initrd $top$initramfs
        }
    fi
    EOL
    EOF
    chmod +x /etc/grub.d/15_ostree
  `;
}

/** Enables cloud-init, which trees leave off, from the units the tree has. */
export function enableCloudInit(): BashFragment {
  return bash`
    units=()
    for unit in cloud-init-local cloud-init cloud-init-network cloud-init-main cloud-config cloud-final; do
        if [ -f "$deployment/usr/lib/systemd/system/$unit.service" ]; then
            units+=("$unit.service")
        fi
    done
    if [ "\${#units[@]}" -gt 0 ]; then
        # The links must lead to /usr: a path of this deployment would be gone after two upgrades.
        SYSTEMCTL_SKIP_SYSV=1 systemctl --root="$deployment" enable "\${units[@]}"
    else
        echo "the tree has no cloud-init" >&2
    fi
  `;
}

/** Writes the storage configuration, and disables the unit that would write another at boot. */
export function configureContainerStorage(storage: ContainerStorage): BashFragment {
  return bash`
    if [ -f "$deployment/usr/lib/systemd/system/"${storage.insteadOf} ]; then
        mkdir -p "$(dirname "$deployment/"${storage.file})"
        cat > "$deployment/"${storage.file} << EOF
    ${storage.content}
    EOF
        SYSTEMCTL_SKIP_SYSV=1 systemctl --root="$deployment" disable ${storage.insteadOf}
    fi
  `;
}

/** Writes grub.cfg anew, without the kernels of the system that only carried the build. */
export function regenerateGrub(): BashFragment {
  return bash`
    rm -f /etc/grub.d/10_linux /etc/grub.d/10_linux_zfs /etc/grub.d/20_linux_xen
    mkconfig=$(command -v grub2-mkconfig || command -v grub-mkconfig)
    grub_cfg=/boot/grub/grub.cfg
    [ ! -d /boot/grub2 ] || grub_cfg=/boot/grub2/grub.cfg
    "$mkconfig" -o "$grub_cfg"
    if [ -n "\${EFI_BOOT_DIR:-}" ] && [ -f "/boot/efi/$EFI_BOOT_DIR/grub.cfg" ]; then
        cp "$grub_cfg" "/boot/efi/$EFI_BOOT_DIR/grub.cfg"
    fi
  `;
}

/** Removes what nothing will boot any more. Removing a kernel package may rewrite grub.cfg, so that is looked at. */
export function removeOldSystem(packages: BashFragment): BashFragment {
  return bash`
    ${packages}
    rm -f /boot/vmlinuz* /boot/initramfs* /boot/initrd* /boot/System.map* /boot/config-*
    grep -q syslinux_entries "$grub_cfg" || fail "\"$grub_cfg\" has lost the entries of ostree"
  `;
}
