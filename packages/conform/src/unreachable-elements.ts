/** Why an upstream element cannot be built from a Debian mirror alone. */
const REASONS: readonly { readonly names: RegExp; readonly reason: string }[] = [
  { names: /^(ubuntu|hpdsa$)/, reason: "needs Ubuntu's mirror" },
  { names: /^(lvm|apt-sources\/test-sources)$/, reason: "depends on ubuntu-minimal" },
  {
    names: /^(centos7?|rhel\d*(-common)?|fedora)$/,
    reason: "starts from a cloud image that the distribution publishes",
  },
  { names: /^fedora-container$/, reason: "needs a container registry" },
  {
    names: /^centos-minimal$/,
    reason: "is CentOS 7 or 8 in upstream 3.13, which a synthetic distribution does not name",
  },
  { names: /^(epel|oat-client)$/, reason: "needs packages of the repository EPEL" },
  { names: /^dracut-/, reason: "needs dracut in the image, which takes the place of Debian's initramfs-tools" },
  { names: /^(opensuse|zypper)/, reason: "needs openSUSE's mirror" },
  { names: /^gentoo$/, reason: "needs Gentoo's mirror" },
  { names: /^(containerfile|docker)$/, reason: "needs a container registry" },
  { names: /^(zipl|uboot)$/, reason: "needs another architecture" },
  {
    names: /^(simple-init|proliant-tools|tpm-emulator|keylime-agent|rax-nova-agent|ensure-venv|python-stow-versions)$/,
    reason: "fetches sources from elsewhere",
  },
  {
    names: /^(pip-and-virtualenv|python-brickclient)$/,
    reason: "depends on epel, which needs packages of the repository EPEL",
  },
  { names: /^mellanox$/, reason: "needs packages that Debian no longer has, such as libibcommon" },
  { names: /^deploy-targetcli$/, reason: "needs the package targetcli, which Debian has as targetcli-fb" },
  { names: /^debian-upstart$/, reason: "needs upstart, which Debian no longer has" },
  { names: /^stable-interface-names$/, reason: "needs biosdevname, which Debian no longer has" },
  { names: /^dib-run-parts$/, reason: "needs dib-utils, which Debian 12 does not have" },
  {
    names: /^ilo$/,
    reason: "has a hook that upstream's own ramdisk script cannot run: it calls run_d without a parameter",
  },
  { names: /^deploy-kexec$/, reason: "depends on an element that upstream no longer has" },
  {
    names: /^modprobe-blacklist$/,
    reason: "has a hook of modprobe's, which debootstrap needs: upstream too refuses the two",
  },
  {
    names: /^(debian\/build-succeeds|debian-minimal\/(stable|testing)-.*)$/,
    reason:
      "builds Debian 13 or newer, which upstream 3.13 cannot: its debian-minimal installs software-properties-common",
  },
  { names: /^iso$/, reason: "mounts a FAT image, and the kernel where this page was made has no driver for it" },
];

export function unreachableReason(element: string): string | undefined {
  return REASONS.find(({ names }) => names.test(element))?.reason;
}
