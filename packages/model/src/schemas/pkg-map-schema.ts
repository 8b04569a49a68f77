import { mapOf, object, type TypeOf, text } from "./shape.js";

const names = mapOf(text(), {
  description: "Packages for each name, separated by spaces; an empty string installs nothing",
});

/** `pkg-map`: what the packages named in package-installs are called on each distribution. */
export const pkgMapSchema = object(
  {},
  {
    $schema: text({ description: "Schema for editors; diskimage-builder ignores it" }),
    release: mapOf(mapOf(names), { description: "By distro, then by release" }),
    distro: mapOf(names, { description: "By DISTRO_NAME, such as `ubuntu`" }),
    family: mapOf(names, { description: "By family: `debian`, `redhat`, `suse`, `gentoo`" }),
    default: names,
  },
  {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "pkg-map of a diskimage-builder element",
    description: "Distribution package names; release goes before distro, distro before family, family before default",
  },
);

export type PkgMapDocument = TypeOf<typeof pkgMapSchema>;
