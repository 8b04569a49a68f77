"""Upstream's own programs as modules, for the scripts that ask them many questions in one process."""
import contextlib
import importlib.util
import io
import os
import sys
from importlib.machinery import SourceFileLoader

sys.dont_write_bytecode = True


def program(elements, name):
    """The program of that path below a directory of elements."""
    path = os.path.join(elements, name)
    loader = SourceFileLoader(os.path.basename(path).replace("-", "_"), path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def mapped(pkg_map, file, distro, release, name):
    """What pkg-map prints for a name, as words; None when it fails."""
    argv = ["pkg-map", "--pkg-map", file, "--distro", distro]
    sys.argv = argv + (["--release", release] if release else []) + [name]
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            pkg_map.main()
    except SystemExit as end:
        return output.getvalue().split() if end.code == 0 else None
