import { createHash } from "node:crypto";
import { toPortable } from "../host/portable-member.js";
import { createTarRewriter, TAR_BLOCK } from "../host/tar-rewriter.js";

/** Takes the bytes of one pax archive, in pieces of any size. */
export interface TarHash {
  write(chunk: Buffer): void;
  /** Hexadecimal SHA-256 of the archive as it would be on any machine, see `toPortable`, with attributes sorted by name. */
  digest(): string;
}

/** Two blocks of zeros end an archive, and tar fills the record of twenty blocks that it writes at once. */
const END_BYTES = 2 * TAR_BLOCK;
const RECORD_BYTES = 20 * TAR_BLOCK;

const ATTRIBUTE = "SCHILY.xattr.";

/**
 * Hash of what tar writes. Filesystems list the extended attributes of a file in different orders (tmpfs as they were
 * set, ext4 as it stores them) and tar keeps that order, so a copy of a tree would have another hash than the tree.
 */
export function createTarHash(): TarHash {
  const hash = createHash("sha256");
  let length = 0;
  let ended = false;
  const rewriter = createTarRewriter(
    (member) => {
      const portable = toPortable(member);
      return [{ ...portable, records: sortAttributes(portable.records) }];
    },
    (bytes) => {
      if (ended) return;
      hash.update(bytes);
      length += bytes.length;
    },
    () => {
      ended = true;
      return [];
    },
  );
  return {
    write: rewriter.write,
    digest() {
      // How many blocks tar has filled its last record with depends on the archive as it was.
      if (ended) hash.update(Buffer.alloc(Math.ceil((length + END_BYTES) / RECORD_BYTES) * RECORD_BYTES - length));
      return hash.digest("hex");
    },
  };
}

/** The attributes in order of their bytes after the length; all other records stay where they are. */
function sortAttributes(records: readonly Buffer[]): readonly Buffer[] {
  const keyed = records.map((record) => ({ record, key: record.subarray(record.indexOf(" ") + 1) }));
  const isAttribute = ({ key }: { readonly key: Buffer }) => key.toString("latin1", 0, ATTRIBUTE.length) === ATTRIBUTE;
  const sorted = keyed.filter(isAttribute).sort((left, right) => Buffer.compare(left.key, right.key));
  let next = 0;
  return keyed.map((each) => (isAttribute(each) ? (sorted[next++] ?? each) : each).record);
}
