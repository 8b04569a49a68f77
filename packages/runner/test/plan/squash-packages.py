"""Answers, with upstream's own programs, which packages each of many builds installs and removes, in one process.

Reads {"elements": DIR, "builds": [{"elements": [name, ...], "env": {...}}, ...]} as JSON. Writes for each build
{phase: {"install": [[name, element], ...], "uninstall": [...]}} with names mapped, or the name of an exception.
"""
import collections
import functools
import json
import logging
import os
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../model/test"))
from upstream_programs import mapped, program  # noqa: E402

question = json.load(sys.stdin)
pkg_map = program(question["elements"], "pkg-map/bin/pkg-map")
squash = program(question["elements"], "package-installs/bin/package-installs-squash")


@functools.lru_cache(maxsize=None)
def names_of(element, name, distro, release):
    file = os.path.join(question["elements"], element, "pkg-map")
    if not os.path.exists(file):
        return [name]
    found = mapped(pkg_map, file, distro, release, name)
    return [name] if found is None else found


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
        for name in names_of(element, wish, env["DISTRO_NAME"], env.get("DIB_RELEASE"))
    ]
    return {phase: {kind: names(found) for kind, found in kinds.items() if found} for phase, kinds in data.items()}


def answer(build):
    try:
        return packages(build)
    except (RuntimeError, KeyError) as error:
        return type(error).__name__


logging.disable(logging.CRITICAL)
json.dump([answer(build) for build in question["builds"]], sys.stdout)
