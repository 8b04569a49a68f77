#!/bin/bash
# Stands in for mount on the PATH of scripts of the host, where root is the root of a user namespace: what the kernel mounts
# for that one only in another way is asked for in that way, and everything else goes to the real mount as it is.
set -u

words=("$@")
type=
options=
options_at=
bind_at=
for ((at = 0; at < ${#words[@]}; at++)); do
  next=$((at + 1))
  case ${words[at]} in
    -t | --types) type=${words[next]-} ;;
    -t?*) type=${words[at]#-t} ;;
    --types=*) type=${words[at]#*=} ;;
    -o | --options) options=${words[next]-} options_at=$next ;;
    -o?*) options=${words[at]#-o} ;;
    --options=*) options=${words[at]#*=} ;;
    --bind | -B) bind_at=$at ;;
  esac
done

case ,$options, in
  *,loop,* | *,loop=*)
    echo "mount: image files are mounted by loop devices, which only root has: build this image as root" >&2
    exit 32
    ;;
esac

# Where a container hides parts of /proc or /sys, the kernel mounts no others, and those of the container are all there is.
case $type in
  proc)
    mount "$@" 2>/dev/null || exec mount --rbind /proc "${words[-1]}"
    exit
    ;;
  # The kernel shows a sysfs to those whose network it is about.
  sysfs)
    unshare --net mount "$@" 2>/dev/null || exec mount --rbind /sys "${words[-1]}"
    exit
    ;;
  # Options that were read from the host's mounts name a group that there is not.
  devpts)
    [ -z "$options_at" ] || words[options_at]=$DIBKIT_PTS_OPTIONS
    exec mount "${words[@]}"
    ;;
esac

# Mounts of another namespace are shown with all that is mounted in them, or not at all.
if [ -n "$bind_at" ]; then
  for word in "${words[@]}"; do
    case $word in
      /dev | /dev/ | /sys | /sys/ | /proc | /proc/) words[bind_at]=--rbind && break ;;
    esac
  done
fi
exec mount "${words[@]}"
