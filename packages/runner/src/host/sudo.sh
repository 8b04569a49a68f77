#!/bin/bash
# Stands in for sudo on the PATH of scripts of the host: the build is root in its own namespaces already, so only the
# command line has to be read as sudo reads it, letters together and values in the same word too.
set -u

user=root
group=
keep=
home_of_user=
login=
shell=
background=
vars=()

# One option by its letter or long name; tells by its status whether it has used up the value.
takes_value() {
  case "$1" in
    u | user | g | group | p | prompt | C | close-from | h | host | r | role | t | type | T | command-timeout) ;;
    U | other-user | D | chdir | R | chroot | a | auth-type) ;;
    *) return 1 ;;
  esac
}

set_option() {
  case "$1" in
    u | user) user=$2 ;;
    g | group) group=$2 ;;
    D | chdir) cd "$2" || exit 1 ;;
    R | chroot)
      echo "sudo: there is no -R in a build of dibkit" >&2
      exit 1
      ;;
    E | preserve-env) keep=1 ;;
    H | set-home) home_of_user=1 ;;
    i | login) login=1 home_of_user=1 ;;
    s | shell) shell=1 ;;
    b | background) background=1 ;;
    e | edit)
      echo "sudo: there is no editor in a build" >&2
      exit 1
      ;;
    V | version)
      echo "Sudo version 1.9 (dibkit)"
      exit 0
      ;;
  esac
}

while [ $# -gt 0 ]; do
  case "$1" in
    --)
      shift
      break
      ;;
    --*=*)
      name=${1%%=*}
      set_option "${name#--}" "${1#*=}"
      shift
      ;;
    --*)
      if takes_value "${1#--}"; then
        set_option "${1#--}" "${2?"sudo: option $1 requires an argument"}"
        shift
      else
        set_option "${1#--}" ""
      fi
      shift
      ;;
    -?*)
      letters=${1#-}
      shift
      while [ -n "$letters" ]; do
        letter=${letters:0:1}
        letters=${letters:1}
        if ! takes_value "$letter"; then
          set_option "$letter" ""
          continue
        fi
        if [ -z "$letters" ]; then
          letters=${1?"sudo: option requires an argument -- '$letter'"}
          shift
        fi
        set_option "$letter" "$letters"
        letters=
      done
      ;;
    [A-Za-z_]*=*)
      vars+=("$1")
      shift
      ;;
    *) break ;;
  esac
done

# Variables may follow "--" too.
while [ $# -gt 0 ]; do
  case "$1" in
    [A-Za-z_]*=*)
      vars+=("$1")
      shift
      ;;
    *) break ;;
  esac
done

case "$user" in
  root) uid=0 ;;
  "#"*) uid=${user#?} ;;
  *) uid=$(id -u -- "$user") || exit 1 ;;
esac
# Root that stays root, which is what nearly every call asks for, needs nothing of the user's entry.
if [ "$uid" != 0 ] || [ -n "$home_of_user$group" ]; then
  entry=$(getent passwd "$uid")
  IFS=: read -r name _ _ gid _ home _ <<<"${entry:-$uid:x:$uid:$uid::/:/bin/sh}"
fi

# As sudo with env_reset: another user gets his own home, unless the environment is to be kept.
if [ -n "$home_of_user" ] || { [ "$uid" != 0 ] && [ -z "$keep" ]; }; then
  vars=("HOME=$home" ${vars[@]+"${vars[@]}"})
fi
[ "$uid" = 0 ] || [ -n "$keep" ] || vars=("USER=$name" "LOGNAME=$name" ${vars[@]+"${vars[@]}"})

# As with env_reset: a directory of the host's for temporary files is in no root that a script enters by chroot, where
# programs that believe in it fail. The rest of the environment stays, because a proxy that records has to.
[ -n "$keep" ] || unset TMPDIR VIRTUAL_ENV

if [ $# -eq 0 ]; then
  # -v, -l, -k and -K ask nothing of a build.
  [ -n "$login$shell" ] || exit 0
  set -- "${SHELL:-/bin/bash}"
elif [ -n "$login$shell" ]; then
  # As sudo does, words stay words, and variables are the shell's.
  line=
  for word in "$@"; do
    printf -v quoted '%q' "$word"
    line+="${quoted//\\\$/\$} "
  done
  set -- /bin/bash -c "$line"
fi
# As sudo does, a home that is not there is said and no reason to stop.
[ -z "$login" ] || cd "$home" || true
[ ${#vars[@]} -eq 0 ] || set -- env "${vars[@]}" "$@"

if [ -n "$group" ]; then
  case "$group" in
    "#"*) gid=${group#?} ;;
    *)
      gid=$(getent group "$group" | cut -d: -f3)
      [ -n "$gid" ] || {
        echo "sudo: unknown group $group" >&2
        exit 1
      }
      ;;
  esac
fi
if [ "$uid" != 0 ] || [ -n "$group" ]; then
  groups=--clear-groups
  [ -z "$entry" ] || groups=--init-groups
  set -- setpriv --reuid "$uid" --regid "$gid" "$groups" -- "$@"
fi
if [ -n "$background" ]; then
  "$@" &
  exit 0
fi
exec "$@"
