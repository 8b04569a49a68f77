#!/bin/bash
# Sources every environment file of the directory $1 in dib-run-parts' order and way, and writes the resulting
# environment, exported functions included, to descriptor 3. The name of the file being sourced goes first, so that a
# failure can name it. Needs no program of the image but env. Nothing is traced: upstream's trace prints passwords that
# environment files set.
set -ue
set -o pipefail
dibkit_files=$(
  shopt -s nullglob dotglob
  LC_ALL=C
  for f in "$1"/*; do
    if [[ -f $f && $f =~ /[0-9A-Za-z_.-]+$ ]]; then echo "$f"; fi
  done
)
set --
for dibkit_file in $dibkit_files; do
  printf 'file\0%s\0' "$dibkit_file" >&3
  # shellcheck disable=SC1090 # The files are those of the elements.
  source "$dibkit_file" 3>&-
done
unset dibkit_file dibkit_files
printf 'environment\0' >&3
env -0 >&3
