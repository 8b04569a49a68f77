/**
 * Programs and builtins that read no variable of DIB's and no element file that is not on their command line. What is
 * not listed may: programs of the network or of an unknown package, and such that run scripts of others (`make`, `pip`,
 * `update-initramfs`, `run-parts`).
 */
export const WELL_KNOWN_PROGRAMS: ReadonlySet<string> = new Set(
  [
    // bash
    ": . [ alias bg break builtin caller cd command continue declare dirs disown echo enable exec exit export false fg",
    "getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return",
    "set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait",
    // functions of the builder
    "die get_image_element_array",
    // coreutils and its like
    "arch b2sum base32 base64 basename cat chcon chgrp chmod chown cksum comm cp csplit cut date dd df dir dircolors",
    "dirname du expand expr factor fmt fold head hostid hostname id install join link ln logname ls md5sum mkdir mkfifo",
    "mknod mktemp mv nl nproc numfmt od paste pathchk pr ptx readlink realpath rm rmdir seq sha1sum sha224sum",
    "sha256sum sha384sum sha512sum shred shuf sleep sort split stat stty sum sync tac tail tee timeout touch tr truncate",
    "tsort tty uname unexpand uniq unlink users vdir wc who whoami yes",
    "awk gawk mawk cmp diff diff3 patch egrep fgrep grep sed find xargs locate file which less more bc jq xmllint",
    "bunzip2 bzip2 cpio gunzip gzip lz4 tar unlzma unsquashfs unxz unzip xz zcat zip zstd unzstd mksquashfs rsync",
    "ar openssl gpg gpgv gpgconf curl wget ldd ldconfig strip objcopy iconv localedef locale getconf getent getopt",
    // accounts, filesystems, devices, kernel
    "adduser addgroup chage chpasswd delgroup deluser gpasswd groupadd groupdel groupmod passwd useradd userdel usermod",
    "visudo vipw sudo su chroot nice ionice nohup env flock unshare nsenter stdbuf setpriv time logger mountpoint mount",
    "umount findmnt lsblk blkid blockdev fdisk sfdisk parted partx sgdisk losetup dmsetup kpartx udevadm fallocate lsof",
    "fuser mkfs mkfs.ext4 mkfs.xfs mkfs.vfat mke2fs mkdosfs mkswap swapon swapoff e2label e2fsck fsck resize2fs tune2fs",
    "xfs_admin xfs_growfs lvs vgs pvs lsattr chattr getfacl setfacl getfattr setfattr setcap getcap restorecon setfiles",
    "semanage setsebool getenforce modprobe lsmod modinfo depmod sysctl dmesg uptime free pgrep pidof ip ifquery ethtool",
    "sysctl-write-value qemu-img uuidgen timedatectl hostnamectl localectl ssh-keygen",
    // packages and services
    "apt apt-cache apt-config apt-get apt-key apt-mark aptitude add-apt-repository dpkg dpkg-deb dpkg-divert dpkg-query",
    "dpkg-reconfigure dpkg-statoverride debconf-set-selections debootstrap mmdebstrap locale-gen update-alternatives update-rc.d",
    "alternatives chkconfig dnf microdnf repoquery rpm rpm2cpio rpmdb rpmkeys yum yum-config-manager yumdownloader",
    "zypper emerge emerge-webrsync eselect apk systemctl systemd-machine-id-setup systemd-firstboot systemd-id128",
    "systemd-sysusers systemd-tmpfiles journalctl loginctl service rc-update update-ca-certificates update-ca-trust git",
    "build-locale-archive subscription-manager podman-unshare deb-systemd-helper invoke-rc.d",
  ]
    .join(" ")
    .split(" "),
);
