// Packages that no package of Debian is the counterpart of, or whose content maintainer scripts make there.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./run-program.mjs";
import { DIRECTORY_MODES, STANDARD_DIRECTORIES } from "./standard-directories.mjs";
import { GROUPS, USERS } from "./system-users.mjs";

/** @typedef {import("./package-tree.mjs").PackageTree} PackageTree */
/**
 * @typedef {object} WrittenPackage
 * @property {string} version
 * @property {readonly string[]} [requires]
 * @property {readonly string[]} [provides]
 * @property {readonly string[]} [configuration]
 * @property {(tree: PackageTree) => void | Promise<void>} [write] makes the files; without, the package has none
 */

/** Present because elements ask for them; what they would do is nothing that is tested here. */
const EMPTY = [
  "man-pages",
  "redhat-rpm-config",
  "selinux-policy",
  "selinux-policy-targeted",
  "python3-policycoreutils",
  "policycoreutils-python-utils",
  "ed",
  "patch",
  "postfix",
  "time",
];

/** @type {Readonly<Record<string, WrittenPackage>>} */
export const WRITTEN = {
  ...Object.fromEntries(EMPTY.map((name) => [name, { version: "1" }])),
  basesystem: { version: "11", requires: ["setup", "filesystem"] },
  filesystem: { version: "3.14", requires: ["setup"], write: writeFilesystem },
  setup: {
    version: "2.13",
    provides: ["config(setup)"],
    configuration: ["passwd", "shadow", "group", "gshadow", "hosts", "fstab", "profile"].map((name) => `/etc/${name}`),
    write: writeSetup,
  },
  "glibc-minimal-langpack": { version: "2.36", provides: ["glibc-langpack"], requires: ["glibc"] },
  "glibc-langpack-en": {
    version: "2.36",
    provides: ["glibc-langpack"],
    requires: ["glibc"],
    write: writeEnglishLocale,
  },
  passwd: { version: "0.80", requires: ["shadow-utils"] },
  openssh: { version: "9.2", requires: ["openssh-clients", "openssh-server"] },
  "dracut-config-generic": {
    version: "57",
    requires: ["dracut"],
    write(tree) {
      // The initramfs is made in every build: quickly, the same each time, for no machine in particular.
      const settings = [
        'hostonly="no"',
        'compress="gzip -1"',
        'reproducible="yes"',
        'omit_dracutmodules+=" plymouth network lvm mdraid dmraid crypt btrfs multipath iscsi nfs cifs "',
      ];
      tree.write("/usr/lib/dracut/dracut.conf.d/02-generic-image.conf", settings.map((line) => `${line}\n`).join(""));
    },
  },
  grubby: { version: "8.40", write: (tree) => tree.write("/usr/sbin/grubby", "#!/bin/sh\nexit 0\n", 0o755) },
  initscripts: { version: "10", write: (tree) => tree.write("/etc/sysconfig/network-scripts/.keep", "") },
  "docker-storage-setup": { version: "0.5", requires: ["systemd"], write: writeStorageSetup },
};

function writeFilesystem(tree) {
  for (const path of STANDARD_DIRECTORIES) tree.directory(path, DIRECTORY_MODES.get(path));
  for (const name of ["bin", "sbin", "lib", "lib64"]) tree.link(`/${name}`, `usr/${name}`);
  tree.link("/var/run", "../run");
  tree.link("/var/lock", "../run/lock");
}

function writeSetup(tree) {
  const lines = (all, render) => all.map((one) => `${render(one)}\n`).join("");
  tree.write(
    "/etc/passwd",
    lines(USERS, ({ name, uid, gid, home, shell }) => `${name}:x:${uid}:${gid}:${name}:${home}:${shell}`),
  );
  tree.write(
    "/etc/shadow",
    lines(USERS, ({ name }) => `${name}:*:19000:0:99999:7:::`),
    0o640,
  );
  tree.write(
    "/etc/group",
    lines(GROUPS, ({ name, gid }) => `${name}:x:${gid}:`),
  );
  tree.write(
    "/etc/gshadow",
    lines(GROUPS, ({ name }) => `${name}:*::`),
    0o640,
  );
  tree.write(
    "/etc/profile",
    "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin\n" +
      'for script in /etc/profile.d/*.sh; do [ -r "$script" ] && . "$script"; done\nunset script\n',
  );
  const localhost = "localhost localhost.localdomain";
  tree.write("/etc/hosts", `127.0.0.1 ${localhost}\n::1 ${localhost}\n`);
  tree.write("/etc/host.conf", "multi on\n");
  tree.write("/etc/shells", "/bin/sh\n/bin/bash\n/usr/bin/bash\n");
  tree.write("/etc/issue", "\\S\nKernel \\r on an \\m (\\l)\n\n");
  tree.write("/etc/filesystems", "ext4\n");
  tree.write("/etc/hostname", "localhost\n");
  for (const name of ["motd", "fstab"]) tree.write(`/etc/${name}`, "");
}

/** From the sources in Debian's package `locales`, with this machine's localedef. */
async function writeEnglishLocale(tree) {
  const work = mkdtempSync(join(tmpdir(), "synthetic-rpm-locales-"));
  try {
    await runProgram(["apt-get", "-o", "APT::Sandbox::User=root", "-q", "download", "locales"], { cwd: work });
    await runProgram(["sh", "-c", "dpkg-deb -x locales_*.deb ."], { cwd: work });
    tree.directory("/usr/lib/locale");
    const locale = join(tree.root, "usr/lib/locale/en_US.utf8");
    await runProgram(["localedef", "--no-archive", "-c", "-i", "en_US", "-f", "UTF-8", locale], {
      env: { ...process.env, I18NPATH: join(work, "usr/share/i18n") },
    });
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** As in the trees of Fedora Atomic: enabled, and decides at boot where Docker keeps its containers. */
function writeStorageSetup(tree) {
  const command = "/bin/sh -c 'echo DOCKER_STORAGE_OPTIONS= > /etc/sysconfig/docker-storage'";
  const unit = `[Unit]\nDescription=Docker Storage Setup\n[Service]\nType=oneshot\nExecStart=${command}\n`;
  const units = "/usr/lib/systemd/system";
  tree.write(`${units}/docker-storage-setup.service`, `${unit}[Install]\nWantedBy=multi-user.target\n`);
  tree.write("/usr/lib/systemd/system-preset/80-docker.preset", "enable docker-storage-setup.service\n");
  tree.write("/etc/sysconfig/docker-storage", "DOCKER_STORAGE_OPTIONS=\n");
}
