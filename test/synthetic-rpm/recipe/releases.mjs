// The packages that make a repository one of a named release: everything else is the same in all of them.

/** @typedef {import("./written-packages.mjs").WrittenPackage} WrittenPackage */
/** @typedef {{ name: string, version: string, packages: Readonly<Record<string, WrittenPackage>> }} Release */

/** @param {string} name `fedora-VERSION` or `centos-VERSION-stream` @returns {Release} */
export function namedRelease(name) {
  const [, fedora] = /^fedora-(\d+)$/.exec(name) ?? [];
  if (fedora !== undefined) return { name, version: fedora, packages: fedoraPackages(fedora) };
  const [, centos] = /^centos-(\d+)-stream$/.exec(name) ?? [];
  if (centos !== undefined) return { name, version: centos, packages: centosPackages(centos) };
  throw new Error(`the release "${name}" must be "fedora-VERSION" or "centos-VERSION-stream"`);
}

/** Fedora 30 took apart what is one package in releases before. @param {string} version */
function fedoraPackages(version) {
  const release = {
    version,
    requires: ["fedora-repos"],
    provides: ["system-release", "redhat-release"].map((one) => `${one} = ${version}`),
    write(tree) {
      writeOsRelease(tree, "fedora-release", `Fedora release ${version} (synthetic)\n`, {
        NAME: "Fedora (synthetic)",
        VERSION: version,
        ID: "fedora",
        VERSION_ID: version,
        PLATFORM_ID: `platform:f${version}`,
        PRETTY_NAME: `Synthetic Fedora ${version} from Debian binaries`,
      });
    },
  };
  const key = `/etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-${version}-x86_64`;
  const repository = (id) =>
    `[${id}]\nname=Fedora $releasever - $basearch - ${id}\n` +
    `baseurl=http://download.fedoraproject.org/pub/fedora/linux/${id}/$releasever/$basearch/os\n` +
    `enabled=1\ngpgcheck=1\ngpgkey=file://${key}\n`;
  return {
    ...(Number(version) >= 30
      ? {
          "fedora-release-common": { ...release, provides: [...release.provides, `fedora-release = ${version}`] },
          "fedora-release-cloud": { version, requires: ["fedora-release-common"] },
        }
      : { "fedora-release": release }),
    "fedora-repos": {
      version,
      requires: ["fedora-gpg-keys"],
      write(tree) {
        tree.write("/etc/yum.repos.d/fedora.repo", repository("fedora"));
        tree.write("/etc/yum.repos.d/fedora-updates.repo", repository("updates"));
      },
    },
    "fedora-gpg-keys": { version, write: (tree) => tree.write(key, NO_KEY) },
  };
}

/** @param {string} version */
function centosPackages(version) {
  const key = "/etc/pki/rpm-gpg/RPM-GPG-KEY-centosofficial";
  return {
    "centos-stream-release": {
      version,
      requires: ["centos-stream-repos"],
      provides: ["system-release", "centos-release", "redhat-release"].map((one) => `${one} = ${version}`),
      write(tree) {
        writeOsRelease(tree, "centos-release", `CentOS Stream release ${version} (synthetic)\n`, {
          NAME: "CentOS Stream (synthetic)",
          VERSION: version,
          ID: "centos",
          ID_LIKE: "rhel fedora",
          VERSION_ID: version,
          PLATFORM_ID: `platform:el${version}`,
          PRETTY_NAME: `Synthetic CentOS Stream ${version} from Debian binaries`,
        });
      },
    },
    "centos-stream-repos": {
      version,
      requires: ["centos-gpg-keys"],
      write(tree) {
        const url = "http://centos.example.org/$releasever-stream/BaseOS/$basearch/os/";
        tree.write(
          "/etc/yum.repos.d/centos.repo",
          `[baseos]\nname=CentOS Stream $releasever - BaseOS\nbaseurl=${url}\nenabled=1\ngpgcheck=1\ngpgkey=file://${key}\n`,
        );
      },
    },
    "centos-gpg-keys": { version, write: (tree) => tree.write(key, NO_KEY) },
  };
}

const NO_KEY = "synthetic: these packages are not signed\n";

function writeOsRelease(tree, file, line, fields) {
  const text = Object.entries(fields).map(([name, value]) => `${name}="${value}"\n`);
  tree.write("/usr/lib/os-release", text.join(""));
  tree.link("/etc/os-release", "../usr/lib/os-release");
  tree.write(`/etc/${file}`, line);
  for (const name of ["redhat-release", "system-release"]) tree.link(`/etc/${name}`, file);
}
