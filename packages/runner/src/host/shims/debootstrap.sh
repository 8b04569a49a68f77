#!/bin/bash
# Stands in for debootstrap in a user namespace. Older versions first try whether devices can be made and removed again, and
# leave that out in containers of lxc, which cannot either.
PATH=${PATH#"$(dirname "$0")":}
exec env container=lxc debootstrap "$@"
