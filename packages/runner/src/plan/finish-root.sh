#!/bin/bash
# Takes what is left of the build off the finished disk: resolv.conf is the image's again, /tmp is empty, logs are
# truncated, and those of root's home are gone. Needs the functions of inside-root.sh.
set -eu
target=$TMP_MOUNT_PATH
etc=$(inside "$target" etc)
logs=$(inside "$target" var/log)
home=$(inside "$target" root)
if [ -L "$etc/resolv.conf" ] || lsattr "$etc/resolv.conf" 2>/dev/null | grep -q '^....i'; then
  rm -f "$etc/resolv.conf.ORIG"
else
  rm -f "$etc/resolv.conf"
  if [ -L "$etc/resolv.conf.ORIG" ] || [ -f "$etc/resolv.conf.ORIG" ]; then
    mv "$etc/resolv.conf.ORIG" "$etc/resolv.conf"
  fi
fi
if [ -d "$target/tmp" ] && [ ! -L "$target/tmp" ]; then
  find "$target/tmp" -maxdepth 1 -mindepth 1 -exec rm -rf --one-file-system {} +
fi
if [ -d "$logs" ]; then find "$logs" -type f -exec truncate -s 0 {} +; fi
if [ -d "$home" ]; then find "$home" -name '*.log' -type f -delete; fi
