#!/bin/sh
# Takes the agent of a session from the machine's port to the host and runs it: session-start WAY. WAY says what has
# started this. Where a session runs already, the port is taken, and nothing happens.
for device in /sys/class/virtio-ports/*; do
  if [ "$(cat "$device/name" 2>/dev/null)" = dibkit.session ]; then port=/dev/${device##*/}; fi
done

receive() {
  # An empty line ends what another session may have left in the middle of a line.
  printf '\nstart %s\n' "$1" >&3
  # What the host had sent to the machine before it was started again is still in the port.
  while read -r word size <&3; do
    if [ "$word" = agent ]; then break; fi
  done
  eval "$(head -c "$size" <&3)"
}

# A port that is taken is no failure, and nothing to write into the journal; what the agent says is.
: "${port:?}"
{ receive "$1" 3<>"$port" 2>&4 4>&-; } 4>&2 2>/dev/null || :
