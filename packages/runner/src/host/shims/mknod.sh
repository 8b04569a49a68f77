#!/bin/bash
# Stands in for mknod on the PATH of scripts of the host, where a user namespace may make no devices: an empty file with an
# extended attribute becomes the device in whatever is written of the image. The host's own device is shown over it,
# because programs use it before the image has a /dev.
set -u

mode=
words=()
given=("$@")
while [ $# -gt 0 ]; do
  case $1 in
    -m | --mode) mode=$2 && shift ;;
    -m?*) mode=${1#-m} ;;
    --mode=*) mode=${1#*=} ;;
    -Z | --context*) ;;
    --help | --version) exec mknod "$@" ;;
    --) ;;
    *) words+=("$1") ;;
  esac
  shift
done
name=${words[0]-}
type=${words[1]-}
device="${words[2]-} ${words[3]-}"
case $type in
  b) ;;
  # A whiteout of overlayfs is no device.
  c | u) [ "$device" != "0 0" ] || exec mknod "${given[@]}" ;;
  *) exec mknod "${given[@]}" ;;
esac
[ "$type" = b ] || type=c

if [ -e "$name" ] || [ -L "$name" ]; then
  echo "mknod: $name: File exists" >&2
  exit 1
fi
: > "$name" || exit 1
chmod "${mode:-0666}" "$name" || exit 1
python3 -c 'import os, sys; os.setxattr(sys.argv[1], sys.argv[2], sys.argv[3].encode())' \
  "$name" "$DIBKIT_DEVICE_MARK" "$type $device" || exit 1

case "$type $device" in
  "c 1 3") shown=null ;;
  "c 1 5") shown=zero ;;
  "c 1 7") shown=full ;;
  "c 1 8") shown=random ;;
  "c 1 9") shown=urandom ;;
  "c 5 0") shown="tty" ;;
  *) exit 0 ;;
esac
exec mount --bind "/dev/$shown" "$name"
