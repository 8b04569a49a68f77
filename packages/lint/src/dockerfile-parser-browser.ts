import * as parser from "dockerfile-utils";

type Parser = typeof import("dockerfile-utils");

/** The parser as a bundle for browsers holds it; package.json names this file in the place of `dockerfile-parser`. */
export function dockerfileParser(): Parser {
  return { ...parser, validate };
}

// The parser asks Node's Buffer for the bytes of a byte-order mark, and for nothing else.
const BUFFER = { from: (text: string) => new TextEncoder().encode(text) };

const validate: Parser["validate"] = (...words) => {
  const page = globalThis as { Buffer?: unknown };
  if (page.Buffer !== undefined) return parser.validate(...words);
  page.Buffer = BUFFER;
  try {
    return parser.validate(...words);
  } finally {
    delete page.Buffer;
  }
};
