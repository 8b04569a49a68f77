import { contentOf } from "@dibkit/contents";
import { type Image, isOwn, unknownContent } from "./image.js";

/** Something that should be known to few and is known to everybody who has the image. No field has the secret itself. */
export interface Secret {
  /** Absolute, in the image. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** What it is: `found private key`, `found basic auth credential`, … */
  readonly what: string;
}

/**
 * Private keys, tokens and passwords in addresses, in all files of text that the image's packages did not bring, and in
 * all of `/etc`: what a package brings is public. Found by the recommended rules of secretlint. Throws an `UnknownFact`
 * when a content or the packages are not known.
 */
export async function secretsOf(image: Image): Promise<readonly Secret[]> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
  ]);
  const owners = await image.owners();
  const rules = [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator }];
  const options = { maskSecrets: true, noPhysicFilePath: true, config: { rules } };
  const secrets: Secret[] = [];
  for (const [path, file] of image.contents.files) {
    if (file.type !== "file" || !isOwn(path, owners)) continue;
    const bytes = await contentOf(image.contents, path);
    if (bytes === undefined && file.bytes > 0) throw unknownContent(image.contents, path);
    if (bytes === undefined || bytes.includes(0)) continue;
    const source = { filePath: path, ext: "", contentType: "text", content: bytes.toString("utf8") } as const;
    const { messages } = await lintSource({ source, options });
    for (const { message, loc } of messages)
      secrets.push({ path, line: loc.start.line, what: message.replace(/[(:]?\s*\*.*$/s, "") });
  }
  return secrets;
}
