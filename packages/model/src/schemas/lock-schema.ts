import { listOf, mapOf, object, oneOf, type TypeOf, text, wholeNumber } from "./shape.js";

const digest = (description: string) =>
  text({ pattern: "^[0-9a-f]{64}$", examples: ["a SHA-256 digest"], description });

const elementPackage = object(
  { name: text(), version: text() },
  {
    architecture: text(),
    url: text({ description: "Package URL (purl)" }),
    sha256: digest("Of the file that it was installed from, where that is known"),
    element: text({ description: "The element that asked for it" }),
  },
);

const source = object(
  { name: text(), commit: text() },
  { location: text({ description: "URL; absent of a directory" }) },
  { description: "A git repository of source-repositories" },
);

const fetched = object(
  { url: text(), size: wholeNumber({ minimum: 0, description: "Bytes of the answer" }) },
  {
    method: oneOf(["GET", "HEAD", "POST"], { description: "GET unless given" }),
    body: digest("Of what was sent with the request"),
    status: wholeNumber({ minimum: 100, maximum: 599, description: "HTTP status, 200 unless given" }),
    sha256: digest("Of the answer"),
    headers: mapOf(text(), { description: "Headers of the answer that programs go by" }),
  },
);

/** `dibkit.lock`: what an image was built from, so that it can be built from the same again. */
export const lockSchema = object(
  {
    version: { type: "integer", const: 1 } as const,
    image: object(
      { architecture: text(), elements: listOf(text(), { description: "The elements that were asked for" }) },
      { upstream: text({ description: "Version of diskimage-builder" }) },
    ),
    elements: mapOf(digest("Of the element's files"), { description: "All elements, each with its digest" }),
    packages: listOf(elementPackage, { description: "What is installed" }),
    sources: listOf(source),
    fetched: listOf(fetched, { description: "Every answer that scripts got, once" }),
  },
  {},
  {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "lock of an image",
    description: "Written by dibkit lock, for dibkit build --locked",
  },
);

export type LockDocument = TypeOf<typeof lockSchema>;
