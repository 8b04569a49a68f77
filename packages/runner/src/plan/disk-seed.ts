import { basename } from "node:path";
import { hashText } from "../job/hash-text.js";

/**
 * What UUIDs and disk signatures are made from: the same for the same image whoever builds it wherever, and another one
 * for an image of another name or of other elements.
 */
export function diskSeed(image: string, architecture: string, elements: readonly string[]): string {
  return hashText(JSON.stringify([basename(image), architecture, elements])).slice(0, 16);
}
