// What the synthetic distribution is made of: Debian's packages, and what Fedora calls them.

const words = (text) => text.trim().split(/\s+/);

/** Debian packages that elements ask for under Fedora's names; what they depend on comes along. */
export const WANTED = words(`
  bash coreutils libc6 libc-bin tzdata util-linux mount bsdutils fdisk libpam-runtime login passwd systemd systemd-sysv
  udev libpam-systemd dbus kmod procps iproute2 iputils-ping findutils grep sed gzip tar diffutils gawk less hostname
  debianutils ncurses-bin ncurses-base xz-utils bzip2 curl ca-certificates openssl rpm dnf dnf-plugins-core python3 sudo
  openssh-server e2fsprogs cloud-guest-utils rsync gettext-base lsof tcpdump traceroute python3-selinux rng-tools5
  auditd open-iscsi lsb-release network-manager isc-dhcp-client dracut dracut-core cpio linux-image-cloud-amd64
  grub-pc-bin grub2-common grub-common ostree ostree-boot cloud-init netbase sysvinit-utils libnss-myhostname
`);

/** What is never followed: the tools of Debian's own package manager, and what only they or nobody here needs. */
export const LEFT_OUT = new Set(
  words(`
  dpkg apt debconf debconf-2.0 cdebconf adduser init-system-helpers lsb-base perl-base perl ucf install-info media-types
  mime-support usr-is-merged usrmerge initramfs-tools linux-initramfs-tool linux-base base-files base-passwd dash mawk
  awk default-logind libfile-libmagic-perl policykit-1 polkitd pkexec perl:any gnupg gpg sensible-utils ifupdown
  util-linux-extra logsave debugedit dbus-user-session systemd-timesyncd e-wrapper wpasupplicant bsdextrautils libgpm2
  python3-minimal:any xdg-user-dirs python3-distutils python3-lib2to3 readline-common libterm-readline-perl-perl
  ssl-cert ppp distro-info-data libpam-cap locales libc-l10n os-prober gettext default-dbus-system-bus dbus-system-bus
  dbus-session-bus default-dbus-session-bus
`),
);

/** Debian's name, Fedora's name; all other packages keep theirs. */
const NAMES = new Map(
  words(`
  libc6=glibc libc-bin=glibc-common login=util-linux-login passwd=shadow-utils libpam-runtime=pam-config
  libpam-modules=pam libpam-modules-bin=pam-bin libpam0g=pam-libs udev=systemd-udev libpam-systemd=systemd-pam
  libsystemd0=systemd-libs mount=util-linux-mount bsdutils=util-linux-bsdutils fdisk=util-linux-fdisk
  eject=util-linux-eject procps=procps-ng iproute2=iproute iputils-ping=iputils debianutils=which ncurses-bin=ncurses
  libtinfo6=ncurses-libs xz-utils=xz libcurl4=libcurl libssl3=openssl-libs openssh-client=openssh-clients
  cloud-guest-utils=cloud-utils-growpart gettext-base=gettext python3-selinux=python3-libselinux rng-tools5=rng-tools
  auditd=audit libaudit1=audit-libs open-iscsi=iscsi-initiator-utils lsb-release=redhat-lsb-core
  network-manager=NetworkManager libnm0=NetworkManager-libnm isc-dhcp-client=dhcp-client grub-common=grub2-common
  grub2-common=grub2-tools grub-pc-bin=grub2-pc libostree-1-1=ostree-libs libkmod2=kmod-libs librpm9=rpm-libs
  zlib1g=zlib libgcc-s1=libgcc libglib2.0-0=glib2 libselinux1=libselinux libpython3.11-stdlib=python3-libs
  python3-yaml=python3-pyyaml libnss-myhostname=nss-myhostname dracut-core=dracut dracut=dracut-systemd-meta
  linux-image-cloud-amd64=kernel
`).map((pair) => pair.split("=")),
);

/** @param {string} debianName */
export function fedoraName(debianName) {
  return isKernel(debianName) ? "kernel-core" : (NAMES.get(debianName) ?? debianName);
}

/** Whether a Debian package holds a kernel, and not only depends on the newest. @param {string} debianName */
export const isKernel = (debianName) => /^linux-image-\d/.test(debianName);
