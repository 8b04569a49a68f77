import { createHash } from "node:crypto";

/** Takes the bytes of one pax archive, in pieces of any size. */
export interface TarHash {
  write(chunk: Buffer): void;
  /** Hexadecimal SHA-256 of the archive as it would be with each entry's extended attributes sorted by name. */
  digest(): string;
}

const BLOCK = 512;
const SIZE = { start: 124, end: 136 };
const TYPE = 156;
const PAX_HEADER = "x".charCodeAt(0);
const BASE_256 = 0x80;
const ATTRIBUTE = "SCHILY.xattr.";

/**
 * Hash of what tar writes. Filesystems list the extended attributes of a file in different orders (tmpfs as they were
 * set, ext4 as it stores them) and tar keeps that order, so a copy of a tree would have another hash than the tree.
 */
export function createTarHash(): TarHash {
  const hash = createHash("sha256");
  let pieces: Buffer[] = [];
  let pending = 0;
  /** Bytes of content that go into the hash as they are. */
  let content = 0;
  /** Bytes of the extended header being gathered, its padding too; 0 while a file header is. */
  let extended = 0;
  let extendedSize = 0;
  let sizeOfNext: number | undefined;

  const complete = (bytes: Buffer) => {
    if (extended > 0) {
      const records = paxRecords(bytes.subarray(0, extendedSize));
      sizeOfNext = sizeRecord(records);
      hash.update(Buffer.concat(sortAttributes(records)));
      hash.update(bytes.subarray(extendedSize));
      extended = 0;
      return;
    }
    hash.update(bytes);
    const size = sizeField(bytes.subarray(SIZE.start, SIZE.end));
    if (bytes[TYPE] === PAX_HEADER) {
      extendedSize = size;
      extended = padded(size);
      return;
    }
    content = padded(sizeOfNext ?? size);
    sizeOfNext = undefined;
  };

  return {
    write(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (content > 0) {
          const taken = Math.min(content, chunk.length - at);
          hash.update(chunk.subarray(at, at + taken));
          content -= taken;
          at += taken;
          continue;
        }
        const wanted = extended > 0 ? extended : BLOCK;
        const piece = chunk.subarray(at, at + wanted - pending);
        pieces.push(piece);
        pending += piece.length;
        at += piece.length;
        if (pending < wanted) return;
        const whole = pieces.length === 1 ? piece : Buffer.concat(pieces);
        pieces = [];
        pending = 0;
        complete(whole);
      }
    },
    digest: () => hash.digest("hex"),
  };
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** A size as tar writes it: octal digits, or big-endian bytes after a first byte with its highest bit set. */
function sizeField(field: Buffer): number {
  const first = field[0] ?? 0;
  if (first >= BASE_256) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first - BASE_256);
  return Number.parseInt(field.toString("latin1"), 8) || 0;
}

/** The records of an extended header, each `LENGTH NAME=VALUE\n` where the length counts itself. */
function paxRecords(bytes: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) throw new Error(`an extended tar header has no record length at byte ${at}`);
    records.push(bytes.subarray(at, at + length));
    at += length;
  }
  return records;
}

function sizeRecord(records: readonly Buffer[]): number | undefined {
  const values = records.map((record) => /^\d+ size=(\d+)\n$/.exec(record.toString("latin1", 0, 64))?.[1]);
  const size = values.findLast((value) => value !== undefined);
  return size === undefined ? undefined : Number(size);
}

/** The attributes in order of their bytes after the length; all other records stay where they are. */
function sortAttributes(records: readonly Buffer[]): readonly Buffer[] {
  const keyed = records.map((record) => ({ record, key: record.subarray(record.indexOf(" ") + 1) }));
  const isAttribute = ({ key }: { readonly key: Buffer }) => key.toString("latin1", 0, ATTRIBUTE.length) === ATTRIBUTE;
  const sorted = keyed.filter(isAttribute).sort((left, right) => Buffer.compare(left.key, right.key));
  let next = 0;
  return keyed.map((each) => (isAttribute(each) ? (sorted[next++] ?? each) : each).record);
}
