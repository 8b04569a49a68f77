import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { err, ok, type Result } from "@dibkit/model";
import { signatureFile, signatureFiles } from "../proof/signature-file.js";

/** The image property that has the signed statements: what `base64 -d | gunzip` makes IMAGE.intoto.jsonl of again. */
const PROVENANCE_PROPERTY = "dibkit_provenance";
/** Glance keeps properties in columns of the type TEXT, which hold that many bytes in MySQL. */
const LONGEST_PROPERTY = 65_535;

/** The signed statements beside an image as a property of it, checked against the image's bytes. */
export async function provenanceProperty(
  image: string,
): Promise<Result<Readonly<Record<string, string>>, { readonly message: string; readonly help?: string }>> {
  const file = signatureFile(image);
  if (file === undefined)
    return err({
      message: `there is no signed statement "${signatureFiles(image)[0]}"`,
      help: 'make it with "dibkit sign"',
    });
  const { envelopesAbout } = await import("@dibkit/contents");
  let envelopes: Awaited<ReturnType<typeof envelopesAbout>>;
  try {
    envelopes = await envelopesAbout(image, await readFile(file, "utf8"));
  } catch (error) {
    return err({ message: `cannot read the image and its statement: ${(error as Error).message}` });
  }
  if (!envelopes.ok) return err({ message: `"${file}" ${envelopes.error}`, help: "sign the image as it is" });
  const lines = envelopes.value.map((envelope) => `${JSON.stringify(envelope)}\n`).join("");
  const value = gzipSync(lines, { level: 9 }).toString("base64");
  if (value.length > LONGEST_PROPERTY)
    return err({
      message: `the signed statement of "${image}" has ${value.length} bytes, and a property of Glance ${LONGEST_PROPERTY} at most`,
      help: "sign with one key, and keep the file beside the image",
    });
  return ok({ [PROVENANCE_PROPERTY]: value });
}
