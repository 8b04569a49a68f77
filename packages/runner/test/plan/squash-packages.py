"""Answers, with upstream's own programs, which packages each of many builds installs and removes, in one process.

Reads {"elements": DIR, "builds": [{"elements": [name, ...], "env": {...}}, ...]} as JSON. Writes for each build
{phase: {"install": [[name, element], ...], "uninstall": [...]}} with names mapped, or the name of an exception.
"""
import collections
import contextlib
import functools
import importlib.util
import io
import json
import logging
import os
import sys
from importlib.machinery import SourceFileLoader

import yaml

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


@functools.lru_cache(maxsize=None)
def mapped(element, name, distro, release):
    file = os.path.join(question["elements"], element, "pkg-map")
    if not os.path.exists(file):
        return [name]
    argv = ["pkg-map", "--pkg-map", file, "--distro", distro]
    sys.argv = argv + (["--release", release] if release else []) + [name]
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            pkg_map.main()
    except SystemExit as end:
        return output.getvalue().split() if end.code == 0 else [name]


@functools.lru_cache(maxsize=None)
def lists(element):
    found = []
    for suffix in ("json", "yaml"):
        file = os.path.join(question["elements"], element, "package-installs." + suffix)
        if os.path.exists(file):
            found.append(yaml.safe_load(open(file)))
    return found


def packages(build):
    env = build["env"]
    os.environ.clear()
    os.environ.update(env)
    data = collections.defaultdict(functools.partial(collections.defaultdict, list))
    for element in build["elements"]:
        for objs in lists(element):
            data = squash.collect_data(data, objs, element)
    names = lambda wishes: [
        [name, element]
        for wish, element in wishes
        for name in mapped(element, wish, env["DISTRO_NAME"], env.get("DIB_RELEASE"))
    ]
    return {phase: {kind: names(found) for kind, found in kinds.items() if found} for phase, kinds in data.items()}


def answer(build):
    try:
        return packages(build)
    except (RuntimeError, KeyError) as error:
        return type(error).__name__


logging.disable(logging.CRITICAL)
json.dump([answer(build) for build in question["builds"]], sys.stdout)
