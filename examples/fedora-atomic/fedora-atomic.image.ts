import { defineImage, elementRef } from "@dibkit/model";
import { fedoraAtomic } from "./elements/fedora-atomic.ts";

/** The image for Glance. Release and tree are variables: see the README. */
export default defineImage({
  name: "fedora-atomic",
  // Naming vm gives the disk its usual partition table; the element itself leaves that open.
  elements: [elementRef("vm"), fedoraAtomic],
  arch: "amd64",
  formats: ["qcow2"],
  // The tree is added when the size of the disk is decided already.
  size: 2.2,
  // The tree that is deployed by default is one of Fedora 23.
  environment: { DIB_RELEASE: process.env.DIB_RELEASE ?? "23" },
});
