/** Elements that upstream calls deprecated, has renamed or moved, and what to do; from its READMEs and release notes. */
export const RENAMED_ELEMENTS: ReadonlyMap<string, { readonly replacement?: string; readonly help: string }> = new Map([
  ["centos7", { replacement: "centos", help: 'depend on "centos", with DIB_RELEASE=7' }],
  ["rhel7", { replacement: "rhel", help: 'depend on "rhel", with DIB_RELEASE=7' }],
  ["modprobe-blacklist", { replacement: "modprobe", help: 'depend on "modprobe", which does the same' }],
  ["dib-python", { help: "let scripts in the image run /usr/bin/python3, which every distribution has" }],
  ["dib-run-parts", { help: "install the package dib-utils where the image itself needs dib-run-parts" }],
  ["ironic-agent", { help: "use element ironic-python-agent-ramdisk of ironic-python-agent-builder" }],
  ["deploy-baremetal", { help: "use ironic-python-agent, which deploys bare metal today" }],
  ["deploy-kexec", { help: "use ironic-python-agent, which deploys bare metal today" }],
  ["deploy-targetcli", { help: "use ironic-python-agent, which deploys bare metal today" }],
  ["deploy-tgtadm", { help: "use ironic-python-agent, which deploys bare metal today" }],
  ["serial-console", { replacement: "enable-serial-console", help: 'depend on "enable-serial-console"' }],
]);
