/**
 * A `root.d` script that makes an operating system in a second: directories, and programs of this machine with the
 * libraries they load. `more` lines end it.
 */
export function tinyOs(programs, more = "") {
  return `#!/bin/bash
set -eu
sudo mkdir -p $TARGET_ROOT/{bin,etc,tmp,proc,dev,sys,root,var/log,var/lib,var/cache/downloads}
programs=$(type -P ${programs.join(" ")})
sudo cp -L $programs $TARGET_ROOT/bin/
sudo cp -L --parents $(ldd $programs | grep -o '/[^ ]* (' | sort -u | tr -d '(') $TARGET_ROOT
${more}`;
}

/** What upstream's runner and the probe of `dibkit conform` call inside an image. */
export const UPSTREAM_PROGRAMS =
  "awk basename bash cat chmod date dirname env false find grep id ls mkdir mktemp readlink rm sed sh sleep sort stat touch".split(
    " ",
  );
