import { mapOf, type TypeOf, text } from "./shape.js";

/** `svc-map`: what services are called on each distribution. */
export const svcMapSchema = mapOf(
  mapOf(text(), {
    description: "Name of the service by distro, by family (`debian`, `redhat`, `suse`), or by `default`",
  }),
  {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "svc-map of a diskimage-builder element",
    description: "Distribution service names; distro goes before family, family before default",
  },
);

export type SvcMapDocument = TypeOf<typeof svcMapSchema>;
