interface Successor {
  /** Element that takes its place, under the same conditions. */
  readonly replacement?: string;
  readonly help: string;
}

const BARE_METAL = "use ironic-python-agent, which deploys bare metal today";

/** Elements that upstream still has and calls deprecated, in their READMEs or its release notes. */
export const DEPRECATED_ELEMENTS: ReadonlyMap<string, Successor> = new Map<string, Successor>([
  ["centos7", { replacement: "centos", help: 'depend on "centos", with DIB_RELEASE=7' }],
  ["rhel7", { replacement: "rhel", help: 'depend on "rhel", with DIB_RELEASE=7' }],
  ["modprobe-blacklist", { replacement: "modprobe", help: 'depend on "modprobe", which does the same' }],
  ["dib-python", { help: "let scripts in the image run /usr/bin/python3, which every distribution has" }],
  ["dib-run-parts", { help: "install the package dib-utils where the image itself needs dib-run-parts" }],
  ["deploy-baremetal", { help: BARE_METAL }],
  ["deploy-kexec", { help: BARE_METAL }],
  ["deploy-targetcli", { help: BARE_METAL }],
  ["deploy-tgtadm", { help: BARE_METAL }],
]);

/** Elements that upstream has no more, and what is to be done by those who still name them. */
export const REMOVED_ELEMENTS: ReadonlyMap<string, Successor> = new Map<string, Successor>([
  ["ironic-agent", { help: "use element ironic-python-agent-ramdisk of ironic-python-agent-builder" }],
  ["serial-console", { replacement: "enable-serial-console", help: 'depend on "enable-serial-console"' }],
]);

/** Elements that upstream has since a version, for those who lint with an older one. */
export const LATER_ELEMENTS: ReadonlyMap<string, string> = new Map([
  ["openeuler-minimal", "3.14"],
  ["rocky-container", "3.18"],
  ["elrepo", "3.25"],
  ["cloud-init-growpart", "3.26"],
  ["fips", "3.28"],
  ["nm-dhcp-ib-interfaces", "3.31"],
  ["fail2ban", "3.32"],
  ["almalinux-container", "3.33"],
  ["autoupdates", "3.34"],
  ["block-device-efi-4k", "3.34"],
  ["replace-partition", "3.34"],
  ["replace-partition-redhat", "3.34"],
  ["selinux-fixfiles-restore", "3.34"],
]);
