import { type Element, STANDARD_VARIABLES, viewsOf } from "@dibkit/model";
import type { BuildContext } from "./build-context.js";
import { exportsOf } from "./catalog-facts.js";

/** What disk-image-create and its function files export, and what every session has. */
const CORE = [
  ...STANDARD_VARIABLES,
  ...[
    "IMAGE_BLOCK_DEVICE",
    "IMAGE_BLOCK_DEVICES",
    "IMAGE_BLOCK_DEVICE_WITHOUT_PART",
    "IMAGE_ELEMENT_YAML",
    "IMAGE_TYPE",
  ],
  ...["DIB_ARGS", "DIB_ENV", "DIB_BOOT_LABEL", "DIB_MOUNTPOINTS", "DIB_BLOCK_DEVICE", "DIB_BLOCK_DEVICE_PARAMS_YAML"],
  ...[
    "DIB_LOCKFILES",
    "DIB_PYTHON",
    "DIB_PYTHON_VERSION",
    "DIB_NO_TMPFS",
    "DIB_QUIET",
    "DIB_LOGFILE",
    "DIB_CONTAINER_CONTEXT",
  ],
  ...[
    "DIB_IMAGE_SIZE",
    "DIB_IMAGE_EXTRA_SIZE",
    "DIB_JOURNAL_SIZE",
    "DIB_MIN_TMPFS",
    "DIB_NO_TIMER_CHECK",
    "DIB_SHOW_IMAGE_USAGE",
  ],
  ...[
    "DIB_GZIP_BIN",
    "DIB_SQUASHFS_COMPRESSION",
    "DIB_DEBUG_TRACE",
    "DIB_INIT_SYSTEM",
    "DIB_BLOCK_SIZE",
    "DIB_ROOT_FSTYPE",
  ],
  ...[
    "ELEMENTS_PATH",
    "TMP_BUILD_DIR",
    "TMP_IMAGE_DIR",
    "TMP_IMAGE_PATH",
    "TMP_MOUNT_PATH",
    "TMP_HOOKS_PATH",
    "TMP_DIR",
  ],
  ...["TARGET_ROOT", "MKFS_OPTS", "MAX_ONLINE_RESIZE", "EXTRA_UNMOUNT", "EXTRA_DETACH", "SIZE", "QEMU_IMG_OPTIONS"],
  ...[
    "COMPRESS_IMAGE",
    "OVERWRITE_OLD_IMAGE",
    "INSTALL_PACKAGES",
    "RUN_PARTS_REGEX",
    "REG_METHOD",
    "_LIB",
    "_DIB",
    "SCRIPTNAME",
  ],
  ...[
    "HOME",
    "PATH",
    "PWD",
    "OLDPWD",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "TERM",
    "TMPDIR",
    "HOSTNAME",
    "EUID",
    "UID",
  ],
  ...[
    "IFS",
    "PS1",
    "PS4",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "OPTARG",
    "OPTIND",
    "REPLY",
    "PPID",
    "FUNCNAME",
    "PIPESTATUS",
    "SHLVL",
  ],
  ...[
    "BASH_REMATCH",
    "BASH_SOURCE",
    "BASH_LINENO",
    "BASH_VERSION",
    "BASHPID",
    "COPROC",
    "HOSTTYPE",
    "OSTYPE",
    "MACHTYPE",
    "GROUPS",
  ],
  ...[
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SUDO_USER",
    "DEBIAN_FRONTEND",
    "BASH",
  ],
];

const exportedNames = new WeakMap<Element, ReadonlySet<string>>();

function namesExportedBy(element: Element): ReadonlySet<string> {
  const known = exportedNames.get(element);
  if (known) return known;
  const names = new Set(exportsOf(element).map(([name]) => name));
  exportedNames.set(element, names);
  return names;
}

/** Variables set in every build that the composition can be: upstream's own, those of its elements, and of `base`. */
export function setVariables({ composition, catalog, variables }: BuildContext): ReadonlySet<string> {
  const names = new Set([...CORE, ...variables, ...Object.keys(composition.image?.environment ?? {})]);
  const elements = new Set(composition.elements.map(({ element }) => element));
  if (composition.image === undefined) for (const element of besides(catalog)) elements.add(element);
  for (const element of elements) for (const name of namesExportedBy(element)) names.add(name);
  return names;
}

/** `base`, which is added to every build, with what it depends on. */
function besides(catalog: BuildContext["catalog"]): readonly Element[] {
  const found: Element[] = [];
  const pending = ["base"];
  for (const name of pending) {
    const element = catalog.elements.get(name);
    if (element === undefined || found.includes(element)) continue;
    found.push(element);
    pending.push(...viewsOf(element).deps.value.map((dependency) => dependency.name));
  }
  return found;
}
