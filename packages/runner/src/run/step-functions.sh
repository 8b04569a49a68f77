#!/bin/bash
# The functions of every step: builtins alone, because on some machines a process costs ten milliseconds.
same_text() {
  local one other
  mapfile one < "$1" && mapfile other < "$2" && [ "${one[*]-}" = "${other[*]-}" ]
}
# The mount table into a file, without what is mounted at a path that is given.
write_mount_table() {
  local line file=$1 hidden=${2-}
  while IFS= read -r line; do
    [ -n "$hidden" ] && [[ $line == *" ${hidden// /\\040} "* ]] || printf '%s\n' "$line"
  done < /proc/self/mountinfo > "$file"
}
# Mounts are noted, and many are done by one process: "mount" takes the words of mount(8), "do_mounts" does what was noted,
# in order. Words that a table of mounts cannot have are done at once. "mounts_file" is to be a path for the table.
mounts_file=''
noted_in=''
noted_mounts=''
noted_points=()
mount() {
  local words=("$@") type=none options='' field fields=()
  while [ $# -gt 2 ]; do
    case $1 in
      -t) type=$2; shift 2 ;;
      -o) options=$2; shift 2 ;;
      --bind|--rbind) options=${1#--}; shift ;;
      *) break ;;
    esac
  done
  if [ $# -ne 2 ] || [[ $1 == -* ]] || [[ ,$options, == *,remount,* ]]; then
    do_mounts && command mount "${words[@]}"
    return
  fi
  # Layers are named from the directory they are in; all other paths are whole.
  if [ "$type" = overlay ]; then
    [ "${noted_in:-$PWD}" = "$PWD" ] || { do_mounts || return; }
    noted_in=$PWD
  fi
  for field in "$1" "$2" "$type" "${options:-defaults}"; do
    field=${field//\\/\\134}
    field=${field// /\\040}
    field=${field//$'\t'/\\011}
    fields+=("${field//$'\n'/\\012}")
  done
  noted_mounts+="${fields[*]} 0 0"$'\n'
  noted_points+=("$2")
}
do_mounts() {
  local here=$PWD status=0
  [ -n "$noted_mounts" ] || return 0
  printf '%s' "$noted_mounts" > "$mounts_file" || return
  noted_mounts=
  noted_points=()
  cd "${noted_in:-$PWD}" && command mount -a -T "$mounts_file" || status=$?
  noted_in=
  cd "$here" && return $status
}
# "find_inside" in what is mounted by then: mounts that the path leads through are done first. Pseudo-terminals are the
# one exception, because every /dev has a directory for them.
# shellcheck disable=SC2154 # inside-root.sh sets "found_inside".
find_mounted() {
  is_noted_above "$1/$2" && { do_mounts || return; }
  find_inside "$1" "$2" || return
  is_noted_above "$found_inside" || return 0
  do_mounts && find_inside "$1" "$2"
}
is_noted_above() {
  local point
  for point in ${noted_points[@]+"${noted_points[@]}"}; do
    [[ $1 == "$point"/* && $1 != */dev/pts ]] && return 0
  done
  return 1
}
has_terminal() {
  { : </dev/tty; } 2>/dev/null
}
# In a job of CI there is no terminal; commands of break points run there too.
on_terminal() {
  if has_terminal; then
    "$@" </dev/tty >/dev/tty 2>&1
  else
    "$@" </dev/null 2>&1
  fi
}
