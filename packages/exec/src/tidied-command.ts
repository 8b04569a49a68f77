import { bashCommand } from "./bash-command.js";
import { namespaceCommand } from "./namespace-command.js";

/**
 * Runs `$2…` and then the script `$1`. It is told by SIGTERM when its parent, process `$0`, is gone: then it kills the
 * command, whose namespace takes everything else along, and tidies up all the same.
 */
const KEEPER = `child=
over=
# Nobody reads what bash says about the command it kills, and writing to a pipe without a reader would end this shell.
stop() { over=1; exec >/dev/null 2>&1; [ -z "$child" ] || kill -KILL "$child"; }
trap stop TERM
# With a shell at a break point Ctrl-C reaches this one too; dibkit then ends the build in order.
trap : INT HUP PIPE
# Whatever files the caller of dibkit had open are no business of scripts.
for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  [ "$fd" -le 2 ] || [ "$fd" -eq 255 ] || eval "exec $fd>&-"
done
tidy=$1
shift
[ "$PPID" = "$0" ] || exit 1
"$@" <&0 &
child=$!
[ -z "$over" ] || kill -KILL "$child" 2>/dev/null
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break
done
exec </dev/null >/dev/null 2>&1
trap '' TERM INT HUP
eval "$tidy"
exit $status
`;

/**
 * A command in namespaces of its own (see `namespaceCommand`), and what removes its files when it has ended. That runs
 * also when this process is killed, because the keeper outlives it for that long.
 */
export function tidiedCommand(command: readonly string[], tidy: string): readonly string[] {
  const keeper = ["setpriv", "--pdeathsig", "TERM", "--", ...bashCommand(KEEPER, String(process.pid), tidy)];
  return [...keeper, ...namespaceCommand(command)];
}
