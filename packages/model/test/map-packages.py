"""Answers, with upstream's own programs, how names are mapped and whether conditions hold, in one process.

Reads {"elements": DIR, "maps": [[pkg-map file, distro, release or null, name], ...], "whens": [[statement, env], ...]}
as JSON. Writes {"maps": [words or null], "whens": [true, false, "unset" or "malformed"]}.
"""
import contextlib
import io
import json
import logging
import os
import sys

from upstream_programs import mapped, program

question = json.load(sys.stdin)
pkg_map = program(question["elements"], "pkg-map/bin/pkg-map")
squash = program(question["elements"], "package-installs/bin/package-installs-squash")


def holds(statement, env):
    os.environ.clear()
    os.environ.update(env)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return bool(squash._when(statement))
    except SystemExit:
        return "malformed"
    except RuntimeError:
        return "unset"


logging.disable(logging.CRITICAL)
maps = [mapped(pkg_map, *case) for case in question["maps"]]
json.dump({"maps": maps, "whens": [holds(*case) for case in question["whens"]]}, sys.stdout)
