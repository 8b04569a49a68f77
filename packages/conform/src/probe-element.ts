import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PHASES } from "@dibkit/model";

/** Name of the element, and of the directory in the image that holds what it saw. */
export const PROBE_NAME = "dibkit-probe";
/** Path in the image, without a leading slash. */
export const PROBE_DIRECTORY = `var/lib/${PROBE_NAME}`;

/** Last in its phase but for removals of packages, so that `root.d` has a root to write to. */
const PRIORITY = 95;

/** Programs that elements call, to see whether scripts find the same ones. */
const PROGRAMS =
  "bash sh sudo python3 tar rsync curl git install-packages pkg-map svc-map package-installs cache-url chroot mount losetup qemu-img debootstrap systemctl dib-run-parts";

/**
 * Writes down what a script of a phase can observe: its environment (`PHASE.environment`, NUL-separated), and in
 * `PHASE.observed` sections of lines: working directory, arguments, umask, identity, descriptors, limits, rights of the
 * process, mounts, programs on the PATH, and the directories of the build.
 */
const PROBE_SCRIPT = `#!/bin/bash
set -eu
set -o pipefail
initial_umask=$(umask)
phase=$(basename "$(dirname "$0")")
case "$phase" in
  root.d|cleanup.d) root=$TARGET_ROOT ;;
  block-device.d) root=$TMP_BUILD_DIR/built ;;
  pre-install.d|install.d|post-install.d|finalise.d) root= ;;
  *) root=$TMP_MOUNT_PATH ;;
esac
if [ -z "$root" ]; then hooks=/tmp/in_target.d; else hooks=$TMP_HOOKS_PATH; fi
to=$root/${PROBE_DIRECTORY}
mkdir -p "$to"
# By a program of its own: bash would list the descriptors it lists them with.
find /proc/$$/fd -mindepth 1 -printf '%f %l\\n' > "$to/$phase.descriptors"
env -0 > "$to/$phase.environment"
{
  echo "== working directory"
  pwd
  echo "== arguments"
  echo "$0 $#"
  echo "== umask"
  echo "$initial_umask"
  echo "== identity"
  id
  echo "== shell options"
  echo "$-"
  echo "== descriptors"
  sed -E -e '/^255 /d' -e 's/:\\[[0-9]+\\]$//' "$to/$phase.descriptors" | sort -n
  echo "== limits"
  ulimit -a
  echo "== rights"
  grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status
  echo "== signals ignored"
  grep -E '^SigIgn' /proc/$$/status
  echo "== mounts"
  while read -r _ _ _ from at options rest; do
    case "$root:$at" in
      :*|*:"$TMP_BUILD_DIR"*) echo "$at $from $options \${rest##*- }" ;;
    esac
  done < /proc/self/mountinfo | sort
  echo "== programs"
  for program in ${PROGRAMS}; do
    echo "$program $(type -p "$program" || echo -)"
  done
  echo "== hooks"
  find "$hooks/" -printf '%P %y %m %U:%G\\n' | sort
  echo "== hooks writable"
  if [ -w "$hooks" ]; then echo yes; else echo no; fi
  echo "== files of the image's top level"
  find "\${root:-/}" -mindepth 1 -maxdepth 1 -printf '%f %y %m %U:%G\\n' | sort
  echo "== files of /tmp in the image"
  find "$root/tmp" -mindepth 1 -maxdepth 1 -printf '%f %y %m %U:%G\\n' | sort
  echo "== name resolution"
  stat -c '%F %a %U:%G' "$root/etc/resolv.conf" 2>&1 || true
  if [ -n "$root" ]; then
    echo "== build directory"
    find "$TMP_BUILD_DIR" -mindepth 1 -maxdepth 1 -printf '%f %y %m %U:%G\\n' | sort
  fi
} > "$to/$phase.observed"
rm "$to/$phase.descriptors"
`;

/** Files of the element: path to text; scripts are executable. */
export function probeFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["README.rst", `${PROBE_NAME}\n============\nRecords what scripts of each phase observe.\n`],
    ...PHASES.map((phase) => [`${phase.name}/${PRIORITY}-${PROBE_NAME}`, PROBE_SCRIPT] as const),
  ]);
}

/** Writes the element below an ELEMENTS_PATH entry. */
export async function writeProbeElement(elementsDirectory: string): Promise<void> {
  for (const [path, text] of probeFiles()) {
    const to = join(elementsDirectory, PROBE_NAME, path);
    await mkdir(join(to, ".."), { recursive: true });
    await writeFile(to, text);
    if (text.startsWith("#!")) await chmod(to, 0o755);
  }
}
