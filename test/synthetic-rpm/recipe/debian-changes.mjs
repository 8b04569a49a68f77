// What Debian's maintainer scripts would do to a package, or Fedora's packager did, done once at conversion.
import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import { isKernel } from "./package-names.mjs";

/** @typedef {import("./package-tree.mjs").PackageTree} PackageTree */
/**
 * What a change adds to the package besides files.
 * @typedef {{ requires?: readonly string[], provides?: readonly string[], scriptlets?: Readonly<Record<string, string>> }} Additions
 */

/** @type {Readonly<Record<string, (tree: PackageTree) => Additions | undefined>>} */
const CHANGES = {
  bash(tree) {
    tree.link("/usr/bin/sh", "bash");
    const provides = ["/bin/sh", "/usr/bin/sh", "/bin/bash", "/usr/bin/bash"];
    return { provides, requires: ["glibc", "setup", "filesystem"] };
  },
  coreutils: () => ({ requires: ["filesystem"] }),
  libc6(tree) {
    tree.remove("/etc/ld.so.conf.d");
    return { requires: ["filesystem", "basesystem", "glibc-common"] };
  },
  "libc-bin"(tree) {
    tree.write("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n");
    const folders = ["/usr/local/lib", "/lib", "/usr/lib"].map((folder) => `${folder}/x86_64-linux-gnu\n`);
    tree.write("/etc/ld.so.conf.d/x86_64-linux-gnu.conf", folders.join(""));
    const databases = ["passwd", "group", "shadow", "networks", "protocols", "services"];
    tree.write(
      "/etc/nsswitch.conf",
      `${databases.map((one) => `${one}: files\n`).join("")}hosts: files myhostname dns\n`,
    );
    return { scriptlets: { "post -p /usr/sbin/ldconfig": "" } };
  },
  gawk(tree) {
    tree.link("/usr/bin/awk", "gawk");
  },
  debianutils(tree) {
    tree.link("/usr/bin/which", "which.debianutils");
  },
  "util-linux": () => ({
    provides: ["util-linux-ng = 2.38"],
    requires: ["util-linux-mount", "util-linux-bsdutils", "util-linux-login", "pam-config"],
  }),
  "rpm-common": useFedoraDatabase,
  librpmio9: useFedoraDatabase,
  librpm9: useFedoraDatabase,
  rpm(tree) {
    useFedoraDatabase(tree);
    // Essential packages of Debian are nobody's dependency there.
    const essential = "bash coreutils sed grep gawk findutils tar gzip xz bzip2 diffutils which";
    return { requires: essential.split(" ") };
  },
  "dnf-plugins-core"(tree) {
    // Debian enables it, and it makes dnf fail with --installroot.
    tree.remove("/usr/lib/python3/dist-packages/dnf-plugins/local.py");
    tree.remove("/etc/dnf/plugins/local.conf");
  },
  dnf(tree) {
    tree.link("/usr/bin/yum", "dnf-3");
    return { provides: ["yum"], requires: ["rpm"] };
  },
  python3(tree) {
    tree.link("/usr/libexec/platform-python", "../bin/python3");
  },
  sudo(tree) {
    tree.write("/etc/sudoers", tree.read("/etc/sudoers"), 0o440);
  },
  "isc-dhcp-client": () => ({ provides: ["dhclient = 12:4.4.3"] }),
  "ca-certificates"(tree) {
    const folder = "/usr/share/ca-certificates/mozilla";
    const bundle = tree.names(folder).map((name) => tree.read(join(folder, name)));
    tree.write("/etc/ssl/certs/ca-certificates.crt", bundle.join(""));
    tree.link("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt");
  },
  "grub-common"(tree) {
    nameGrub2(tree);
    const settings = ["DEFAULT=0", "TIMEOUT=5", 'DISTRIBUTOR="Synthetic Fedora"', 'CMDLINE_LINUX=""'];
    tree.write("/etc/default/grub", settings.map((one) => `GRUB_${one}\n`).join(""));
    tree.directory("/boot/grub");
    tree.link("/boot/grub2", "grub");
  },
  "grub2-common": nameGrub2,
  "grub-pc-bin"(tree) {
    nameGrub2(tree);
    return { provides: ["grub2 = 1:2.06"], requires: ["grub2-tools", "grub2-common"] };
  },
  "openssh-server"(tree) {
    tree.write("/etc/ssh/sshd_config", tree.read("/usr/share/openssh/sshd_config"), 0o600);
    const units = "/usr/lib/systemd/system";
    // systemd enables no unit that is a link to another.
    const unit = tree.read(`${units}/ssh.service`).replace("Alias=sshd.service\n", "");
    tree.remove(`${units}/ssh.service`);
    tree.write(`${units}/sshd.service`, unit);
    const keys = ["", "/usr/bin/ssh-keygen -A", "/usr/sbin/sshd -t"].map((command) => `ExecStartPre=${command}\n`);
    tree.write(`${units}/sshd.service.d/keys.conf`, `[Service]\n${keys.join("")}`);
  },
  "libpam-runtime"(tree) {
    const stack = (kind, ...lines) => lines.map((line) => `${kind} ${line}\n`).join("");
    const ends = ["requisite pam_deny.so", "required pam_permit.so"];
    tree.write("/etc/pam.d/common-auth", stack("auth", "[success=1 default=ignore] pam_unix.so nullok", ...ends));
    const account = "[success=1 new_authtok_reqd=done default=ignore] pam_unix.so";
    tree.write("/etc/pam.d/common-account", stack("account", account, ...ends));
    const password = "[success=1 default=ignore] pam_unix.so obscure yescrypt";
    tree.write("/etc/pam.d/common-password", stack("password", password, ...ends));
    const session = ["[default=1] pam_permit.so", ...ends, "required pam_unix.so"];
    tree.write("/etc/pam.d/common-session-noninteractive", stack("session", ...session));
    tree.write("/etc/pam.d/common-session", stack("session", ...session, "optional pam_systemd.so"));
  },
  systemd(tree) {
    const presets = "/usr/lib/systemd/system-preset";
    tree.remove(presets);
    const enabled =
      "getty@ NetworkManager NetworkManager-dispatcher NetworkManager-wait-online sshd cloud-init-local cloud-init cloud-config";
    const units = [
      ...`${enabled} cloud-final systemd-pstore`.split(" ").map((unit) => `${unit}.service`),
      "remote-fs.target",
    ];
    tree.write(`${presets}/90-default.preset`, units.map((unit) => `enable ${unit}\n`).join(""));
    tree.write(`${presets}/99-default-disable.preset`, "disable *\n");
    const lines = [
      "systemctl --no-reload preset-all",
      "systemd-sysusers",
      "systemd-tmpfiles --create --prefix=/var --prefix=/etc",
    ];
    return {
      requires: ["systemd-sysv", "dbus", "kmod", "util-linux", "shadow-utils"],
      scriptlets: { posttrans: lines.map((line) => `${line} >/dev/null 2>&1 || :`).join("\n") },
    };
  },
  "cloud-init"(tree) {
    tree.edit("/etc/cloud/cloud.cfg", (text) =>
      text.replace("distro: debian", "distro: fedora").replace("name: debian", "name: fedora"),
    );
    // Fedora's network is NetworkManager, which cannot come before the basic system is up, and metadata comes by it.
    tree.edit("/usr/lib/systemd/system/cloud-init.service", (text) =>
      text
        .replace("Before=sysinit.target\n", "")
        .replace(
          "After=systemd-networkd-wait-online.service",
          "Wants=NetworkManager-wait-online.service\nAfter=NetworkManager-wait-online.service",
        ),
    );
  },
  "dracut-core": () => ({
    requires: "xz gzip util-linux cpio kmod systemd-udev sed grep findutils".split(" "),
  }),
};

