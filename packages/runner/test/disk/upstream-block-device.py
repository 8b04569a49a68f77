"""Runs the installed diskimage-builder's own block-device layer over configurations, with its commands recorded.

Input (stdin): {"directory": scratch, "size": "48GiB", "configs": {name: yaml text}}. Output: one JSON object per name.
"""
import json
import os
import random
import sys
import tempfile
import uuid
from unittest import mock

import yaml
from diskimage_builder.block_device import blockdevice
from diskimage_builder.block_device import config as bd_config
from diskimage_builder.block_device.level0 import localloop
from diskimage_builder.block_device.level1 import lvm, partitioning
from diskimage_builder.block_device.level2 import mkfs
from diskimage_builder.block_device.level3 import mount

request = json.load(sys.stdin)
uuid.uuid4 = lambda: "UUID"
random.randint = lambda low, high: 0x12345678


def sectors(path):
    """Every sector of a sparse file that is not zero, as hexadecimal by number."""
    found = {}
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        position = 0
        while position < size:
            try:
                position = os.lseek(file.fileno(), position, os.SEEK_DATA)
            except OSError:
                break
            end = os.lseek(file.fileno(), position, os.SEEK_HOLE)
            position -= position % 512
            file.seek(position)
            while position < end:
                data = file.read(512)
                if any(data):
                    found[position // 512] = data.hex()
                position += 512
    return found


def examine(text):
    result = {}
    directory = tempfile.mkdtemp(dir=request["directory"])
    with open(os.path.join(directory, "config.yaml"), "w") as file:
        file.write(text)
    params = {
        "config": os.path.join(directory, "config.yaml"), "build-dir": directory, "image-dir": directory,
        "mount-base": "/target", "root-fs-type": "ext4", "root-label": None,
        "root-fs-opts": "-i 4096 -J size=64", "image-size": request["size"],
    }
    commands = []

    def record(command):
        commands.append(command)
        return "/dev/loop9\n" if command[0] == "losetup" else ""

    modules = [localloop, lvm, partitioning, mkfs, mount]
    try:
        result["flat"] = bd_config.config_tree_to_graph(yaml.safe_load(text))
        device = blockdevice.BlockDevice(params)
        device.cmd_init()
        state = blockdevice.BlockDeviceState()
        _, order = bd_config.create_graph(device.config, params, state)
        result["order"] = [node.name for node in order]
        patches = [mock.patch.object(module, "exec_sudo", record) for module in modules]
        for patch in patches:
            patch.start()
        try:
            for node in order:
                node.create()
        finally:
            for patch in patches:
                patch.stop()
        result["commands"] = commands
        state.save_state(device.state_json_file_name)
        with mock.patch.object(blockdevice, "exec_sudo", lambda command: None):
            device.cmd_writefstab()
        with open(os.path.join(device.state_dir, "fstab")) as file:
            result["fstab"] = file.read()
        result["mountPoints"] = device._config_get_all_mount_points()
        result["sectors"] = sectors(os.path.join(directory, "image0.raw"))
    except BaseException as error:
        result["error"] = "%s: %s" % (type(error).__name__, error)
    return result


json.dump({name: examine(text) for name, text in request["configs"].items()}, sys.stdout)
