import type { HostTool } from "../host-tool.js";

/** A program dibkit or upstream's elements start on the host. */
export interface DoctorTool extends HostTool {
  /** Whether any build needs it; the others are needed only by what `purpose` names. */
  readonly always: boolean;
}

const always = (program: string, debianPackage: string, purpose: string): DoctorTool => ({
  program,
  debianPackage,
  purpose,
  always: true,
});
const sometimes = (program: string, debianPackage: string, purpose: string): DoctorTool => ({
  program,
  debianPackage,
  purpose,
  always: false,
});

const listed: readonly DoctorTool[] = [
  always("disk-image-create", "python3-diskimage-builder", "provide the upstream elements"),
  always("python3", "python3", "run programs that upstream elements bring along"),
  always("bash", "bash", "run hook scripts"),
  always("unshare", "util-linux", "give each build namespaces of its own"),
  always("setpriv", "util-linux", "end a build together with dibkit"),
  always("mount", "mount", "mount filesystems"),
  always("losetup", "mount", "attach disk images"),
  always("chroot", "coreutils", "run scripts inside the image"),
  always("partx", "util-linux", "make partitions of a disk image known"),
  always("sfdisk", "fdisk", "write partition tables"),
  always("mkfs.ext4", "e2fsprogs", "make ext4 filesystems"),
  always("qemu-img", "qemu-utils", "write qcow2 and other disk formats"),
  sometimes("debootstrap", "debootstrap", "build debian-minimal and ubuntu-minimal"),
  sometimes("git", "git", "fetch source repositories of type git"),
  sometimes("curl", "curl", "download base images and source archives"),
  sometimes("sgdisk", "gdisk", "write GPT partition tables as upstream does"),
  sometimes("mkfs.xfs", "xfsprogs", "make xfs filesystems"),
  sometimes("mkfs.btrfs", "btrfs-progs", "make btrfs filesystems"),
  sometimes("mkfs.vfat", "dosfstools", "make EFI system partitions"),
  sometimes("mcopy", "mtools", "fill EFI system partitions without a kernel driver"),
  sometimes("lvs", "lvm2", "use LVM in disk layouts"),
  sometimes("zstd", "zstd", "share layers through a registry"),
  sometimes("shellcheck", "shellcheck", "add its findings to dibkit lint"),
];

/**
 * Every program of the host once, by what needs it: those that any build needs or that elements start, and those that
 * the units given (output formats, nodes of a disk, machines) declare beside themselves.
 */
export function hostTools(declared: readonly HostTool[]): readonly DoctorTool[] {
  const units = declared.map((tool) => ({ ...tool, always: false }));
  return [...new Map([...units, ...listed].map((tool) => [tool.program, tool])).values()].sort(
    (a, b) => Number(b.always) - Number(a.always) || (a.program < b.program ? -1 : 1),
  );
}
