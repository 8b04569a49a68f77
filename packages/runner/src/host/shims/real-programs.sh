#!/bin/bash
# Begins every stand-in: from here on programs are those of the machine, wherever in the PATH a script has left the stand-ins.
# shellcheck disable=SC2034 # The stand-in for debootstrap hands it on.
path_of_script=$PATH
PATH=:$PATH:
while [[ $PATH == *":${0%/*}:"* ]]; do PATH=${PATH/":${0%/*}:"/:}; done
PATH=${PATH#:}
PATH=${PATH%:}
