import { debianMirror, defineImage, elementRef } from "@dibkit/model";
import { acmeWeb } from "./elements/acme-web.ts";

const release = "bookworm";

export default defineImage({
  name: "web-server",
  elements: [elementRef("vm"), elementRef("debian-minimal"), acmeWeb],
  arch: "amd64",
  formats: ["qcow2"],
  environment: {
    DIB_RELEASE: release,
    // The element brings systemd-networkd, so Debian's ifupdown files are not needed.
    DIB_APT_MINIMAL_CREATE_INTERFACES: "0",
    ...debianMirror(release),
  },
});
