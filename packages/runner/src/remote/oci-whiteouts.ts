import { paxRecord, paxRecordParts, TAR_BLOCK, type TarMember } from "../host/tar-rewriter.js";
import { ForbiddenMember, memberFacts } from "./archive-guard.js";

/** How layers of a store say that something is gone: devices 0:0 of overlayfs, or 0:1 of plain copies. */
export type LayerKind = "overlay" | "plain";

const PREFIX = ".wh.";
const OPAQUE = ".wh..wh..opq";
const OPAQUE_RECORD = "SCHILY.xattr.trusted.overlay.opaque";
const LONGEST_NAME = 100;

/** Members of a layer's tree as an OCI layer has them: whiteouts are empty files whose names begin with `.wh.`. */
export function toOciMembers(member: TarMember): readonly TarMember[] {
  const { type, path, device } = memberFacts(member);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name.startsWith(PREFIX)) throw new ForbiddenMember(`${JSON.stringify(path)} has a name that means a removal`);
  if (type === "3" && device.major === 0 && device.minor <= 1)
    return [changed(member, `${path.slice(0, path.length - name.length)}${PREFIX}${name}`, "0", "0000000")];
  const isOpaque = (record: Buffer) => paxRecordParts(record)[0] === OPAQUE_RECORD;
  const opaque = member.records.find(isOpaque);
  if (opaque === undefined) return [member];
  const records = member.records.filter((record) => record !== opaque);
  const directory = { ...member, records };
  // Overlayfs has other values than "y" for directories that are not opaque.
  if (paxRecordParts(opaque)[1] !== "y") throw new ForbiddenMember(`${JSON.stringify(path)} has an unknown mark`);
  const mark: TarMember = { ...member, records: records.filter((record) => !isAttribute(record)) };
  return [directory, changed(mark, `${path}/${OPAQUE}`, "0", "0000000")];
}

function isAttribute(record: Buffer): boolean {
  return paxRecordParts(record)[0].startsWith("SCHILY.xattr.");
}

/** The way back. Directories wait for the member after them, which may be their mark. */
export function createOciReader(kind: LayerKind): {
  readonly rewrite: (member: TarMember) => readonly TarMember[];
  readonly atEnd: () => readonly TarMember[];
} {
  let directory: TarMember | undefined;
  const release = () => {
    const waiting = directory === undefined ? [] : [directory];
    directory = undefined;
    return waiting;
  };
  return {
    rewrite(member) {
      const { type, path } = memberFacts(member);
      const slash = path.lastIndexOf("/");
      const name = path.slice(slash + 1);
      if (name === OPAQUE) {
        if (directory === undefined || memberFacts(directory).path !== path.slice(0, slash))
          throw new ForbiddenMember(`${JSON.stringify(path)} does not follow its directory`);
        const marked = { ...directory, records: [...directory.records, paxRecord(OPAQUE_RECORD, "y")] };
        directory = undefined;
        return [marked];
      }
      const before = release();
      if (name.startsWith(PREFIX)) {
        const gone = `${path.slice(0, slash + 1)}${name.slice(PREFIX.length)}`;
        if (type !== "0" || name === PREFIX) throw new ForbiddenMember(`${JSON.stringify(path)} is not a removal`);
        return [...before, changed(member, gone, "3", kind === "overlay" ? "0000000" : "0000001")];
      }
      if (type !== "5") return [...before, member];
      directory = member;
      return before;
    },
    atEnd: release,
  };
}

/** A member with another path and type, without content. */
function changed(member: TarMember, path: string, type: "0" | "3", minor: string): TarMember {
  const header = Buffer.alloc(TAR_BLOCK);
  member.header.copy(header);
  header.fill(0, 0, LONGEST_NAME);
  header.fill(0, 345, 500);
  header.write(path.slice(0, LONGEST_NAME), 0, "latin1");
  header.write("00000000000\0", 124, "latin1");
  header.write(type, 156, "latin1");
  header.write(`0000000\0${minor}\0`, 329, "latin1");
  const others = member.records.filter((record) => !["path", "size"].includes(paxRecordParts(record)[0]));
  const long = path.length > LONGEST_NAME || /[^\x20-\x7e]/.test(path);
  return { ...member, header, records: [...(long ? [paxRecord("path", path)] : []), ...others] };
}
