import type { TreeEntry, TreeSnapshot } from "@dibkit/contents";
import { sameByMeaning } from "./compare-by-meaning.js";
import { compareValues } from "./compare-values.js";
import type { Difference } from "./difference.js";
import { VOLATILE_FILES } from "./volatile-files.js";

/** Differences of paths, types, modes, owners, extended attributes, links and content; `skip` leaves paths out. */
export function compareTrees(
  upstream: TreeSnapshot,
  dibkit: TreeSnapshot,
  skip: (path: string) => boolean = () => false,
): readonly Difference[] {
  const theirs = describeAll(upstream, skip);
  const ours = describeAll(dibkit, skip);
  return compareValues("tree", theirs, ours, (path) => {
    if (path.startsWith("dev/"))
      return "upstream's archive holds the /dev of the build host, which is still mounted then";
    const [one, other] = [upstream.entries.get(path), dibkit.entries.get(path)];
    if (one === undefined && GRUB_SEARCH.test(path)) return FOUND_BY_UUID;
    return one === undefined || other === undefined ? undefined : contentReason(path, one, other, upstream, dibkit);
  });
}

/** `grub-install` writes it where it cannot tell that a partition is on the disk that it boots from. */
const GRUB_SEARCH = /^boot\/grub\/[\w-]+\/load\.cfg$/;
/** That file is a part of these. */
const GRUB_PROGRAM = /^boot\/(grub\/[\w-]+\/grub|efi\/EFI\/\w+\/\w+)\.efi$/i;
const FOUND_BY_UUID = "grub finds the root by its UUID, on a disk in files";

function searchesRoot(tree: TreeSnapshot): boolean {
  return [...tree.entries.keys()].some((path) => GRUB_SEARCH.test(path));
}

function describeAll(tree: TreeSnapshot, skip: (path: string) => boolean): ReadonlyMap<string, string> {
  return new Map([...tree.entries].flatMap(([path, entry]) => (skip(path) ? [] : [[path, describeEntry(entry)]])));
}

/** One line: `file 0644 0:0 1234 bytes sha256:…`. */
export function describeEntry(entry: TreeEntry): string {
  const attributes = Object.entries(entry.attributes).map(([name, value]) => `${name}=${value}`);
  return [
    entry.type,
    entry.mode.toString(8).padStart(4, "0"),
    entry.owner,
    ...(entry.hash === undefined ? [] : [`${entry.size} bytes sha256:${entry.hash.slice(0, 16)}`]),
    ...(entry.target === undefined ? [] : [`→ ${entry.target}`]),
    ...(entry.device === undefined ? [] : [entry.device]),
    ...(entry.linkedTo === undefined ? [] : [`hard link of ${entry.linkedTo}`]),
    ...attributes,
  ].join(" ");
}

/** Why the content may differ; only when nothing but the content does. */
function contentReason(
  path: string,
  one: TreeEntry,
  other: TreeEntry,
  upstream: TreeSnapshot,
  dibkit: TreeSnapshot,
): string | undefined {
  const built = BUILD_DIRECTORY_LINK.exec(one.target ?? "")?.[1];
  if (built !== undefined && built === BUILD_DIRECTORY_LINK.exec(other.target ?? "")?.[1])
    return "leads into the directory that the image was built in";
  if (describeEntry(withoutChecks(one)) === describeEntry(withoutChecks(other)))
    return "librepo notes when it checked a file, in an attribute";
  const without = ({ hash: _hash, size: _size, ...rest }: TreeEntry) => JSON.stringify(rest);
  if (one.type !== "file" || without(one) !== without(other)) return undefined;
  const volatile = VOLATILE_FILES.find((file) => file.path.test(path));
  if (volatile !== undefined) return volatile.reason;
  if (GRUB_PROGRAM.test(path) && searchesRoot(dibkit) && !searchesRoot(upstream)) return FOUND_BY_UUID;
  const [theirs, ours] = [upstream.texts.get(path), dibkit.texts.get(path)];
  return theirs && ours && sameByMeaning(path, theirs, ours);
}

/** Some scripts make a link with the path that the root has while it is built: `/etc/yum/vars` of yum-minimal. */
const BUILD_DIRECTORY_LINK = /\/dib_build\.\w+\/mnt(\/.*)$/;

function withoutChecks(entry: TreeEntry): TreeEntry {
  const attributes = Object.entries(entry.attributes).filter(([name]) => !name.startsWith("user.Librepo.checksum."));
  return { ...entry, attributes: Object.fromEntries(attributes) };
}
