import { copyPrograms } from "../copy-programs.mjs";

/**
 * A `root.d` script that makes an operating system in a second: the programs that upstream's runner and the probe of
 * `dibkit conform` call inside an image, with their libraries.
 */
export const TINY_OS = `#!/bin/bash
set -eu
mkdir -p $TARGET_ROOT/{bin,etc,tmp,proc,dev,sys,root,var/log,var/lib}
${copyPrograms("awk", "basename", "bash", "cat", "chmod", "date", "dirname", "env", "false", "find", "grep", "id", "ls", "mkdir", "mktemp", "readlink", "rm", "sed", "sh", "sleep", "sort", "stat", "touch")}`;
