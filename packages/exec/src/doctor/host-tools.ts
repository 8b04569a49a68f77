import type { HostTool } from "../host-tool.js";

/** A program dibkit or upstream's elements start on the host. */
export interface DoctorTool extends HostTool {
  /** Whether any build needs it; the others are needed only by what `purpose` names. */
  readonly always: boolean;
}

const tool = (program: string, debianPackage: string, purpose: string): HostTool => ({
  program,
  debianPackage,
  purpose,
});

/** What a build itself starts, whatever it is a build of. */
export const RUNNER_TOOLS: readonly HostTool[] = [
  tool("bash", "bash", "run hook scripts"),
  tool("unshare", "util-linux", "give each build namespaces of its own"),
  tool("setpriv", "util-linux", "end a build together with dibkit"),
  tool("mount", "mount", "mount filesystems"),
  tool("pivot_root", "util-linux", "show scripts the host read-only"),
  tool("chroot", "coreutils", "run scripts inside the image"),
  tool("tar", "tar", "know what a script changed"),
];

/** Programs that scripts of well-known elements call, which upstream finds missing only in the middle of a build. */
export const ELEMENT_TOOLS: Readonly<Record<string, HostTool>> = {
  debootstrap: tool("debootstrap", "debootstrap", "make a Debian or Ubuntu root"),
  "debian-express": tool("mmdebstrap", "mmdebstrap", "make a Debian root in one transaction"),
  "opensuse-minimal": tool("zypper", "zypper", "make an openSUSE root"),
  "source-repositories": tool("git", "git", "fetch source repositories of type git"),
};

/** Beside those: what nearly every image needs. */
const USUAL_TOOLS: readonly HostTool[] = [
  tool("disk-image-create", "python3-diskimage-builder", "provide the upstream elements"),
  tool("python3", "python3", "run programs that upstream elements bring along"),
  tool("losetup", "mount", "attach disk images"),
  tool("partx", "util-linux", "make partitions of a disk image known"),
  tool("sfdisk", "fdisk", "write partition tables"),
  tool("mkfs.ext4", "e2fsprogs", "make ext4 filesystems"),
  tool("qemu-img", "qemu-utils", "write qcow2 and other disk formats"),
];

/** What takes layers to a registry and from there. */
export const REGISTRY_TOOLS: readonly HostTool[] = [tool("zstd", "zstd", "share layers through a registry")];

/** What only some images, or commands, need. */
const OTHER_TOOLS: readonly HostTool[] = [
  tool("curl", "curl", "download base images and source archives"),
  tool("sgdisk", "gdisk", "write GPT partition tables as upstream does"),
  tool("mkfs.xfs", "xfsprogs", "make xfs filesystems"),
  tool("mkfs.btrfs", "btrfs-progs", "make btrfs filesystems"),
  tool("mkfs.vfat", "dosfstools", "make EFI system partitions"),
  tool("mcopy", "mtools", "fill EFI system partitions without a kernel driver"),
  tool("lvs", "lvm2", "use LVM in disk layouts"),
  tool("shellcheck", "shellcheck", "add its findings to dibkit lint"),
];

const LISTED: readonly DoctorTool[] = [
  ...[...RUNNER_TOOLS, ...USUAL_TOOLS].map((one) => ({ ...one, always: true })),
  ...[...Object.values(ELEMENT_TOOLS), ...REGISTRY_TOOLS, ...OTHER_TOOLS].map((one) => ({ ...one, always: false })),
];

/**
 * Every program of the host once, by what needs it: those that any build needs or that elements start, and those that
 * the units given (output formats, nodes of a disk, machines) declare beside themselves.
 */
export function hostTools(declared: readonly HostTool[]): readonly DoctorTool[] {
  const units = declared.map((one) => ({ ...one, always: false }));
  return [...new Map([...units, ...LISTED].map((one) => [one.program, one])).values()].sort(
    (a, b) => Number(b.always) - Number(a.always) || (a.program < b.program ? -1 : 1),
  );
}
