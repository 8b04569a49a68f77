import {
  bash,
  cleanup,
  defineElement,
  elementRef,
  envDefault,
  envFixed,
  environmentScript,
  fromFile,
  install,
  root,
  variable,
} from "@dibkit/model";

/** Variables that scripts of every phase read are set where debian-minimal sets them. */
const early = { file: "10-debian-express.bash" } as const;

/** A root of Debian as debian-minimal makes it, in one transaction with the packages of all other elements. */
export const debianExpress = defineElement("debian-express", {
  summary: "makes a minimal Debian by one transaction of mmdebstrap, in the place of debian-minimal",
  description:
    "The packages that the build's elements name in their package-installs, for whatever phase, are installed\n" +
    "together with the root itself, and the initramfs is made once. A package that the first sources do not have\n" +
    "waits for its phase. Needs mmdebstrap on the build host.",
  deps: [
    elementRef("dpkg"),
    elementRef("modprobe"),
    elementRef("package-installs"),
    elementRef("pkg-map"),
    elementRef("sysprep"),
  ],
  // Elements may depend on either by name, and neither shall make a second root.
  provides: ["debian-minimal", "debootstrap", "operating-system"],
  environment: {
    DISTRO_NAME: envFixed("debian", "what other elements know the distribution by", early),
    DIB_RELEASE: envDefault("stable", "the release of Debian, by codename or suite", early),
    DIB_INIT_SYSTEM: envFixed("systemd", "the init system that services are enabled for", early),
    EFI_BOOT_DIR: envFixed("EFI/debian", "where the boot loader lies on an EFI system partition", early),
    DIB_DEBIAN_COMPONENTS: envDefault("main", "components of the archive, with commas between them", early),
    DIB_DEBOOTSTRAP_DEFAULT_LOCALE: envDefault("C.UTF-8", "the locale of the image", early),
    DIB_NETWORK_INTERFACE_NAMES: envDefault("eth0 eth1", "the interfaces that take an address by DHCP", early),
    DIB_APT_MINIMAL_CREATE_INTERFACES: envDefault("1", "0 leaves /etc/network/interfaces alone", early),
    DIB_EXPRESS_PACKAGES: envDefault("", "packages that scripts install by themselves, with blanks between", early),
    DIB_EXPRESS_LATER: envDefault(
      "",
      "packages that shall be installed in their own phase, with blanks between",
      early,
    ),
  },
  scripts: [
    environmentScript(
      11,
      "debian-express-sources.bash",
      bash`
        export DIB_DISTRIBUTION_MIRROR=\${DIB_DEBIAN_DISTRIBUTION_MIRROR:-\${DIB_DISTRIBUTION_MIRROR:-http://deb.debian.org/debian}}
        export DIB_DEBIAN_COMPONENTS_WS=\${DIB_DEBIAN_COMPONENTS//,/ }
        if [ -z "\${DIB_APT_SOURCES_CONF:-}" ]; then
            DIB_APT_SOURCES_CONF="default:deb $DIB_DISTRIBUTION_MIRROR $DIB_RELEASE $DIB_DEBIAN_COMPONENTS_WS"
            case $DIB_RELEASE in
                testing | unstable | sid) ;;
                *)
                    # Security has a mirror of its own, which cannot be told from that of the distribution.
                    DIB_APT_SOURCES_CONF="$DIB_APT_SOURCES_CONF
        updates:deb $DIB_DISTRIBUTION_MIRROR $DIB_RELEASE-updates $DIB_DEBIAN_COMPONENTS_WS
        security:deb \${DIB_DEBIAN_SECURITY_MIRROR:-http://security.debian.org/} $DIB_RELEASE\${DIB_DEBIAN_SECURITY_SUBPATH:--security} $DIB_DEBIAN_COMPONENTS_WS"
                    ;;
            esac
        fi
        export DIB_APT_SOURCES_CONF
      `,
      { exports: ["DIB_DISTRIBUTION_MIRROR", "DIB_DEBIAN_COMPONENTS_WS", "DIB_APT_SOURCES_CONF"] },
    ),
    root(7, "debian-express-packages", fromFile("../debian-express/list-packages.sh")),
    root(8, "debian-express", fromFile("../debian-express/make-root.sh")),
    install(2, "debian-express-initramfs", fromFile("../debian-express/initramfs.sh")),
    install(
      10,
      "debian-express-network",
      bash`
        echo ${variable("DISTRO_NAME")} >/etc/hostname
        if [ ${variable("DIB_APT_MINIMAL_CREATE_INTERFACES")} = 1 ]; then
            mkdir -p /etc/network/interfaces.d
            if ! grep -Eqs '^source(-directory)? /etc/network/interfaces.d/\*' /etc/network/interfaces; then
                echo "source /etc/network/interfaces.d/*" >>/etc/network/interfaces
            fi
            for interface in $DIB_NETWORK_INTERFACE_NAMES; do
                printf 'auto %s\niface %s inet dhcp\n' "$interface" "$interface" >"/etc/network/interfaces.d/$interface"
            done
        fi
      `,
    ),
    install(
      12,
      "debian-express-locale",
      bash`
        # Of this answer the package makes /etc/locale.gen, unless there is one.
        rm -f /etc/locale.gen
        debconf-set-selections <<EOF
        locales locales/locales_to_be_generated multiselect en_US.UTF-8 UTF-8
        locales locales/default_environment_locale select en_US.UTF-8
        EOF
        dpkg-reconfigure --frontend noninteractive locales
        printf 'LANG=%s\nLC_ALL=%s\n' ${variable("DIB_DEBOOTSTRAP_DEFAULT_LOCALE")} ${variable("DIB_DEBOOTSTRAP_DEFAULT_LOCALE")} >/etc/default/locale
      `,
    ),
    install(15, "debian-express-sudoers", bash`install -d -m 0755 -o root -g root /etc/sudoers.d`),
    cleanup(99, "debian-express-package-lists", bash`sudo rm -rf "$TARGET_ROOT"/var/lib/apt/lists/*`),
  ],
  packages: {
    adduser: {},
    "ca-certificates": {},
    locales: {},
    "lsb-release": { phase: "pre-install.d" },
    netbase: {},
    "linux-image-686": { arch: "i386" },
    "linux-image-amd64": { arch: "amd64" },
    "linux-image-arm64": { arch: "arm64" },
  },
  files: {
    "debian-express/before-transaction.sh": fromFile("../debian-express/before-transaction.sh"),
    "debian-express/install-packages.sh": fromFile("../debian-express/install-packages.sh"),
  },
});
