#!/bin/bash
# Runs scripts one after another, each as the first process of fresh namespaces: script-host OUTPUT OPTION…
# The path of each is read from standard input and ends with a NUL. Standard output says "started PID" and "ended STATUS".
# What scripts print goes to OUTPUT, a FIFO: unlike a socket it can be opened again, as in "echo … > /dev/stderr". The
# options are for unshare. This small process starts the scripts because a copy of a large one costs more than a script.
set -u
output=$1
shift
# With a shell at a break point Ctrl-C reaches this process too; whoever started it then ends the build in order.
trap : INT
exec 3>&1 4>"$output" >/dev/null 2>&1
while IFS= read -r -d '' script; do
  (
    printf 'started %s\n' "$BASHPID" >&3
    exec unshare --mount --pid --fork --kill-child --propagation private "$@" -- bash "$script" </dev/null >&4 2>&4 3>&- 4>&-
  )
  printf 'ended %s\n' "$?" >&3
done
