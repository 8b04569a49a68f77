#!/bin/bash
# Runs a command as root of a new user namespace: enter-namespace USERS GROUPS COMMAND…
# USERS and GROUPS are the words of newuidmap and newgidmap after the process, "0 1000 1 1 100000 65535". Newer versions
# of unshare do this themselves, except for a root without a range, who may map the ids that are there to themselves.
set -eu
users=$1
groups=$2
shift 2

# The other end asks for its ids, and goes on when it has them.
exec {asked}<> <(:) {given}<> <(:)
# shellcheck disable=SC2016 # The inner bash expands them.
unshare --user -- bash --norc -c '
  asked=$1
  given=$2
  echo >&"$asked"
  read -r -u "$given"
  exec {asked}>&- {given}<&-
  shift 2
  exec setpriv --reuid 0 --regid 0 --clear-groups --pdeathsig KILL -- "$@"
' enter-namespace "$asked" "$given" "$@" <&0 &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM HUP
trap : INT
read -r -t 10 -u "$asked" || {
  wait "$child"
  exit
}
# Each word is an argument. A map is taken in one write only, and bash writes line by line.
# shellcheck disable=SC2086
map_ids() {
  if [ "$(id -u)" = 0 ]; then
    cat <<<"$(printf '%s %s %s\n' $users)" > "/proc/$child/uid_map" &&
      cat <<<"$(printf '%s %s %s\n' $groups)" > "/proc/$child/gid_map"
  else
    newuidmap "$child" $users && newgidmap "$child" $groups
  fi
}
# It would wait for ever, with the streams of whoever waits for this.
map_ids || {
  kill -KILL "$child"
  exit 1
}
echo >&"$given"
while :; do
  wait "$child" && status=0 || status=$?
  kill -0 "$child" 2>/dev/null || exit "$status"
done
