import { bash, elementRef } from "@dibkit/model";
import { atomicElement } from "../../fedora-atomic/atomic-element.ts";

const branch = bash`debian-atomic/$DIB_RELEASE/$ARCH/standard`;

/** Debian as a tree of ostree: the element of Fedora Atomic, on a system whose tree anyone can make at home. */
export const debianAtomic = atomicElement({
  name: "debian-atomic",
  summary: "turns a Debian image into a machine that runs a tree of ostree",
  description: "The tree is one that ``tree/compose.sh`` made; see the example's README.",
  prefix: "DEBIAN_ATOMIC",
  base: [elementRef("debian-minimal")],
  tree: {
    url: bash`http://127.0.0.1:8080/`,
    ref: branch,
    branch,
  },
  kernelArguments: "nofb nomodeset",
  title: bash`Debian (ostree)`,
  containerStorage: {
    file: "etc/containers/storage.conf",
    content: bash`
      [storage]
      driver = "overlay"
      graphroot = "/var/lib/containers/storage"
      runroot = "/run/containers/storage"
    `,
    // It would pull newer images behind the administrator's back.
    insteadOf: "podman-auto-update.timer",
  },
  removePackages: bash`
    export DEBIAN_FRONTEND=noninteractive
    mapfile -t unneeded < <(
        dpkg-query -W -f '\${db:Status-Abbrev}\${binary:Package}\n' \
            'linux-image-*' 'initramfs-tools*' dracut cloud-initramfs-growroot 2> /dev/null |
            sed -n 's/^ii  *//p'
    )
    if [ "\${#unneeded[@]}" -gt 0 ]; then
        apt-get -y purge "\${unneeded[@]}"
    fi
    apt-get -y autoremove --purge
    apt-get clean
  `,
});
