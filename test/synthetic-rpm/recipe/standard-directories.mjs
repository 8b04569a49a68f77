/** Directories that the package `filesystem` owns, as in Fedora; those with `/lib/x86_64-linux-gnu` are Debian's. */
export const STANDARD_DIRECTORIES = `
  / /boot /dev /etc /etc/opt /etc/pki /etc/pki/rpm-gpg /etc/sysconfig /etc/sysconfig/network-scripts /etc/default
  /etc/pam.d /etc/profile.d /etc/yum.repos.d /etc/rpm /etc/dnf /etc/systemd /etc/systemd/system /etc/systemd/user
  /etc/security /etc/sysctl.d /etc/modprobe.d /etc/modules-load.d /etc/ssl /etc/ssl/certs /etc/selinux /etc/skel
  /etc/xdg /etc/dbus-1 /etc/dbus-1/system.d /etc/update-motd.d /home /media /mnt /opt /proc /root /run /srv /sys /tmp
  /usr /usr/bin /usr/sbin /usr/lib /usr/lib64 /usr/libexec /usr/include /usr/games /usr/share /usr/src /usr/local
  /usr/local/bin /usr/local/sbin /usr/local/lib /usr/local/lib64 /usr/local/share /usr/local/etc /usr/local/libexec
  /usr/local/src /usr/lib/x86_64-linux-gnu /usr/lib/systemd /usr/lib/systemd/system /usr/lib/systemd/user
  /usr/lib/systemd/system-preset /usr/lib/tmpfiles.d /usr/lib/sysusers.d /usr/lib/udev /usr/lib/udev/rules.d
  /usr/lib/modules /usr/lib/modprobe.d /usr/lib/sysctl.d /usr/lib/python3 /usr/lib/python3/dist-packages
  /usr/lib/locale /usr/share/dbus-1 /usr/share/man /usr/share/doc /usr/share/info /usr/share/locale /usr/share/misc
  /usr/share/pam-configs /usr/share/polkit-1 /usr/share/zoneinfo /var /var/cache /var/lib /var/lib/misc /var/lib/dbus
  /var/log /var/opt /var/spool /var/mail /var/spool/mail /var/tmp /var/empty /var/local /var/backups /var/adm /var/db
  /var/games
`
  .trim()
  .split(/\s+/);

/** Modes other than 0755. */
export const DIRECTORY_MODES = new Map([
  ["/root", 0o700],
  ["/tmp", 0o1777],
  ["/var/tmp", 0o1777],
]);

/** Mounted in a root before anything is installed there, so a package must not bring them. */
export const MOUNTED_DIRECTORIES = new Set(["/proc", "/sys", "/dev"]);
