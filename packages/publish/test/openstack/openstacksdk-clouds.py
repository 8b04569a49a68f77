"""Reads cases from standard input and prints how openstacksdk reads each of them, as JSON."""
import importlib
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")

# The search path is computed when the module is imported.
import openstack.config.loader as loader


def read(case):
    os.environ.clear()
    os.environ.update(case["env"])
    os.chdir(case["cwd"])
    importlib.reload(loader)
    try:
        region = loader.OpenStackConfig().get_one(region_name=case.get("region"))
    except Exception as error:
        return {"error": type(error).__name__}
    verify, _cert = region.get_requests_verify_args()
    return {
        "name": region.name,
        "auth": {key: value for key, value in region.config["auth"].items() if value is not None},
        "region": region.config.get("region_name") or None,
        "interface": region.get_interface("image"),
        "endpoint": region.get_endpoint("image"),
        "verify": verify,
    }


print(json.dumps([read(case) for case in json.load(sys.stdin)]))
