/** Why an upstream element cannot be built from a Debian mirror alone. */
const REASONS: readonly { readonly names: RegExp; readonly reason: string }[] = [
  { names: /^(ubuntu|dkms$)/, reason: "needs Ubuntu's mirror" },
  { names: /^lvm$/, reason: "depends on ubuntu-minimal" },
  {
    names: /^(centos|rhel|fedora|redhat-common|rpm-distro|yum|epel|selinux-permissive|disable-selinux|dracut-)/,
    reason: "needs an rpm distribution",
  },
  { names: /^(opensuse|zypper)/, reason: "needs openSUSE's mirror" },
  { names: /^gentoo$/, reason: "needs Gentoo's mirror" },
  { names: /^(containerfile|docker)$/, reason: "needs a container registry" },
  { names: /^(zipl|uboot)$/, reason: "needs another architecture" },
  {
    names:
      /^(simple-init|pip-and-virtualenv|python-|proliant-tools|tpm-emulator|keylime-agent|rax-nova-agent|ensure-venv)/,
    reason: "fetches sources from elsewhere",
  },
  { names: /^(hpdsa|ilo|mellanox|hwburnin|oat-client|hwdiscovery)$/, reason: "needs a vendor's packages" },
  { names: /^stable-interface-names$/, reason: "needs biosdevname, which Debian no longer has" },
  { names: /^dib-run-parts$/, reason: "needs dib-utils, which Debian 12 does not have" },
  { names: /^deploy-kexec$/, reason: "depends on an element that upstream no longer has" },
];

export function unreachableReason(element: string): string | undefined {
  return REASONS.find(({ names }) => names.test(element))?.reason;
}
