import { dpkgStatus, type TextEntry, textImage } from "../../contents/test/text-image.js";
import { type Image, imageOf } from "../src/image.js";

export { dpkgStatus, type TextEntry };

/** An image of texts, as `openImage` gives it. */
export function imageOfTexts(tree: Readonly<Record<string, TextEntry>>): Image {
  return imageOf(textImage(tree), { ownersKnown: true });
}
