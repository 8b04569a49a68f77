import { hashText } from "../job/hash-text.js";

/** Name of the line of builds of one image: its steps explain their misses by the build before. */
export function lineageOf(image: string, architecture: string): string {
  return hashText(JSON.stringify([image, architecture])).slice(0, 12);
}
