import { type Static, Type } from "@sinclair/typebox";

const names = Type.Record(Type.String(), Type.String(), {
  description: "Packages for each name, separated by spaces; an empty string installs nothing",
});

/** `pkg-map`: what the packages named in package-installs are called on each distribution. */
export const pkgMapSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: "Schema for editors; diskimage-builder ignores it" })),
    release: Type.Optional(
      Type.Record(Type.String(), Type.Record(Type.String(), names), { description: "By distro, then by release" }),
    ),
    distro: Type.Optional(Type.Record(Type.String(), names, { description: "By DISTRO_NAME, such as `ubuntu`" })),
    family: Type.Optional(
      Type.Record(Type.String(), names, { description: "By family: `debian`, `redhat`, `suse`, `gentoo`" }),
    ),
    default: Type.Optional(names),
  },
  {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "pkg-map of a diskimage-builder element",
    description: "Distribution package names; release goes before distro, distro before family, family before default",
    additionalProperties: false,
  },
);

export type PkgMapDocument = Static<typeof pkgMapSchema>;
