#!/bin/bash
# Shows on the terminal the end of a step's log and a note, which goes into the log too. What is printed gets into the log by
# way of another process, and in order: when the note is there, so is everything before it.
show_end() { # LOG NOTE
  local log=$1 note=$2 waited
  echo "$note"
  has_terminal || return
  for ((waited = 0; waited < 100; waited++)); do
    if tail -n 1 "$log" | grep -qxF -- "$note"; then
      tail -n 21 "$log" >/dev/tty
      return
    fi
    sleep 0.05
  done
  { tail -n 20 "$log"; echo "$note"; } >/dev/tty 2>&1
}
