/**
 * A `root.d` script that makes an operating system in a second: the programs that upstream's runner and the probe of
 * `dibkit conform` call inside an image, with their libraries.
 */
export const TINY_OS = `#!/bin/bash
set -eu
mkdir -p $TARGET_ROOT/{bin,etc,tmp,proc,dev,sys,root,var/log,var/lib}
for name in awk basename bash cat chmod date dirname env false find grep id ls mkdir mktemp readlink rm sed sh sleep sort stat touch; do
  program=$(readlink -f $(type -P $name))
  cp $program $TARGET_ROOT/bin/$name
  for library in $(ldd $program | grep -o '/[^ ]*'); do
    mkdir -p $TARGET_ROOT$(dirname $library)
    cp -Lu $library $TARGET_ROOT$library
  done
done
`;
