// Generated from step-functions.sh by "npm run gen"; edit that file.
export const STEP_FUNCTIONS_SCRIPT: string = [
  "#!/bin/bash",
  "# The functions of every step: builtins alone, because on some machines a process costs ten milliseconds.",
  "same_text() {",
  "  local one other",
  '  mapfile one < "$1" && mapfile other < "$2" && [ "${one[*]-}" = "${other[*]-}" ]',
  "}",
  "# The mount table into a file, without what is mounted at a path that is given.",
  "write_mount_table() {",
  "  local line file=$1 hidden=${2-}",
  "  while IFS= read -r line; do",
  '    [ -n "$hidden" ] && [[ $line == *" ${hidden// /\\\\040} "* ]] || printf \'%s\\n\' "$line"',
  '  done < /proc/self/mountinfo > "$file"',
  "}",
  "",
].join("\n");
