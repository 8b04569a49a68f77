/** Files that builds with the same date do not make alike, and why; paths are without their leading slash. */
const KNOWN: readonly { readonly path: RegExp; readonly reason: string }[] = [
  {
    path: /^etc\/ssh\/ssh_host_\w+_key(\.pub)?$/,
    reason: "host keys are random; remove them, and the first boot makes new ones",
  },
  {
    path: /^(etc|var\/lib\/dbus)\/machine-id$/,
    reason: "machine ids are random; leave the file empty for the first boot to fill",
  },
  { path: /^var\/lib\/systemd\/random-seed$/, reason: "it is a random seed; remove it" },
  {
    path: /^etc\/iscsi\/initiatorname\.iscsi$/,
    reason: 'the package makes up a name unless the file is there; write "GenerateName=yes" into it before',
  },
  { path: /^boot\/initr(d|amfs)/, reason: "it has copies of other files of the image, and differs where they do" },
  {
    path: /^var\/lib\/dnf\/history\.sqlite/,
    reason: "dnf notes when it installed, and did so in a form that is not settled",
  },
  { path: /^var\/cache\/(dnf|yum)\//, reason: "dnf notes when it looked at a file of its cache" },
  { path: /^var\/lib\/apt\/lists\//, reason: "the package mirror published in between" },
  { path: /\/\.git\/(index|logs\/.*)$/, reason: "git notes when it cloned" },
  { path: /^etc\/ssl\/private\/|\.pem$/, reason: "keys and certificates are random" },
];

/** Why the content of a path differs, where that is known. */
export function knownReason(path: string): string | undefined {
  return KNOWN.find((known) => known.path.test(path.replace(/^\//, "")))?.reason;
}
