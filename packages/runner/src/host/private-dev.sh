#!/bin/bash
# Makes a /dev of the build's own in the directory $1. The programs of an image change modes and owners of whatever
# devices they find (systemd-tmpfiles, udev), and a bind of the host's /dev would hand them those of the host. Nodes of
# our own have the same numbers and other modes. With $2 "binds" the host's nodes are shown instead, for user namespaces,
# which make none and cannot change those either.
set -eu
shopt -s nullglob extglob
dev=$1
how=$2
pts_options=$3

# The kernel makes loop devices when they are asked for, and their nodes in its own /dev only.
SPARE_LOOPS=8

make_nodes() {
  local names=(/dev/loop+([0-9])) name highest=-1 number
  for name in null zero full random urandom tty fuse btrfs-control loop-control; do
    [ ! -e "/dev/$name" ] || names+=("/dev/$name")
  done
  cp -a -- "${names[@]}" "$dev/"
  chmod 0666 "$dev"/@(null|zero|full|random|urandom|tty)
  [ ! -e "$dev/loop-control" ] || for name in /dev/loop+([0-9]); do
    number=${name#/dev/loop}
    [ "$number" -le "$highest" ] || highest=$number
  done
  for ((number = highest + 1; number <= highest + SPARE_LOOPS; number++)); do
    [ ! -e "$dev/loop-control" ] || mknod -m 0660 "$dev/loop$number" b 7 "$number"
  done
  mkdir "$dev/mapper"
  [ ! -e /dev/mapper/control ] || cp -a /dev/mapper/control "$dev/mapper/"
}

bind_nodes() {
  local name
  for name in null zero full random urandom tty fuse; do
    [ -e "/dev/$name" ] || continue
    : > "$dev/$name"
    mount --bind "/dev/$name" "$dev/$name"
  done
}

mount -t tmpfs -o mode=0755,nosuid dibkit "$dev"
case $how in
  nodes) make_nodes ;;
  binds) bind_nodes ;;
esac
mkdir "$dev/pts"
mount -t devpts -o "$pts_options" devpts "$dev/pts"
mkdir -m 1777 "$dev/shm"
ln -s pts/ptmx "$dev/ptmx"
ln -s /proc/self/fd "$dev/fd"
ln -s /proc/self/fd/0 "$dev/stdin"
ln -s /proc/self/fd/1 "$dev/stdout"
ln -s /proc/self/fd/2 "$dev/stderr"
