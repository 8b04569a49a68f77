#!/bin/bash
# Writes down what a script of a phase can observe: its environment (PHASE.environment, NUL-separated), and in PHASE.observed
# sections of lines: working directory, arguments, umask, identity, descriptors, limits, rights of the process, mounts,
# programs on the PATH, and the directories of the build.
set -eu
set -o pipefail
# Programs that elements call, to see whether scripts find the same ones.
programs=(
  bash sh sudo python3 tar rsync curl git install-packages pkg-map svc-map package-installs
  cache-url chroot mount losetup qemu-img debootstrap systemctl dib-run-parts
)
initial_umask=$(umask)
phase=$(basename "$(dirname "$0")")
case "$phase" in
  root.d|cleanup.d) root=$TARGET_ROOT ;;
  block-device.d) root=$TMP_BUILD_DIR/built ;;
  pre-install.d|install.d|post-install.d|finalise.d) root= ;;
  *) root=$TMP_MOUNT_PATH ;;
esac
if [ -z "$root" ]; then hooks=/tmp/in_target.d; else hooks=$TMP_HOOKS_PATH; fi
name=${0##*/}
to=$root/var/lib/${name#*-}
mkdir -p "$to"
# By a program of its own: bash would list the descriptors it lists them with.
find /proc/$$/fd -mindepth 1 -printf '%f %l\n' > "$to/$phase.descriptors"
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
  sed -E -e '/^255 /d' -e 's/:\[[0-9]+\]$//' "$to/$phase.descriptors" | sort -n
  echo "== limits"
  ulimit -a
  echo "== rights"
  grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status
  echo "== signals ignored"
  grep -E '^SigIgn' /proc/$$/status
  echo "== mounts"
  while read -r _ _ _ from at options rest; do
    case "$root:$at" in
      :*|*:"$TMP_BUILD_DIR"*) echo "$at $from $options ${rest##*- }" ;;
    esac
  done < /proc/self/mountinfo | sort
  echo "== programs"
  for program in "${programs[@]}"; do
    echo "$program $(type -p "$program" || echo -)"
  done
  echo "== hooks"
  find "$hooks/" -printf '%P %y %m %U:%G\n' | sort
  echo "== hooks writable"
  if [ -w "$hooks" ]; then echo yes; else echo no; fi
  echo "== files of the image's top level"
  find "${root:-/}" -mindepth 1 -maxdepth 1 -printf '%f %y %m %U:%G\n' | sort
  echo "== files of /tmp in the image"
  find "$root/tmp" -mindepth 1 -maxdepth 1 -printf '%f %y %m %U:%G\n' | sort
  echo "== name resolution"
  stat -c '%F %a %U:%G' "$root/etc/resolv.conf" 2>&1 || true
  if [ -n "$root" ]; then
    echo "== build directory"
    find "$TMP_BUILD_DIR" -mindepth 1 -maxdepth 1 -printf '%f %y %m %U:%G\n' | sort
  fi
} > "$to/$phase.observed"
rm "$to/$phase.descriptors"
