import { DEVICE_MARK, parseDeviceMark } from "./device-placeholders.js";
import type { KernelMounts } from "./kernel-mounts.js";
import {
  paxRecord,
  paxRecordParts,
  TAR_DEVICE,
  TAR_SIZE,
  TAR_TYPE,
  type TarMember,
  tarNumber,
  tarType,
} from "./tar-rewriter.js";

const ATTRIBUTE = "SCHILY.xattr.";
const OF_ROOT = `${ATTRIBUTE}trusted.overlay.`;
const OF_USER = `${ATTRIBUTE}user.overlay.`;
const DEVICE = `${ATTRIBUTE}${DEVICE_MARK}`;

const FILE = "0";

/** Where overlay copied a file from, and which mount did it: no content, and different each time. */
export const OVERLAY_NOTES: readonly string[] = ["origin", "uuid", "impure", "nlink"].flatMap((name) => [
  `--xattrs-exclude=trusted.overlay.${name}`,
  `--xattrs-exclude=user.overlay.${name}`,
]);

/**
 * A member of a tree as it is everywhere. In a user namespace overlayfs keeps its marks under another name, and files
 * stand for device nodes; nothing that is hashed, shared or given away says so.
 */
export function toPortable(member: TarMember): TarMember {
  const { header, records } = member;
  const names = records.map((record) => paxRecordParts(record));
  if (!names.some(([name]) => name === DEVICE || name.startsWith(OF_USER))) return member;
  const device = names.find(([name]) => name === DEVICE)?.[1];
  const node = device === undefined ? undefined : parseDeviceMark(device);
  const isNode = node !== undefined && tarType(header) === FILE && tarNumber(header, TAR_SIZE) === 0;
  const kept = records.flatMap((record, at) => {
    const [name = "", value = ""] = names[at] ?? [];
    if (isNode && name === DEVICE) return [];
    return name.startsWith(OF_USER) ? [paxRecord(`${OF_ROOT}${name.slice(OF_USER.length)}`, value)] : [record];
  });
  return { ...member, records: kept, header: isNode ? asNode(header, node) : header };
}

function asNode(header: Buffer, { type, major, minor }: NonNullable<ReturnType<typeof parseDeviceMark>>): Buffer {
  const node = Buffer.from(header);
  node.write(type === "c" ? "3" : "4", TAR_TYPE, "latin1");
  for (const [{ start }, number] of [
    [TAR_DEVICE.major, major],
    [TAR_DEVICE.minor, minor],
  ] as const) {
    node.write(`${number.toString(8).padStart(7, "0")}\0`, start, "latin1");
  }
  return node;
}

/** The way back, for who is about to unpack a member here. Whiteouts are devices that a user namespace may make. */
export function toLocal(member: TarMember, { privilege }: Pick<KernelMounts, "privilege">): TarMember {
  if (privilege === "root") return member;
  const { header } = member;
  const records = member.records.map((record) => {
    const [name, value] = paxRecordParts(record);
    return name.startsWith(OF_ROOT) ? paxRecord(`${OF_USER}${name.slice(OF_ROOT.length)}`, value) : record;
  });
  const type = tarType(header);
  const major = tarNumber(header, TAR_DEVICE.major);
  const minor = tarNumber(header, TAR_DEVICE.minor);
  if ((type !== "3" && type !== "4") || major === 0) return { ...member, records };
  const file = Buffer.from(header);
  file.write(FILE, TAR_TYPE, "latin1");
  file.write("0000000\0".repeat(2), TAR_DEVICE.major.start, "latin1");
  const mark = paxRecord(DEVICE, `${type === "3" ? "c" : "b"} ${major} ${minor}`);
  return { ...member, header: file, records: [...records, mark] };
}
