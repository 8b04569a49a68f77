import { bash, elementRef, envDefault, variable } from "@dibkit/model";
import { atomicElement } from "../atomic-element.ts";

/** Fedora Atomic, as OpenStack Magnum boots it: Docker, Kubernetes, etcd and Flannel from a tree of ostree. */
export const fedoraAtomic = atomicElement({
  name: "fedora-atomic",
  summary: "turns a Fedora image into Fedora Atomic, for the nodes of OpenStack Magnum",
  description:
    "The tree is pulled from an ostree repository and deployed on the finished disk; the Fedora that the image was\n" +
    "built from only carries the build, and is never booted.",
  prefix: "FEDORA_ATOMIC",
  base: [elementRef("fedora-minimal")],
  tree: {
    url: bash`https://dl.fedoraproject.org/pub/fedora/linux/atomic/$DIB_RELEASE/`,
    // A commit of Fedora 23's docker-host branch, which has all that Magnum needs. Other releases want it set.
    ref: bash`954bdbeebebfa87b625d9d7bd78c81400bdd6756fcc3205987970af4b64eb678`,
    branch: bash`fedora-atomic/f$DIB_RELEASE/x86_64/docker-host`,
  },
  // The trees of the time did not label /var on a first boot, hence SELinux off.
  kernelArguments: "nofb nomodeset vga=normal rd.shell=0 selinux=0",
  title: bash`Fedora $DIB_RELEASE (ostree)`,
  environment: {
    FEDORA_ATOMIC_DOCKER_POOL: envDefault(
      "/dev/mapper/docker-docker--pool",
      "the thin pool Docker keeps its containers in",
      { phases: ["finalise.d"] },
    ),
  },
  containerStorage: {
    file: "etc/sysconfig/docker-storage",
    content: bash`DOCKER_STORAGE_OPTIONS="--storage-opt dm.thinpooldev=${variable("FEDORA_ATOMIC_DOCKER_POOL")}"`,
    insteadOf: "docker-storage-setup.service",
  },
  removePackages: bash`
    unneeded=()
    for package in dracut grubby kernel initscripts man-pages redhat-lsb-core selinux-policy selinux-policy-targeted; do
        if rpm --quiet -q "$package"; then
            unneeded+=("$package")
        fi
    done
    # Yum is the tool up to Fedora 21; it takes the same words.
    tool=dnf
    case $DIB_RELEASE in
        1[0-9] | 20 | 21) tool=yum ;;
    esac
    if [ "\${#unneeded[@]}" -gt 0 ]; then
        "$tool" -y remove "\${unneeded[@]}"
    fi
    "$tool" -y autoremove
    "$tool" clean all
  `,
});
