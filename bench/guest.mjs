// Runs a command in a QEMU machine with Debian's own kernel: for what the kernel of the machine at hand lacks.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { unpackPackages } from "../test/debian-packages.mjs";

/** What the kernel would ask a modprobe for: a checksum for file systems and the code pages of vfat. */
const ASKED_FOR = ["crc32c_generic", "nls_cp437", "nls_ascii", "nls_iso8859-1", "nls_utf8"];
const MODULES = [
  "virtio_pci",
  "virtio_blk",
  "9pnet_virtio",
  "9p",
  "overlay",
  "loop",
  "ext4",
  "xfs",
  "vfat",
  "dm-mod",
  "dm-thin-pool",
];
const EXIT_LINE = /^dibkit-guest: exit code (\d+)/m;

/** `kernel` and `initrd` of a machine that starts on the files of this one. Debian packages are fetched with apt. */
export function prepareGuest(directory) {
  const unpacked = unpackPackages(directory, [kernelPackage(), "busybox-static"]);
  const [version] = readdirSync(join(unpacked, "lib/modules"));
  const initrd = join(directory, "initrd.img");
  writeInitrd(join(directory, "initrd"), initrd, unpacked, version);
  return { kernel: join(unpacked, "boot", `vmlinuz-${version}`), initrd };
}

/** The package that Debian's kernel for this architecture is in at the moment. */
function kernelPackage() {
  const depends = execFileSync("apt-cache", ["depends", "--important", "linux-image-amd64"], { encoding: "utf8" });
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (name === undefined) throw new Error("apt knows no linux-image-amd64: run apt-get update");
  return name;
}

function writeInitrd(root, initrd, unpacked, version) {
  for (const place of ["bin", "modules", "proc", "lower", "disk", "root"])
    mkdirSync(join(root, place), { recursive: true });
  copyFileSync(join(unpacked, "bin/busybox"), join(root, "bin/busybox"));
  const files = modulesToLoad(join(unpacked, "lib/modules", version));
  for (const file of files) copyFileSync(file, join(root, "modules", basename(file)));
  writeFileSync(join(root, "init"), init(files.map((file) => basename(file))));
  chmodSync(join(root, "init"), 0o755);
  const archive = ["-c", 'cd "$0" && find . | bin/busybox cpio -o -H newc', root];
  writeFileSync(initrd, execFileSync("sh", archive, { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] }));
}

/** The files of the wanted modules, each after those that it needs. */
function modulesToLoad(directory) {
  const busybox = join(directory, "../../../bin/busybox");
  execFileSync(busybox, ["depmod", "-b", join(directory, "../../.."), basename(directory)]);
  const needs = new Map();
  for (const line of readFileSync(join(directory, "modules.dep"), "utf8").split("\n")) {
    const [file, others] = line.split(":");
    if (others !== undefined)
      needs.set(basename(file, ".ko").replaceAll("-", "_"), [file, ...others.trim().split(/ +/)]);
  }
  const files = new Set();
  for (const name of [...ASKED_FOR, ...MODULES]) {
    for (const file of needs.get(name.replaceAll("-", "_"))?.toReversed() ?? [])
      if (file !== "") files.add(join(directory, file));
  }
  return [...files];
}

/** The first process: this machine's files below a layer in memory, and a disk of the guest's own at /var/tmp. */
function init(modules) {
  return `#!/bin/busybox sh
/bin/busybox mkdir -p /sbin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev 2>/dev/null || { mkdir -p /dev; mount -t devtmpfs devtmpfs /dev; }
${modules.map((name) => `insmod /modules/${name}`).join("\n")}
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=262144 host /lower
mount -t tmpfs tmpfs /disk
mkdir /disk/upper /disk/work
mount -t overlay -o lowerdir=/lower,upperdir=/disk/upper,workdir=/disk/work overlay /root
for name in proc sys dev run tmp var/tmp; do mkdir -p /root/$name; done
mount -t proc proc /root/proc
mount -t sysfs sysfs /root/sys
mount -t devtmpfs devtmpfs /root/dev
mkdir -p /root/dev/pts
ln -s /proc/self/fd /root/dev/fd
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/run
mount -t tmpfs tmpfs /root/tmp
mount -t ext4 /dev/vda /root/var/tmp
chroot /root /bin/bash /var/tmp/run.sh
echo "dibkit-guest: exit code $?"
umount /root/var/tmp
sync
poweroff -f
`;
}

/**
 * Runs a bash script as root on the files of this machine, which the guest sees but cannot change. `place` is shown as
 * /var/tmp, on a disk that is thrown away. Gives the exit code and what was printed, which goes to the terminal too.
 */
export function runInGuest({ kernel, initrd }, directory, script, { files = {}, megabytes = 8192 } = {}) {
  const place = join(directory, "var-tmp");
  rmSync(place, { recursive: true, force: true });
  for (const [path, text] of Object.entries({ ...files, "run.sh": script })) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
    if (text.startsWith("#!")) chmodSync(join(place, path), 0o755);
  }
  const disk = join(directory, "disk.raw");
  rmSync(disk, { force: true });
  execFileSync("truncate", ["-s", `${megabytes}M`, disk]);
  execFileSync("mkfs.ext4", ["-q", "-F", "-d", place, disk]);
  const words = qemuWords({ kernel, initrd, disk });
  return new Promise((resolve, reject) => {
    const qemu = spawn("qemu-system-x86_64", words, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    qemu.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      process.stdout.write(text);
    });
    qemu.on("error", reject).on("close", () => {
      const code = EXIT_LINE.exec(output)?.[1];
      if (code === undefined) reject(new Error("the guest did not come to its end"));
      else resolve({ code: Number(code), output });
    });
  });
}

function qemuWords({ kernel, initrd, disk }) {
  const acceleration = existsSync("/dev/kvm") && process.env.DIBKIT_BENCH_KVM === "1" ? "kvm" : "tcg";
  return [
    ...["-machine", `q35,accel=${acceleration}`, "-cpu", "max", "-smp", "2", "-m", "4096"],
    ...["-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ...["-kernel", kernel, "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1"],
    ...["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"],
    ...["-drive", `if=virtio,format=raw,file=${disk},cache=unsafe`],
  ];
}
