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
