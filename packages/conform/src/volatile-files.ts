/** Files whose content two builds of the same thing never share, upstream's own included, each with the reason. */
export interface VolatileFile {
  readonly path: RegExp;
  readonly reason: string;
}

export const VOLATILE_FILES: readonly VolatileFile[] = [
  { path: /^etc\/ssh\/ssh_host_\w+_key(\.pub)?$/, reason: "host keys are random" },
  { path: /^etc\/machine-id$|^var\/lib\/dbus\/machine-id$/, reason: "machine ids are random" },
  { path: /^var\/lib\/systemd\/(random-seed|catalog\/database)$/, reason: "systemd writes a random id into it" },
  { path: /^etc\/iscsi\/initiatorname\.iscsi$/, reason: "initiator names are random" },
  { path: /^etc\/fstab$/, reason: "compared by its meaning; UUIDs are random" },
  { path: /^var\/lib\/dpkg\/status(-old)?$/, reason: "compared as the list of packages" },
  {
    path: /^(var\/lib|usr\/lib\/sysimage)\/rpm\/(rpmdb\.sqlite(-wal|-shm)?|Packages(\.db)?)$/,
    reason: "compared as the list of packages; rpm notes when it installed",
  },
  { path: /^var\/lib\/dnf\/history\.sqlite(-wal|-shm)?$/, reason: "dnf notes when it installed" },
  { path: /^var\/cache\/dnf\/(packages\.db|.*\.solvx?)$/, reason: "dnf notes when it looked at the repositories" },
  { path: /^boot\/(initrd\.img|initramfs)-/, reason: "archives of the initramfs hold the time they were made" },
  { path: /^boot\/grub\/(grub\.cfg|grubenv)$/, reason: "names filesystems by their random UUIDs" },
  { path: /^boot\/grub\/.*\/(core|load)\.(img|cfg|efi)$/, reason: "names filesystems by their random UUIDs" },
  { path: /^var\/cache\/ldconfig\/aux-cache$/, reason: "holds inode numbers and times" },
  { path: /^var\/lib\/apt\/lists\//, reason: "a mirror may publish between two builds" },
  { path: /^var\/cache\/apt\/(src)?pkgcache\.bin$/, reason: "an image of memory" },
  { path: /\/\.git\/(index|logs\/.*)$/, reason: "git notes when it cloned" },
  { path: /\/__pycache__\/.*\.pyc$/, reason: "holds the time of its source" },
];
