/**
 * Stands in for `sudo` on the PATH of host-phase scripts: the build is root in its own namespace already, so it only
 * has to read sudo's command line. Handles the options elements use (-E -n -S -H -k -i -s -b, -u/-g with values,
 * `NAME=value` words, `--`).
 */
export const SUDO_SHIM = `#!/bin/bash
user=
vars=()
login=
shell=
while [ $# -gt 0 ]; do
  case "$1" in
    --) shift; break ;;
    -u|--user) user=$2; shift 2 ;;
    --user=*) user=\${1#*=}; shift ;;
    -g|--group|-p|--prompt|-C|-h|--host|-r|-t|-T) shift 2 ;;
    -i|--login) login=1; shift ;;
    -s|--shell) shell=1; shift ;;
    -v|--validate|-l|--list|-k|-K) [ $# -gt 1 ] || exit 0; shift ;;
    -H|--set-home) vars+=("HOME=/root"); shift ;;
    -u?*) user=\${1#-u}; shift ;;
    -?*) shift ;;
    *) break ;;
  esac
done
while [ $# -gt 0 ]; do
  case "$1" in
    [A-Za-z_]*=*) vars+=("$1"); shift ;;
    *) break ;;
  esac
done
if [ $# -eq 0 ]; then
  [ -n "$login$shell" ] || { echo "sudo: no command" >&2; exit 1; }
  set -- "\${SHELL:-/bin/bash}"
elif [ -n "$login$shell" ]; then
  set -- /bin/bash -c "$*"
fi
[ \${#vars[@]} -eq 0 ] || set -- env "\${vars[@]}" "$@"
case "$user" in
  ""|root|0|"#0") exec "$@" ;;
  "#"*) exec setpriv --reuid "\${user#?}" --clear-groups -- "$@" ;;
  *) exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@" ;;
esac
`;
