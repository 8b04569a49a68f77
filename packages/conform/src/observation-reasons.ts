import { REDACTED } from "@dibkit/exec";
import type { PhaseSide } from "@dibkit/model";

type Value = string | null;

interface Reason {
  readonly name: RegExp;
  readonly holds?: (upstream: Value, dibkit: Value, side: PhaseSide) => boolean;
  readonly reason: string;
}

const sameWords = (one: Value, other: Value) => {
  const words = (text: Value) =>
    (text ?? "")
      .split(/[\s"]+/)
      .sort()
      .join(" ");
  return words(one) === words(other);
};
/** Whether values differ only where dibkit's has the mark of a secret. */
export function sameButSecrets(upstream: Value, dibkit: Value): boolean {
  const [theirs, ours] = [upstream ?? "", dibkit ?? ""].map((text) => text.split("\n"));
  if (theirs === undefined || theirs.length !== ours?.length) return false;
  return ours.every((line, index) => {
    const [name = "", ...rest] = line.split("=");
    const other = theirs[index] ?? "";
    return line === other || (rest.join("=").includes(REDACTED) && other.startsWith(`${name}=`));
  });
}

const onlyUpstream = (_: Value, dibkit: Value) => dibkit === null;
const onlyDibkit = (upstream: Value) => upstream === null;

const VARIABLES: readonly Reason[] = [
  {
    name: /^PATH$/,
    holds: (_upstream, _dibkit, side) => side === "host",
    reason: "each puts a directory of its own first, for sudo and kpartx",
  },
  {
    name: /^PATH$/,
    holds: (upstream) => upstream?.startsWith("$PATH:") === true,
    reason: "upstream quotes $PATH once too often, so that its first entry is that word and means nothing",
  },
  {
    name: /^(IMAGE_ELEMENT|BASH_FUNC_get_image_element_array%%)$/,
    holds: sameWords,
    reason: "the same elements in another order: upstream's is that of a Python set, dibkit's that of the request",
  },
  {
    name: /^BASH_FUNC_\w+%%$/,
    holds: (upstream, _, side) => upstream === null && side === "target",
    reason: "dash, a Debian image's sh, drops exported functions; dibkit hands them on in every image",
  },
  { name: /^(BASH_FUNC__ps4%%|PS4)$/, holds: onlyUpstream, reason: "serves only the form of upstream's traces" },
  {
    name: /^PYTHONPATH$/,
    holds: (upstream, dibkit, side) => side === "target" && dibkit === null && /^[^:]*\/[^:]*$/.test(upstream ?? ""),
    reason: "where upstream's own package is on the host; nothing is there in the image",
  },
  {
    name: /^BASH_FUNC_die%%$/,
    holds: (upstream, dibkit) => upstream !== null && dibkit !== null,
    reason: "upstream's die ends with the status of the command before it, which may be 0; dibkit's never does",
  },
  {
    name: /^(COMPRESS_IMAGE|OUT_IMAGE_PATH|IMAGE_TYPES|CLEAR_ENV|SKIP_BASE|LOGFILE)$/,
    holds: onlyUpstream,
    reason: "a variable of upstream's own that it happens to export",
  },
  {
    name: /^ELEMENTS_PATH$/,
    holds: (upstream, dibkit) => [...new Set(upstream?.split(":"))].join(":") === dibkit,
    reason: "upstream's list names its own directory twice",
  },
  { name: /^DIB_ENV$/, holds: sameButSecrets, reason: "dibkit keeps secrets out of what goes to manifests" },
  { name: /^DIB_IMAGE_SIZE$/, reason: "follows the size of the disk, which follows what du counts" },
  { name: /^LOOPDEV$/, holds: onlyDibkit, reason: "upstream documents it but forgets to export it" },
  {
    name: /^IMAGE_BLOCK_DEVICES?$/,
    reason: "loop devices are whichever are free; upstream names partitions in /dev/mapper",
  },
  { name: /^(USER|LOGNAME|SHELL|TERM)$/, reason: "dibkit gives scripts root's login, not the caller's session" },
  { name: /^OLDPWD$/, holds: onlyUpstream, reason: "where the sandbox of upstream comes from" },
  { name: /^TMP_DIR$/, holds: onlyUpstream, reason: "where the sandbox tells upstream to build" },
  { name: /^SHLVL$/, reason: "counts the shells around the script" },
];

const OBSERVATIONS: readonly Reason[] = [
  {
    name: /^build directory: (block-device|states)$/,
    holds: onlyUpstream,
    reason: "state of upstream's block-device layer",
  },
  {
    name: /^build directory: (\.dibkit|elements|built|mnt)$/,
    reason: "a directory of dibkit's own, or made earlier or later",
  },
  {
    name: /^descriptors: [12]$/,
    reason: "output goes through a socket to dibkit, through a pipe to upstream's filter",
  },
  {
    name: /^descriptors: [3-9]$/,
    holds: onlyUpstream,
    reason: "upstream leaves its first standard output open",
  },
  {
    name: /^descriptors: \d\d+$/,
    reason: "left open by whoever started the build, and inherited",
  },
  {
    name: /^mounts: /,
    holds: sameMount,
    reason: "the tree is a stack of layers, or a tmpfs or plain directory upstream",
  },
  {
    name: /^mounts: (\$TMP_BUILD_DIR\/mnt)?\/var\/cache\/apt\/archives$/,
    holds: (_, dibkit) => / overlay dibkit:\$\w+\//.test(dibkit ?? ""),
    reason: "each build of dibkit sees apt's shared cache through a layer of its own",
  },
  {
    name: /^mounts: (\$TMP_BUILD_DIR\/mnt)?\/proc\/sys$/,
    holds: (upstream, dibkit) => upstream === null && / \/sys ro\b.* proc /.test(dibkit ?? ""),
    reason: "settings of the kernel are the machine's, and dibkit keeps programs of an image from changing them",
  },
  {
    name: /^mounts: (\$TMP_BUILD_DIR\/mnt)?\/dev\/dibkit\d+(p\d+)?$/,
    holds: onlyDibkit,
    reason: "a file plays the disk, under the name of a device",
  },
  {
    name: /^mounts: /,
    holds: (upstream, dibkit) =>
      / \/dev\/loop\S* /.test(upstream ?? "") && / overlay \/dev\/dibkit\S+ /.test(dibkit ?? ""),
    reason: "a filesystem of a disk in files is an overlay over its part of the tree while scripts run",
  },
  {
    name: /^files of \/tmp in the image$/,
    holds: (upstream, dibkit) => !sameTmp(upstream, dibkit) && sameTmp(anyName(upstream), anyName(dibkit)),
    reason: "packages leave temporary files there, whose names are random",
  },
  {
    name: /^files of \/tmp in the image$/,
    holds: sameTmp,
    reason: "upstream's dib-run-parts keeps times in /tmp; dibkit's mount point of the hooks stays",
  },
  {
    name: /^hooks: dib-run-parts$/,
    holds: onlyDibkit,
    reason: "upstream copies it there before the first phase in the target",
  },
  { name: /^programs: sudo$/, reason: "both are the same stand-in, in other directories" },
  {
    name: /^programs: losetup$/,
    holds: isStandIn("losetup"),
    reason: "upstream gets a stand-in that notes its loop devices, for when it is killed",
  },
  {
    name: /^programs: mount$/,
    holds: isStandIn("mount"),
    reason: "upstream gets a stand-in where the kernel has no FAT driver",
  },
  { name: /^limits: /, reason: "limits are those of whoever started the build" },
];

/** What differs besides when dibkit builds in a user namespace, and upstream as root of the machine. */
const OF_NAMESPACE: readonly Reason[] = [
  {
    name: /^files of the image's top level$/,
    holds: (upstream, dibkit) => upstream === dibkit?.replaceAll(/^((?:proc|sys) d 555) 65534:65534$/gm, "$1 0:0"),
    reason: "the kernel's own filesystems belong to root of the whole machine",
  },
  {
    name: /^mounts: (\$TMP_BUILD_DIR\/mnt)?\/dev$/,
    holds: (upstream, dibkit) => upstream === dibkit?.replace(/,uid=\d+,gid=\d+\b/, ""),
    reason: "the owner is shown by the number on the whole machine",
  },
  { name: /^rights: Cap/, reason: "root of a user namespace has all rights there, and none outside" },
  {
    name: /^mounts: (\$TMP_BUILD_DIR\/mnt)?\/dev\/(null|zero|full|random|urandom|tty|fuse)$/,
    holds: onlyDibkit,
    reason: "a user namespace makes no devices, and shows those of the host",
  },
  {
    name: /^mounts: (\$TMP_BUILD_DIR\/mnt)?\/dev\/shm$/,
    holds: (upstream, dibkit) => upstream === null && / overlay host /.test(dibkit ?? ""),
    reason: "a /dev with all that is mounted in it has shared memory of the build's own too",
  },
  {
    name: /^mounts: (\$TMP_BUILD_DIR\/mnt)?\/dev\/pts$/,
    holds: (upstream, dibkit) => withoutGroup(upstream) === withoutGroup(dibkit),
    reason: "the group is shown by its number on the whole machine",
  },
  {
    name: /^mounts: (\$TMP_BUILD_DIR\/mnt)?\/sys$/,
    holds: (upstream, dibkit) => upstream?.replace(/ rw$/, " ro") === dibkit,
    reason: "a user namespace may mount it for reading only",
  },
  {
    name: /^programs: (mount|debootstrap)$/,
    holds: (_, dibkit) => /\$TMP_BUILD_DIR\/\.dibkit\/bin\/\w+$/.test(dibkit ?? ""),
    reason: "a stand-in asks for what a user namespace may have",
  },
];

function withoutGroup(mount: Value): string {
  return (mount ?? "").replace(/\bgid=\d+/, "");
}

/** Whether upstream's program is the one that the sandbox puts first. */
function isStandIn(program: string) {
  const path = new RegExp(`/dibkit-upstream-\\w+/bin/${program}$`);
  return (upstream: Value) => path.test(upstream ?? "");
}

/** Mounts of the build's own directories, whatever the filesystem; anything else must be the same. */
function sameMount(upstream: Value, dibkit: Value): boolean {
  const path = (upstream ?? dibkit ?? "").split(" ")[0] ?? "";
  const own = /^(\$TMP_BUILD_DIR(\/(built|elements|hooks|mnt))?|\/|\/tmp\/in_target\.d)$/.test(path);
  return (
    own &&
    [upstream, dibkit].every((mount) => mount === null || /^\S+ \S+ (rw|ro)\b.* (overlay|tmpfs|ext4) /.test(mount))
  );
}

/** Names that File::Temp and the like make, such as `fileX3kd9Q`. */
function anyName(text: Value): Value {
  return text?.replaceAll(/^file\w{6} f /gm, "file… f ") ?? null;
}

function sameTmp(upstream: Value, dibkit: Value): boolean {
  const lines = (text: Value) =>
    (text ?? "").split("\n").filter((line) => line !== "" && !/^(profiledir\.\S+|in_target\.d) d /.test(line));
  return lines(upstream).join("\n") === lines(dibkit).join("\n");
}

/**
 * Why a variable must or may differ; undefined when nobody knows. `leftOut` tells the caller's variables that dibkit
 * keeps from scripts.
 */
export function reasonForVariable(
  name: string,
  upstream: Value,
  dibkit: Value,
  side: PhaseSide,
  leftOut: (name: string) => boolean,
): string | undefined {
  if (dibkit === null && leftOut(name)) return "a variable of the caller that nothing in the build names";
  return reasonOf(VARIABLES, name, upstream, dibkit, side);
}

/**
 * Why something else that a script sees must or may differ; undefined when nobody knows. `inNamespace`: dibkit has built
 * in a user namespace.
 */
export function reasonForObservation(
  what: string,
  upstream: Value,
  dibkit: Value,
  side: PhaseSide,
  inNamespace = false,
): string | undefined {
  const reasons = inNamespace ? [...OBSERVATIONS, ...OF_NAMESPACE] : OBSERVATIONS;
  return reasonOf(reasons, what, upstream, dibkit, side);
}

function reasonOf(
  reasons: readonly Reason[],
  name: string,
  upstream: Value,
  dibkit: Value,
  side: PhaseSide,
): string | undefined {
  return reasons.find((one) => one.name.test(name) && (one.holds?.(upstream, dibkit, side) ?? true))?.reason;
}
