// Accounts that Debian's maintainer scripts would make, so that files have the owners they have there.

const nologin = "/usr/sbin/nologin";
const user = (name, uid, gid, home, shell = nologin) => ({ name, uid, gid, home, shell });

export const USERS = [
  user("root", 0, 0, "/root", "/bin/bash"),
  user("daemon", 1, 1, "/usr/sbin"),
  user("bin", 2, 2, "/bin"),
  user("sys", 3, 3, "/dev"),
  user("mail", 8, 8, "/var/mail"),
  user("_apt", 42, 65534, "/nonexistent"),
  user("messagebus", 100, 110, "/nonexistent"),
  user("systemd-network", 998, 998, "/"),
  user("sshd", 101, 65534, "/run/sshd"),
  user("tcpdump", 102, 112, "/nonexistent"),
  user("nobody", 65534, 65534, "/nonexistent"),
];

export const GROUPS = `
  root:0 daemon:1 bin:2 sys:3 adm:4 tty:5 disk:6 lp:7 mail:8 wheel:10 kmem:15 dialout:20 cdrom:24 floppy:25 tape:26
  sudo:27 audio:29 dip:30 src:40 shadow:42 utmp:43 video:44 sasl:45 plugdev:46 staff:50 games:60 users:100
  messagebus:110 _ssh:111 tcpdump:112 netdev:113 crontab:991 render:992 kvm:993 sgx:994 input:995 systemd-network:998
  systemd-journal:999 nogroup:65534
`
  .trim()
  .split(/\s+/)
  .map((entry) => entry.split(":"))
  .map(([name, gid]) => ({ name, gid }));
