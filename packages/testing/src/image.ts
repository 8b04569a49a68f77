import {
  contentOf,
  type ImageContents,
  type ImageFile,
  type ImageSizes,
  installedPackages,
  kernelArguments,
  measureSizes,
  missingReaders,
  packageOwners,
  systemdUnits,
} from "@dibkit/contents";
import { createCommandRunner } from "@dibkit/exec";
import { type Account, readAccounts } from "./accounts.js";
import { followLinks } from "./follow-links.js";
import { UnknownFact } from "./image-mismatch.js";

/** An image that is not running. Paths are absolute paths in it; symbolic links are followed as inside of it. */
export interface Image {
  /** The path of its file, or the name of its build. */
  readonly name: string;
  /** Everything that was read, for the functions of `@dibkit/contents`. */
  readonly contents: ImageContents;
  /** Whether the owners of files are those of the image: layers keep them as the user who built them has them. */
  readonly ownersKnown: boolean;
  /** What a path leads to; undefined when there is nothing. */
  readonly file: (path: string) => ImageFile | undefined;
  /** Content of a file as UTF-8; undefined when there is no such file. Throws an `UnknownFact` when nobody kept it. */
  readonly text: (path: string) => Promise<string | undefined>;
  /**
   * Versions of the installed packages by `NAME:ARCH`, or by name where there is no architecture. Throws an `UnknownFact`
   * when this machine lacks the program that reads the database.
   */
  readonly packages: () => Promise<ReadonlyMap<string, string>>;
  /** Which package each file belongs to. Throws as `packages` does. */
  readonly owners: () => Promise<ReadonlyMap<string, string>>;
  /** systemd units by name: `wanted by NAME, …` when they are enabled, `present`, `masked` or `alias of NAME`. */
  readonly units: () => ReadonlyMap<string, string>;
  /** The accounts of `/etc/passwd`. */
  readonly accounts: () => Promise<readonly Account[]>;
  /** Kernel arguments by where they are written, such as `/etc/default/grub GRUB_CMDLINE_LINUX`. */
  readonly kernelArguments: () => Promise<ReadonlyMap<string, string>>;
  /** Bytes by package and directory, and by element and script when the image was opened from its layers. */
  readonly sizes: () => Promise<ImageSizes>;
  /** Removes what was unpacked. */
  readonly close: () => Promise<void>;
}

/** Levels of directories that are added up. */
const DEPTH = 2;

/** An image of what `@dibkit/contents` read, whatever it read it from. */
export function imageOf(
  contents: ImageContents,
  { ownersKnown, close = async () => {} }: Pick<Image, "ownersKnown"> & Partial<Pick<Image, "close">>,
): Image {
  const commands = createCommandRunner();
  const file = (path: string) => {
    const real = followLinks(contents, path);
    return real === undefined ? undefined : contents.files.get(real);
  };
  const text = async (path: string) => {
    const real = followLinks(contents, path);
    const found = real === undefined ? undefined : contents.files.get(real);
    if (real === undefined || found?.type !== "file") return undefined;
    const content = await contentOf(contents, real);
    if (content === undefined && found.bytes > 0) throw unknownContent(contents, real);
    return content?.toString("utf8") ?? "";
  };
  const withReaders = async <T>(read: () => Promise<T>): Promise<T> => {
    const [missing] = missingReaders(contents, process.env);
    if (missing === undefined) return read();
    const { program, purpose, debianPackage } = missing;
    throw new UnknownFact(
      `the packages of "${contents.name}" are not known: program "${program}" was not found, which is needed to ${purpose}\nremedy: install the package ${debianPackage}`,
    );
  };
  const packages = once(() => withReaders(() => installedPackages(contents, commands)));
  const owners = once(() => withReaders(() => packageOwners(contents, commands)));
  return {
    name: contents.name,
    contents,
    ownersKnown,
    file,
    text,
    packages,
    owners,
    units: () => systemdUnits(contents),
    accounts: async () => readAccounts((await text("/etc/passwd")) ?? "", await text("/etc/shadow")),
    kernelArguments: () => kernelArguments(contents),
    sizes: async () => measureSizes(contents, await owners(), DEPTH),
    close,
  };
}

/** What a script of a late phase wrote on the disk is in no layer, and only some of it is remembered. */
export function unknownContent({ name }: ImageContents, path: string): UnknownFact {
  return new UnknownFact(
    `the content of "${path}" in "${name}" is not known: it was written when the disk was made, which no layer has\nremedy: open the image file of the build instead`,
  );
}

/** Whether a file may say something of this image alone: no package brings it, or it is configuration. */
export function isOwn(path: string, owners: ReadonlyMap<string, string>): boolean {
  return !owners.has(path) || path.startsWith("/etc/");
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= read();
    return result;
  };
}
