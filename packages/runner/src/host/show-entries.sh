#!/bin/bash
# Shows what is in the directory $1 in a new directory in memory, $2: each entry as it is, with what is mounted in it. For
# /tmp where something is mounted in it, which a user namespace cannot overlay. What builds make there themselves is theirs
# alone.
set -u
shopt -s nullglob dotglob
mount -t tmpfs -o mode=1777 dibkit "$2" || exit 1
for entry in "$1"/*; do
  name=${entry##*/}
  at=$2/$name
  case $name in dib_build.* | dib_image.*) continue ;; esac
  if [ -L "$entry" ]; then
    cp -a "$entry" "$at"
  elif [ -d "$entry" ]; then
    mkdir "$at" && mount --rbind "$entry" "$at"
  else
    : > "$at" && mount --bind "$entry" "$at"
  fi
done 2>/dev/null
exit 0
