/** Variables that reach scripts although nothing in the build may name them, because programs read them by themselves. */
export interface PublishedVariables {
  /** Who reads them, as a table of the documentation says it. */
  readonly readers: string;
  /** Names; one that ends in `*` is the beginning of names. */
  readonly names: readonly string[];
  /**
   * Whether a value can decide what a program writes into the image, so that it counts for every step. What says how
   * something is reached (an agent, a directory of settings) counts for the scripts that mention it only.
   */
  readonly counts: boolean;
}

/**
 * The published list. Names that continuous integration gives a new value in each run (`GIT_COMMIT`, `SYSTEMD_EXEC_PID`)
 * are kept out of it: that is why no group is simply "whatever begins with GIT_".
 */
export const PUBLISHED_VARIABLES: readonly PublishedVariables[] = [
  {
    readers: "the builder and its elements",
    names: [
      ...["DIB_*", "ELEMENTS_PATH", "IMAGE_NAME", "IMAGE_TYPE", "ARCH", "FS_TYPE", "DISTRO_NAME", "PATH", "HOME"],
      ...["TMPDIR", "VIRTUAL_ENV", "QEMU_IMG_OPTIONS", "MAX_ONLINE_RESIZE", "ROOT_LABEL"],
    ],
    counts: false,
  },
  {
    readers: "programs that use the network",
    names: [
      ...["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy", "rsync_proxy"],
      ...["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY", "RSYNC_PROXY"],
    ],
    counts: true,
  },
  {
    readers: "TLS libraries, for certificates of the host",
    names: ["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"],
    counts: false,
  },
  {
    readers: "the C library, for language and time zone",
    names: ["LANG", "LANGUAGE", "LC_*", "TZ"],
    counts: true,
  },
  { readers: "what writes dates that are to be repeatable", names: ["SOURCE_DATE_EPOCH"], counts: true },
  {
    readers: "apt, dpkg, debconf and what they run",
    names: [
      ...["APT_CONFIG", "APT_LISTCHANGES_FRONTEND", "APT_LISTBUGS_FRONTEND", "DEBIAN_FRONTEND", "DEBIAN_PRIORITY"],
      ...["DEBCONF_*", "DEBOOTSTRAP_DIR", "DPKG_FORCE", "DPKG_MAINTSCRIPT_*", "NEEDRESTART_MODE", "UCF_FORCE_*"],
    ],
    counts: true,
  },
  { readers: "rpm, dnf and zypper", names: ["RPM_CONFIGDIR", "DNF_VAR_*", "YUM0", "ZYPP_*"], counts: true },
  {
    readers: "git",
    names: [
      ...["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_*"],
      ...["GIT_CONFIG_VALUE_*", "GIT_CONFIG_PARAMETERS", "GIT_PROTOCOL", "GIT_ALLOW_PROTOCOL", "GIT_TEMPLATE_DIR"],
      ...["GIT_LFS_SKIP_SMUDGE", "GIT_SSL_NO_VERIFY", "GIT_SSL_CAINFO"],
    ],
    counts: true,
  },
  {
    readers: "git, ssh and container engines, to know who asks and whom",
    names: [
      ...["SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT", "SUDO_UID"],
      ...["GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND", "GIT_HTTP_*", "KRB5CCNAME"],
      ...["KRB5_CONFIG", "NETRC", "GNUPGHOME", "DOCKER_CONFIG", "DOCKER_HOST", "REGISTRY_AUTH_FILE"],
      ...["CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE", "CONTAINERS_REGISTRIES_CONF"],
    ],
    counts: false,
  },
  {
    readers: "programs that keep settings and caches below the home directory",
    names: ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "CURL_HOME", "WGETRC", "PIP_CACHE_DIR"],
    counts: false,
  },
  {
    readers: "python and pip",
    names: [
      ...["PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONNOUSERSITE"],
      ...["PYTHONDONTWRITEBYTECODE", "PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST"],
      ...["PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CONSTRAINT", "PIP_PREFER_BINARY", "PIP_NO_BINARY", "PIP_ONLY_BINARY"],
      ...["PIP_BREAK_SYSTEM_PACKAGES", "PIP_DEFAULT_TIMEOUT", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX"],
    ],
    counts: true,
  },
  {
    readers: "package managers of other languages, and make",
    names: [
      ...["npm_config_registry", "NPM_CONFIG_REGISTRY", "GOPROXY", "GOSUMDB", "GOPRIVATE", "GOFLAGS", "GOTOOLCHAIN"],
      ...["CARGO_HOME", "RUSTUP_HOME", "GEM_HOME", "GEM_PATH", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "MAKEFLAGS"],
      ...["CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "PKG_CONFIG_PATH"],
    ],
    counts: true,
  },
  {
    readers: "archivers and other tools",
    names: [
      ...["TAR_OPTIONS", "XZ_OPT", "XZ_DEFAULTS", "GZIP", "BZIP2", "ZSTD_CLEVEL", "ZSTD_NBTHREADS", "UNZIP", "ZIPOPT"],
      ...["POSIXLY_CORRECT", "BLOCK_SIZE", "BLOCKSIZE", "MKE2FS_CONFIG", "MKE2FS_SYNC", "MODPROBE_OPTIONS", "CDPATH"],
      ...["OPENSSL_CONF", "LIBGUESTFS_BACKEND", "SYSTEMD_OFFLINE", "LVM_SYSTEM_DIR", "GLOBIGNORE", "GREP_OPTIONS"],
    ],
    counts: true,
  },
];

const reachesScripts = matcher(PUBLISHED_VARIABLES.flatMap(({ names }) => names));
const countsAlways = matcher(PUBLISHED_VARIABLES.flatMap(({ names, counts }) => (counts ? names : [])));

/** Whether a variable of the caller reaches every script. */
export function isPublished(name: string): boolean {
  return reachesScripts(name);
}

/** Whether programs read a variable by themselves, so that its value belongs to what every step is made from. */
export function isReadByPrograms(name: string): boolean {
  return countsAlways(name);
}

/** Tests names against patterns such as `DIB_*`; `*` alone, or `all`, is every name. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  const whole = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const prefixes = patterns.flatMap((pattern) => (pattern.endsWith("*") ? [pattern.slice(0, -1)] : []));
  return (name) => whole.has(name) || whole.has("all") || prefixes.some((prefix) => name.startsWith(prefix));
}
