/** One member of a pax archive. Texts hold bytes, one a character (latin1), because names and values may be any bytes. */
export interface TarMember {
  /** The block of 512 bytes before the content. Its checksum is made anew when it is written. */
  readonly header: Buffer;
  /** The block before the extended header; undefined when the member had none. */
  readonly extendedHeader?: Buffer | undefined;
  /** Records of the extended header, each `LENGTH NAME=VALUE\n` where the length counts itself. */
  readonly records: readonly Buffer[];
}

/** Takes the bytes of an archive, in pieces of any size. */
export interface TarRewriter {
  write(chunk: Buffer): void;
  /** Says that nothing more comes; throws when the archive ends in the middle of a member. */
  end(): void;
}

export const TAR_BLOCK = 512;
/** Where a header has the length of the content, its checksum, the kind of member and the numbers of a device. */
export const TAR_SIZE = { start: 124, end: 136 };
const CHECKSUM = { start: 148, end: 156 };
export const TAR_TYPE = 156;
export const TAR_DEVICE = { major: { start: 329, end: 337 }, minor: { start: 337, end: 345 } };
const PAX_HEADER = "x";
const BASE_256 = 0x80;
/** It is held in memory. Filesystems give a file much less for its attributes. */
const LARGEST_EXTENDED_HEADER = 64 * 1024 * 1024;

/**
 * Passes an archive on, member by member: `rewrite` gives what is to stand in a member's place, the content of which
 * follows the last one given. What is not changed is passed on byte by byte.
 */
export function createTarRewriter(
  rewrite: (member: TarMember) => readonly TarMember[],
  emit: (bytes: Buffer) => void,
  atEnd: () => readonly TarMember[] = () => [],
): TarRewriter {
  let pieces: Buffer[] = [];
  let pending = 0;
  /** Bytes of content that are passed on as they are. */
  let content = 0;
  /** The extended header being gathered, and how many bytes it has with and without its padding. */
  let extended: { readonly header: Buffer; readonly size: number; readonly padded: number } | undefined;
  let records: readonly Buffer[] = [];
  let extendedHeader: Buffer | undefined;
  let ended = false;

  const write = (members: readonly TarMember[]) => {
    for (const member of members) emit(tarMemberBytes(member));
  };
  const complete = (bytes: Buffer) => {
    if (extended !== undefined) {
      records = paxRecords(bytes.subarray(0, extended.size));
      extendedHeader = extended.header;
      extended = undefined;
      return;
    }
    if (!ended && bytes.every((byte) => byte === 0)) {
      ended = true;
      write(atEnd());
    }
    if (ended) return emit(bytes);
    const size = tarNumber(bytes, TAR_SIZE);
    if (tarType(bytes) === PAX_HEADER) {
      if (size > LARGEST_EXTENDED_HEADER) throw new Error(`an extended tar header has ${size} bytes`);
      extended = { header: bytes, size, padded: tarPadded(size) };
      return;
    }
    content = tarPadded(sizeRecord(records) ?? size);
    const member = { header: bytes, extendedHeader, records };
    records = [];
    extendedHeader = undefined;
    write(rewrite(member));
  };

  return {
    write(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (content > 0) {
          const taken = Math.min(content, chunk.length - at);
          emit(chunk.subarray(at, at + taken));
          content -= taken;
          at += taken;
          continue;
        }
        const wanted = extended?.padded || TAR_BLOCK;
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
    end() {
      if (pending > 0 || content > 0 || extended !== undefined || !ended)
        throw new Error("the archive ends in the middle");
    },
  };
}

/** The blocks of a member before its content. */
function tarMemberBytes({ header, extendedHeader, records }: TarMember): Buffer {
  if (records.length === 0) return withChecksum(header);
  const bytes = Buffer.concat(records);
  const before = Buffer.from(extendedHeader ?? header);
  before.write(PAX_HEADER, TAR_TYPE, "latin1");
  before.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, TAR_SIZE.start, "latin1");
  const padding = Buffer.alloc(tarPadded(bytes.length) - bytes.length);
  return Buffer.concat([withChecksum(before), bytes, padding, withChecksum(header)]);
}

function withChecksum(block: Buffer): Buffer {
  const copy = Buffer.from(block);
  copy.fill(" ", CHECKSUM.start, CHECKSUM.end);
  let sum = 0;
  for (let at = 0; at < copy.length; at += 1) sum += copy[at] ?? 0;
  copy.write(`${sum.toString(8).padStart(6, "0")}\0 `, CHECKSUM.start, "latin1");
  return copy;
}

/** What kind of member it is: `0` a file, `5` a directory. */
export function tarType(header: Buffer): string {
  return String.fromCharCode(header[TAR_TYPE] ?? 0);
}

export function tarPadded(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
}

/** A number as tar writes it: octal digits, or big-endian bytes after a first byte with its highest bit set. */
export function tarNumber(header: Buffer, { start, end }: { readonly start: number; readonly end: number }): number {
  const field = header.subarray(start, end);
  const first = field[0] ?? 0;
  if (first >= BASE_256) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first - BASE_256);
  return Number.parseInt(field.toString("latin1"), 8) || 0;
}

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

/** Name and value of a record. */
export function paxRecordParts(record: Buffer): readonly [name: string, value: string] {
  const text = record.toString("latin1");
  const space = text.indexOf(" ");
  const equals = text.indexOf("=", space);
  return [text.slice(space + 1, equals), text.slice(equals + 1, -1)];
}

/** A record of a name and a value. */
export function paxRecord(name: string, value: string): Buffer {
  const rest = ` ${name}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.from(`${length}${rest}`, "latin1");
}

function sizeRecord(records: readonly Buffer[]): number | undefined {
  const values = records.map((record) => /^\d+ size=(\d+)\n$/.exec(record.toString("latin1", 0, 64))?.[1]);
  const size = values.findLast((value) => value !== undefined);
  return size === undefined ? undefined : Number(size);
}
