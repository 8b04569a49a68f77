/** What every bash hook script begins with: dib-lint asks for each of these lines. */
export const SCRIPT_HEADER = `#!/bin/bash

if [ "\${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then
    set -x
fi
set -eu
set -o pipefail

`;
