import { paxRecordParts, TAR_DEVICE, TAR_SIZE, type TarMember, tarNumber, tarType } from "../host/tar-rewriter.js";

/** Something an archive has that no layer in a registry may have; the message says what. */
export class ForbiddenMember extends Error {}

/** What a member of an archive is, as far as layers need it. Texts hold bytes, one a character. */
export interface MemberFacts {
  readonly type: string;
  /** Path without a slash at its end; `.` is the top. */
  readonly path: string;
  readonly device: { readonly major: number; readonly minor: number };
}

const NAME = { start: 0, end: 100 };
const LINK = { start: 157, end: 257 };
const PREFIX = { start: 345, end: 500 };
const NUMBERS = [
  ...[
    { start: 100, end: 108 },
    { start: 108, end: 116 },
    { start: 116, end: 124 },
  ],
  ...[TAR_SIZE, { start: 136, end: 148 }, TAR_DEVICE.major, TAR_DEVICE.minor],
];
const FILE = "0";
const HARD_LINK = "1";
const SYMLINK = "2";
const CHARACTER_DEVICE = "3";
const DIRECTORY = "5";
const FIFO = "6";
const TYPES = new Set([FILE, HARD_LINK, SYMLINK, CHARACTER_DEVICE, DIRECTORY, FIFO]);

/** Extended records that tar writes for files; another program might read others in another way. */
const RECORDS =
  /^(path|linkpath|size|uid|gid|uname|gname|mtime|GNU\.sparse\.(major|minor|name|realsize)|SCHILY\.xattr\..+)$/;
/** Overlayfs's own marks that a layer may have; an opaque directory is written as OCI has it. */
export const OVERLAY_RECORD = "SCHILY.xattr.trusted.overlay.redirect";
/** `/dev/mem`, `/dev/kmem` and `/dev/port`: who can read those of a layer store, reads the machine. */
const MEMORY_DEVICES = ["1:1", "1:2", "1:4"];

/** Path and kind of a member. */
export function memberFacts({ header, records }: TarMember): MemberFacts {
  const values = new Map(records.map(paxRecordParts));
  const path = values.get("GNU.sparse.name") ?? values.get("path") ?? headerPath(header);
  return {
    type: tarType(header),
    path: path.replace(/\/$/, ""),
    device: { major: tarNumber(header, TAR_DEVICE.major), minor: tarNumber(header, TAR_DEVICE.minor) },
  };
}

function headerPath(header: Buffer): string {
  const prefix = headerText(header, PREFIX);
  return `${prefix === "" ? "" : `${prefix}/`}${headerText(header, NAME)}`;
}

function headerText(header: Buffer, { start, end }: { readonly start: number; readonly end: number }): string {
  return header.toString("latin1", start, end).replace(/\0.*$/s, "");
}

/**
 * Looks at each member of an archive before a program unpacks it, and throws `ForbiddenMember` for whatever could reach
 * out of the directory, or would be read in two ways. What is packed goes through it too, so that no machine uploads
 * what every other one refuses.
 */
export function createArchiveGuard(): (member: TarMember) => void {
  const directories = new Set<string>(["."]);
  const others = new Map<string, string>();
  return (member) => {
    const { header, records } = member;
    const facts = memberFacts(member);
    const { type } = facts;
    const shown = JSON.stringify(facts.path);
    if (header.toString("latin1", 257, 265) !== "ustar\x0000")
      throw new ForbiddenMember(`${shown} is not a pax member`);
    if (!TYPES.has(type)) throw new ForbiddenMember(`${shown} is of a kind "${type}" that layers do not have`);
    if (!NUMBERS.every(({ start, end }) => /^[0-7]*[\0 ]*$/.test(header.toString("latin1", start, end))))
      throw new ForbiddenMember(`${shown} has a number that is not octal`);
    checkRecords(shown, records);
    checkPath(facts.path);
    const path = plainPath(facts.path);
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const above = path.slice(0, at);
      if (others.has(above)) throw new ForbiddenMember(`${shown} is below "${above}", which is not a directory`);
    }
    if (others.has(path) || (directories.has(path) && path !== "."))
      throw new ForbiddenMember(`${shown} is there twice`);
    if (type === DIRECTORY) directories.add(path);
    else others.set(path, type);
    if (type === HARD_LINK) checkHardLink(shown, linkOf(member), others);
    if (type === CHARACTER_DEVICE) checkDevice(shown, facts.device);
  };
}

/** The same file may be `./etc/x` and `etc/x`. */
function plainPath(path: string): string {
  return path.replace(/^\.\//, "");
}

function checkPath(path: string): void {
  if (path === ".") return;
  const parts = path.split("/").slice(path.startsWith("./") ? 1 : 0);
  if (path.startsWith("/")) throw new ForbiddenMember(`${JSON.stringify(path)} is an absolute path`);
  if (path.includes("\0") || parts.some((part) => part === "" || part === "." || part === ".."))
    throw new ForbiddenMember(`${JSON.stringify(path)} leads out of its directory`);
}

function linkOf({ header, records }: TarMember): string {
  return new Map(records.map(paxRecordParts)).get("linkpath") ?? headerText(header, LINK);
}

/** A hard link names a file that the archive had before, and no symbolic link, which could lead anywhere. */
function checkHardLink(shown: string, target: string, others: ReadonlyMap<string, string>): void {
  if (target === "" || !others.has(plainPath(target)))
    throw new ForbiddenMember(`${shown} is a link to ${JSON.stringify(target)}, which the archive has not`);
}

function checkDevice(shown: string, { major, minor }: MemberFacts["device"]): void {
  if (MEMORY_DEVICES.includes(`${major}:${minor}`)) throw new ForbiddenMember(`${shown} is the machine's memory`);
}

function checkRecords(shown: string, records: readonly Buffer[]): void {
  const names = records.map((record) => paxRecordParts(record)[0]);
  const wrong = names.find((name) => !RECORDS.test(name) || isForeignMark(name));
  if (wrong !== undefined) throw new ForbiddenMember(`${shown} has a record "${wrong}" that layers do not have`);
  if (new Set(names).size !== names.length) throw new ForbiddenMember(`${shown} has a record twice`);
}

function isForeignMark(name: string): boolean {
  return name.startsWith("SCHILY.xattr.trusted.overlay.") && name !== OVERLAY_RECORD;
}
