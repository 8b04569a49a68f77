import type { Element } from "@dibkit/model";
import { FORMATS } from "../formats/formats.js";
import type { BuildRequest } from "../job/build-request.js";

/** An element of this name, or with it in its name, says that nobody wants the disk. */
const NO_FINAL_IMAGE = "no-final-image";

/**
 * The formats that a build writes. Of a ramdisk, and with the element no-final-image, nobody wants the disk: what
 * counts is what scripts leave beside it. Formats of the tree are written all the same.
 */
export function finalFormats(request: BuildRequest, elements: readonly Pick<Element, "name">[]): readonly string[] {
  const wantsDisk = request.ramdiskElement === undefined && !elements.some(({ name }) => name.includes(NO_FINAL_IMAGE));
  if (wantsDisk) return request.formats;
  return request.formats.filter((name) => FORMATS.find((unit) => unit.name === name)?.source !== "image");
}
