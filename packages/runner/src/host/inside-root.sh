#!/bin/bash
# Two functions that tell where a path of the image is on the host, with links followed as in the image. A link to /etc in
# the image means the image's /etc; followed by the host it would lead out of the image.
# "inside ROOT PATH" prints it; "find_inside ROOT PATH" puts it into "found_inside" and starts no process, which matters
# because every step asks for half a dozen paths.
inside() {
  find_inside "$@" && printf '%s\n' "$found_inside"
}
find_inside() {
  local root=$1 rest=$2 at='' part link links=0
  while [ -n "$rest" ]; do
    part=${rest%%/*}
    rest=${rest#"$part"}
    rest=${rest#/}
    case $part in
      ""|.) continue ;;
      ..) at=${at%/*}; continue ;;
    esac
    if [ ! -L "$root$at/$part" ]; then
      at=$at/$part
      continue
    fi
    links=$((links + 1))
    if [ $links -gt 40 ]; then
      echo "too many links at $2 of the image" >&2
      return 1
    fi
    link=$(readlink -- "$root$at/$part") || return 1
    [ "${link#/}" = "$link" ] || at=
    rest=$link${rest:+/$rest}
  done
  found_inside=$root$at
}
