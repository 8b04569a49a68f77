import { existsSync } from "node:fs";

/** Where "dibkit sign" writes the signatures of an image: beside it, or beside the outputs of its build. */
export function signatureFiles(image: string): readonly [string, string] {
  return [`${image}.intoto.jsonl`, `${image.replace(/\.[^./]+$/, "")}.intoto.jsonl`];
}

/** The first of these files that is there. */
export function signatureFile(image: string): string | undefined {
  return signatureFiles(image).find((file) => existsSync(file));
}