/** Applies what belongs to a Debian package. @param {string} debianName @param {PackageTree} tree @returns {Additions} */
export function changePackage(debianName, tree) {
  const change = isKernel(debianName) ? installKernel : CHANGES[debianName];
  return change?.(tree) ?? {};
}

/** @param {PackageTree} tree @returns {Additions} */
function installKernel(tree) {
  const [kernel] = tree.names("/usr/lib/modules");
  const initramfs = `/boot/initramfs-${kernel}.img`;
  return {
    provides: [`kernel-uname-r = ${kernel.replaceAll("-", "_")}`, "installonlypkg(kernel)"],
    requires: ["kmod", "dracut", "dracut-config-generic", "systemd-udev"],
    scriptlets: {
      posttrans: `/usr/sbin/depmod -a ${kernel}\ndracut --force --kver ${kernel} ${initramfs}`,
      preun: `rm -f ${initramfs} /usr/lib/modules/${kernel}/modules.*`,
    },
  };
}

/** Debian's default is below the home directory. Newer upstream keeps the database of every release below /usr. */
function useFedoraDatabase(tree) {
  const macros = "/usr/lib/rpm/macros";
  if (!tree.has(macros)) return;
  const path = "%(test -d /usr/lib/sysimage/rpm && echo /usr/lib/sysimage/rpm || echo /var/lib/rpm)";
  tree.edit(macros, (text) => text.replace(/^%_dbpath\s.*$/m, `%_dbpath\t\t${path}`));
}

function nameGrub2(tree) {
  for (const folder of ["/usr/bin", "/usr/sbin"]) {
    for (const name of tree.names(folder).filter((one) => one.startsWith("grub-"))) {
      tree.link(join(folder, name.replace("grub-", "grub2-")), name);
    }
  }
}

/** Units that a preset decides about when their package is installed. @param {PackageTree} tree */
export function installableUnits(tree) {
  const folder = "/usr/lib/systemd/system";
  return tree.entries(folder).flatMap(({ path, isDirectory }) => {
    const name = basename(path);
    if (isDirectory || join(folder, name) !== path || !/^[^@]+\.(service|socket|timer)$/.test(name)) return [];
    if (lstatSync(join(tree.root, path)).isSymbolicLink()) return [];
    return /^\[Install\]$/m.test(tree.read(path)) ? [name] : [];
  });
}
