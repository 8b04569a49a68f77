/**
 * Bytes of an assembler listing: lines of `label:`, of bytes, or both, with what they mean after a `;`. A line holds
 *
 * - bytes, as two hexadecimal digits each;
 * - `[label]`: the label's address, 4 bytes little-endian;
 * - `^label`: the same, in the upper half of the address space (see `UPPER_HALF`);
 * - `>label` and `>>label`: the distance from the end of this item to the label, 1 byte and 4 bytes;
 * - `=word`: a 32-bit word written with its highest digit first, as instructions of arm64 are;
 * - `"text"`: ASCII, without blanks;
 * - `align N` alone: zeros up to an address that N divides.
 *
 * Throws on a label that is not there and on a distance that does not fit, since both are mistakes in the listing.
 */
export function assembleListing(listing: string, origin: number): Buffer {
  const items = listing.split("\n").flatMap(itemsOfLine);
  const addresses = new Map<string, number>();
  let address = origin;
  for (const item of items) {
    if (item.endsWith(":")) addresses.set(item.slice(0, -1), address);
    address += sizeOf(item, address);
  }
  const bytes = Buffer.alloc(address - origin);
  address = origin;
  for (const item of items) {
    const size = sizeOf(item, address);
    write(item, bytes.subarray(address - origin, address - origin + size), address + size, addresses);
    address += size;
  }
  return bytes;
}

/** What is added to an address for its twin in the upper half; an operand of 32 bits that is extended by its sign. */
const UPPER_HALF = 0x80000000;

function itemsOfLine(line: string): readonly string[] {
  const words = line
    .replace(/;.*$/, "")
    .split(/\s+/)
    .filter((word) => word !== "");
  return words[0] === "align" ? [words.join(" ")] : words;
}

function sizeOf(item: string, address: number): number {
  if (item.endsWith(":")) return 0;
  if (item.startsWith("align ")) {
    const unit = Number(item.slice(6));
    return (unit - (address % unit)) % unit;
  }
  if (/^("|[\da-f]{2}$)/.test(item)) return item.startsWith('"') ? item.length - 2 : 1;
  return /^>[^>]/.test(item) ? 1 : 4;
}

function write(item: string, into: Buffer, end: number, addresses: ReadonlyMap<string, number>): void {
  const target = () => {
    const label = item.replace(/^(\[|\^|>+)|\]$/g, "");
    const address = addresses.get(label);
    if (address === undefined) throw new Error(`the listing has no label "${label}"`);
    return address;
  };
  switch (item[0]) {
    case "[":
      return void into.writeUInt32LE(target());
    case "^":
      return void into.writeUInt32LE(target() + UPPER_HALF);
    case ">":
      return void into.writeIntLE(target() - end, 0, into.length);
    case "=":
      return void into.writeUInt32LE(Number.parseInt(item.slice(1), 16));
    case '"':
      return void into.write(item.slice(1, -1), "latin1");
  }
  if (/^[\da-f]{2}$/.test(item)) into[0] = Number.parseInt(item, 16);
  else if (!item.endsWith(":") && !item.startsWith("align ")) throw new Error(`the listing has an item "${item}"`);
}
