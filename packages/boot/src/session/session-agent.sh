#!/bin/sh
# Carries out what the host asks for through descriptor 3, one command after another. A request is the line
# "run ID SECONDS COMMAND INPUT" with the bytes of the command and of its input behind it, COMMAND and INPUT being their
# numbers. The answer is lines "out ID BASE64" and "err ID BASE64", then "end ID STATUS", where STATUS is "late" for a
# command that did not end in time.
work=${DIBKIT_SESSION_DIRECTORY:-/run/dibkit-session}
cd /
HOME=~root
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME PATH
printf 'hello %s\n' "$(cat /proc/sys/kernel/random/boot_id)" >&3

# Its bytes are in one file each, so that a daemon which a command leaves behind holds nobody up.
take() {
  : >"$1"
  if [ "$2" -gt 0 ]; then head -c "$2" <&3 >"$1"; fi
}

while read -r word id seconds command input <&3; do
  if [ "$word" != run ]; then continue; fi
  mkdir -m 700 "$work" 2>/dev/null
  take "$work/command" "$command"
  take "$work/input" "$input"
  rm -f "$work/status" "$work/out" "$work/err"
  # shellcheck disable=SC2016 # The inner shell expands it.
  timeout -k 10 "$seconds" sh -c 'sh "$0/command"; echo "$?" >"$0/status"' "$work" \
    <"$work/input" >"$work/out" 2>"$work/err" 3>&-
  status=$?
  if [ -s "$work/status" ]; then
    status=$(cat "$work/status")
  elif [ "$status" = 124 ] || [ "$status" = 137 ]; then
    status=late
  fi
  base64 "$work/out" | sed "s/^/out $id /" >&3
  base64 "$work/err" | sed "s/^/err $id /" >&3
  printf 'end %s %s\n' "$id" "$status" >&3
done
