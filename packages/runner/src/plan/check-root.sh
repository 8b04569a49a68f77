#!/bin/bash
# Refuses a target that no script of root.d has put a root filesystem into.
set -eu
if [ -z "$(find "$TMP_MOUNT_PATH" -mindepth 1 -maxdepth 1 ! -name 'lost+found*' ! -name '*tmp' ! -name '.*' -print -quit)" ]; then
  echo "no script of root.d put a root filesystem into $TMP_MOUNT_PATH"
  exit 1
fi
