import { dirname } from "node:path";

/** What the operating system refused, in words for people. Ordinary: a disk that is full is no bug. */
export interface SystemTrouble {
  /** Such as `EACCES`. */
  readonly code: string;
  /** What it was about: a path, of a program its name; undefined when the error does not say. */
  readonly path: string | undefined;
  /** Such as `permission was denied`. */
  readonly reason: string;
  /** One sentence: the operation, the path, the reason. */
  readonly message: string;
  /** In the imperative; `choose another directory` stands where a caller may name the option that does so. */
  readonly help: string;
}

/** What `help` says where another path would do; whoever knows how to give one puts that in its place. */
export const ANOTHER_PATH = "choose another directory";

interface Reason {
  readonly reason: string;
  readonly help: string;
}

/** Everything else is a bug of the program that made the call. */
const REASONS: Readonly<Record<string, Reason>> = {
  ENOSPC: { reason: "no space is left on the device", help: `free some space there, or ${ANOTHER_PATH}` },
  EDQUOT: { reason: "the quota is used up", help: `free some space there, or ${ANOTHER_PATH}` },
  EROFS: { reason: "the filesystem is read-only", help: `${ANOTHER_PATH}, or make it writable` },
  EACCES: { reason: "permission was denied", help: `${ANOTHER_PATH}, or run as a user who may use it, such as root` },
  EPERM: {
    reason: "the operation is not permitted",
    help: `${ANOTHER_PATH}, or run as a user who may do it, such as root`,
  },
  ENOENT: { reason: "it does not exist", help: `make it, or ${ANOTHER_PATH}` },
  ENOTDIR: { reason: "a part of the path is not a directory", help: ANOTHER_PATH },
  EISDIR: { reason: "it is a directory", help: "name a file" },
  EEXIST: { reason: "something else is there already", help: `remove it, or ${ANOTHER_PATH}` },
  ELOOP: { reason: "its symbolic links lead in a circle", help: "mend the links" },
  ENAMETOOLONG: { reason: "the path is too long", help: "choose a shorter one" },
  EIO: {
    reason: "the device has an input or output error",
    help: "look at the kernel's messages with dmesg",
  },
  EMFILE: { reason: "too many files are open", help: 'raise the limit with "ulimit -n"' },
  ENFILE: { reason: "too many files are open on this machine", help: "end some other programs" },
};

/** Operations by system call, as Node names them. */
const OPERATIONS: Readonly<Record<string, string>> = {
  mkdir: "make directory",
  mkdtemp: "make a directory in",
  scandir: "list directory",
  opendir: "list directory",
  open: "open",
  read: "read",
  stat: "look at",
  statfs: "look at",
  lstat: "look at",
  access: "open",
  realpath: "look at",
  readlink: "look at",
  rename: "rename",
  unlink: "remove",
  rm: "remove",
  rmdir: "remove",
  copyfile: "copy",
  link: "make link",
  symlink: "make link",
  chmod: "change",
  chown: "change",
  utime: "change",
};

/** What an error of a file operation or of starting a program means; undefined for every other error. */
export function systemTrouble(error: unknown): SystemTrouble | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return undefined;
  const program = /^spawn(?:Sync)? (.+)$/.exec(syscall)?.[1];
  if (program !== undefined) return programTrouble(code, program);
  const { reason, help } = REASONS[meaningOf(code, syscall)] ?? {};
  if (reason === undefined || help === undefined) return undefined;
  const { operation } = error as { readonly operation?: string };
  // Of a program that dibkit has run.
  if (operation !== undefined)
    return { code, path: undefined, reason, message: `cannot ${operation}: ${reason}`, help };
  // The name that mkdtemp was to complete says nothing to anybody.
  const shown = syscall === "mkdtemp" && path !== undefined ? dirname(path) : path;
  const what = OPERATIONS[syscall] ?? (shown === undefined ? "write a file" : "write");
  return {
    code,
    path: shown,
    reason,
    message: `cannot ${what}${shown === undefined ? "" : ` "${shown}"`}: ${reason}`,
    help,
  };
}

/** Node's mkdir with parents says ENOENT of a full disk. */
function meaningOf(code: string, syscall: string): string {
  return code === "ENOENT" && syscall === "mkdir" ? "ENOSPC" : code;
}

function programTrouble(code: string, program: string): SystemTrouble | undefined {
  if (code === "ENOENT") {
    const message = `program "${program}" was not found`;
    const help = 'install it, or mend PATH; "dibkit doctor" names the package';
    return { code, path: program, reason: "it was not found", message, help };
  }
  const reason = REASONS[code]?.reason;
  if (reason === undefined) return undefined;
  return { code, path: program, reason, message: `cannot start "${program}": ${reason}`, help: "make it executable" };
}
