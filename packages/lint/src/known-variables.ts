import { type Element, STANDARD_VARIABLES, viewsOf } from "@dibkit/model";
import type { BuildContext } from "./build-context.js";
import { exportsOf } from "./catalog-facts.js";

/** What disk-image-create and its function files export, and what every session has. */
const CORE = `
  BASH BASHPID BASH_LINENO BASH_REMATCH BASH_SOURCE BASH_VERSION CLEAR_ENV COMPRESS_IMAGE COPROC DEBIAN_FRONTEND
  DIB_ARGS DIB_BLOCK_DEVICE DIB_BLOCK_DEVICE_PARAMS_YAML DIB_BLOCK_SIZE DIB_BOOT_LABEL DIB_CONTAINER_CONTEXT
  DIB_DEBUG_TRACE DIB_ENV DIB_GZIP_BIN DIB_IMAGE_EXTRA_SIZE DIB_IMAGE_SIZE DIB_INIT_SYSTEM DIB_JOURNAL_SIZE
  DIB_LOCKFILES DIB_LOGFILE DIB_MIN_TMPFS DIB_MOUNTPOINTS DIB_NO_TIMER_CHECK DIB_NO_TMPFS DIB_PYTHON
  DIB_PYTHON_VERSION DIB_QUIET DIB_ROOT_FSTYPE DIB_SHOW_IMAGE_USAGE DIB_SQUASHFS_COMPRESSION DOCKER_TARGET
  ELEMENTS_PATH EUID EXTRA_DETACH EXTRA_UNMOUNT FUNCNAME GROUPS HOME HOSTNAME HOSTTYPE HTTPS_PROXY HTTP_PROXY IFS
  IMAGE_BLOCK_DEVICE IMAGE_BLOCK_DEVICES IMAGE_BLOCK_DEVICE_WITHOUT_PART IMAGE_ELEMENT_YAML IMAGE_TYPE IMAGE_TYPES
  INSTALL_PACKAGES LANG LC_ALL LINENO LOGFILE LOGNAME MACHTYPE MAX_ONLINE_RESIZE MKFS_OPTS NO_PROXY OLDPWD OPTARG
  OPTIND OSTYPE OUT_IMAGE_PATH OVERWRITE_OLD_IMAGE PATH PIPESTATUS PPID PS PS1 PS4 PWD QEMU_IMG_OPTIONS
  RAMDISK_ELEMENT RANDOM REG_METHOD REPLY RUN_PARTS_REGEX SCRIPTNAME SECONDS SHELL SHLVL SIZE SKIP_BASE SUDO_USER
  TARGET_ROOT TERM TMPDIR TMP_BUILD_DIR TMP_DIR TMP_HOOKS_PATH TMP_IMAGE_DIR TMP_IMAGE_PATH TMP_MOUNT_PATH UID
  USER _DIB _LIB http_proxy https_proxy no_proxy
`
  .trim()
  .split(/\s+/);

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
  const names = new Set<string>([
    ...STANDARD_VARIABLES,
    ...CORE,
    ...variables,
    ...Object.keys(composition.image?.environment ?? {}),
  ]);
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
    for (const dependency of viewsOf(element).deps.value) pending.push(dependency.name);
  }
  return found;
}
