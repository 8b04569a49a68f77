import { debianMirror, defineMatrix, elementRef } from "@dibkit/model";
import { acmeWeb } from "./elements/acme-web.ts";

/** Debian with and without the web server: `dibkit matrix` shows what the images share. */
export default defineMatrix({
  name: "web",
  axes: { release: ["bookworm"], flavour: ["plain", "server"], formats: [["qcow2"], ["raw"]] },
  image: ({ release, flavour, formats }) => ({
    elements: [elementRef("vm"), elementRef("debian-minimal"), ...(flavour === "server" ? [acmeWeb] : [])],
    arch: "amd64",
    formats,
    environment: { DIB_RELEASE: release, ...debianMirror(release) },
  }),
});
