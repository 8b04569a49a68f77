const REPLACEMENT = "\uFFFD";
const MAYBE_ESCAPED = /[\uDC80-\uDCFF]/;

/** Length of the well-formed UTF-8 sequence at `at`, or 0 when the byte there starts none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString("utf8");
  return text.includes(REPLACEMENT) && !isReplacement(bytes, at) ? 0 : length;
}

function isReplacement(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;
}

/**
 * A file name as a string. Bytes that are not UTF-8 become lone surrogates U+DC80..U+DCFF, as Python's
 * `surrogateescape` does, so that `encodePath` gives back exactly the same bytes.
 */
export function decodePath(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString("utf8");
  if (!text.includes(REPLACEMENT) || Buffer.from(text, "utf8").equals(buffer)) return text;
  let decoded = "";
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer, at);
    if (length === 0) {
      decoded += String.fromCharCode(0xdc00 + (buffer[at] as number));
      at += 1;
    } else {
      decoded += buffer.toString("utf8", at, at + length);
      at += length;
    }
  }
  return decoded;
}

/** The bytes of a name from `decodePath`. */
export function encodePath(path: string): Buffer {
  if (!MAYBE_ESCAPED.test(path)) return Buffer.from(path, "utf8");
  const parts: Buffer[] = [];
  for (const character of path) {
    const code = character.codePointAt(0) as number;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? Buffer.of(code - 0xdc00) : Buffer.from(character, "utf8"));
  }
  return Buffer.concat(parts);
}

/** A path for `node:fs`: the string itself, or bytes when it holds escaped ones. */
export function fsPath(path: string): string | Buffer {
  return MAYBE_ESCAPED.test(path) ? encodePath(path) : path;
}
