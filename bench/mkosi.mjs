// mkosi for the benches: Debian's package of it in a root of its own, because the machine's release may have none that works.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { debianSources } from "./debian-sources.mjs";
import { timed } from "./timed.mjs";

const RELEASE = "trixie";
const TOOLS =
  "mkosi,systemd-repart,debian-archive-keyring,apt,e2fsprogs,dosfstools,mtools,grub-pc-bin,grub-common,cpio,zstd,kmod,qemu-utils,util-linux";

/**
 * What debian-minimal's image names: its own packages, those of `vm` and `base`, and the boot loader. Kernel, init and
 * initramfs are Debian's in both; mkosi makes its initrd of packages instead of files of the image.
 */
const PACKAGES =
  "adduser apt-transport-https busybox ca-certificates dbus gnupg2 grub-pc init linux-image-amd64 locales lsb-release netbase open-iscsi python3 software-properties-common sudo systemd-sysv";

/** Makes the root with mkosi in it, once; gives its directory. */
export function makeMkosiRoot(directory) {
  const root = join(directory, "root");
  if (existsSync(join(root, "usr/bin/mkosi"))) return root;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const list = join(directory, "trixie.list");
  writeFileSync(list, debianSources(RELEASE).lines);
  timed([
    "mmdebstrap",
    "--mode=root",
    "--variant=apt",
    `--include=${TOOLS}`,
    "--skip=cleanup/apt/cache",
    RELEASE,
    root,
    list,
  ]);
  return root;
}

/** Writes the configuration of an image like that of `vm debian-minimal`. */
export function writeMkosiProject(directory, { release, edited = "" }) {
  const sources = join(directory, "mkosi.sandbox/etc/apt/sources.list.d");
  mkdirSync(sources, { recursive: true });
  // By itself mkosi asks for the archive of debug symbols too, which mirrors rarely have.
  writeFileSync(join(sources, "mkosi.sources"), debianSources(release).lines.trim().split("\n").map(deb822).join("\n"));
  const lines = [
    "[Distribution]",
    "Distribution=debian",
    `Release=${release}`,
    "[Output]",
    "Format=disk",
    "ImageId=image",
    "OutputDirectory=/build/out",
    "[Build]",
    "CacheDirectory=/build/cache",
    "PackageCacheDirectory=/build/packages",
    "WithNetwork=no",
    "[Content]",
    `Packages=${PACKAGES.replaceAll(" ", "\n    ")}`,
    "Bootable=yes",
    "Bootloader=none",
    "BiosBootloader=grub",
    "KernelCommandLine=console=tty0 console=ttyS0,115200 systemd.firstboot=off",
    "",
  ];
  writeFileSync(join(directory, "mkosi.conf"), lines.join("\n"));
  writeFileSync(join(directory, "mkosi.postinst.chroot"), `#!/bin/sh\nset -eu\necho "${edited}" >/etc/bench-edit\n`, {
    mode: 0o755,
  });
}

/** A line of sources.list as a paragraph of a `.sources` file. */
function deb822(line) {
  const [types, uris, suites, ...components] = line.split(" ");
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  return `Types: ${types}\nURIs: ${uris}\nSuites: ${suites}\nComponents: ${components.join(" ")}\nSigned-By: ${keyring}\n`;
}

/** Runs mkosi on a project and writes a qcow2 of its disk, as the others do. */
export function mkosiBuild(root, project, work, flags = []) {
  for (const name of ["out", "cache", "packages", "project"]) mkdirSync(join(work, name), { recursive: true });
  const script = [
    "set -eu",
    `root=${root}`,
    'mount --bind "$root" "$root"',
    'mkdir -p "$root/build" "$root/project"',
    `mount --bind ${work} "$root/build"`,
    `mount --bind ${project} "$root/project"`,
    'mount -t proc proc "$root/proc"',
    'mount --rbind /sys "$root/sys"',
    'mount --rbind /dev "$root/dev"',
    'mount -t tmpfs tmpfs "$root/run"',
    'cp -L /etc/resolv.conf "$root/etc/resolv.conf"',
    'exec chroot "$root" sh -euc "cd /project; mkosi ' +
      `${flags.join(" ")} --force build; ` +
      'qemu-img convert -c -O qcow2 /build/out/image.raw /build/out/image.qcow2"',
  ].join("\n");
  return timed(["unshare", "--mount", "--propagation", "private", "bash", "-c", script]);
}
