"""Answers, with upstream's own programs, how names are mapped and whether conditions hold, in one process.

Reads {"elements": DIR, "maps": [[pkg-map file, distro, release or null, name], ...], "whens": [[statement, env], ...]}
as JSON. Writes {"maps": [words or null], "whens": [true, false, "unset" or "malformed"]}.
"""
import contextlib
import importlib.util
import io
import json
import logging
import os
import sys
from importlib.machinery import SourceFileLoader

sys.dont_write_bytecode = True
question = json.load(sys.stdin)


def program(name):
    path = os.path.join(question["elements"], name)
    loader = SourceFileLoader(os.path.basename(path).replace("-", "_"), path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


pkg_map = program("pkg-map/bin/pkg-map")
squash = program("package-installs/bin/package-installs-squash")


def mapped(file, distro, release, name):
    argv = ["pkg-map", "--pkg-map", file, "--distro", distro]
    sys.argv = argv + (["--release", release] if release else []) + [name]
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            pkg_map.main()
    except SystemExit as end:
        return output.getvalue().split() if end.code == 0 else None


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
maps = [mapped(*case) for case in question["maps"]]
json.dump({"maps": maps, "whens": [holds(*case) for case in question["whens"]]}, sys.stdout)
