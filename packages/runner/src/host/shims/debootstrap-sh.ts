// Generated from debootstrap.sh by "npm run gen"; edit that file.
export const DEBOOTSTRAP_SCRIPT: string = [
  "#!/bin/bash",
  "# Stands in for debootstrap in a user namespace. Older versions first try whether devices can be made and removed again, and",
  "# leave that out in containers of lxc, which cannot either. It goes on with the other stand-ins on its PATH.",
  "real=$(type -P debootstrap) || exit 127",
  "# shellcheck disable=SC2154 # real-programs.sh sets it.",
  'PATH=$path_of_script exec env container=lxc "$real" "$@"',
  "",
].join("\n");
