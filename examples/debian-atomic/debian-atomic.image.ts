import { debianMirror, defineImage, elementRef } from "@dibkit/model";
import { debianAtomic } from "./elements/debian-atomic.ts";

const release = "bookworm";

export default defineImage({
  name: "debian-atomic",
  elements: [elementRef("vm"), debianAtomic],
  arch: "amd64",
  formats: ["qcow2"],
  // The system that carries the build is never booted, so it goes without what makes one comfortable.
  base: false,
  // The tree is added when the size of the disk is decided already.
  size: 3,
  environment: {
    DIB_RELEASE: release,
    DIB_APT_MINIMAL_CREATE_INTERFACES: "0",
    // Nor does its kernel need an initramfs.
    INITRD: "No",
    DIB_GRUB_TIMEOUT: "3",
    ...debianMirror(release),
  },
});
