"""Makes a Python package index of one wheel, from Debian's package of it: conform-index.py DEB PROJECT DIRECTORY."""
import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import zipfile

deb, project, directory = sys.argv[1:]
with tempfile.TemporaryDirectory() as unpacked:
    subprocess.run(["dpkg-deb", "-x", deb, unpacked], check=True)
    root = pathlib.Path(unpacked, "usr/lib/python3/dist-packages")
    (information,) = root.glob(f"{project}-*.egg-info")
    version = information.name[len(project) + 1:].split(".egg-info")[0].split("-")[0]
    metadata = f"{project}-{version}.dist-info"
    files = {str(path.relative_to(root)): path.read_bytes() for path in sorted((root / project).rglob("*.py"))}
    files[f"{metadata}/METADATA"] = (information / "PKG-INFO").read_bytes()
    files[f"{metadata}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: dibkit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    for name in ("entry_points.txt", "top_level.txt"):
        if (information / name).exists():
            files[f"{metadata}/{name}"] = (information / name).read_bytes()

    def digest(text):
        return base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip("=")

    record = [f"{name},sha256={digest(text)},{len(text)}\n" for name, text in files.items()]
    files[f"{metadata}/RECORD"] = "".join([*record, f"{metadata}/RECORD,,\n"]).encode()
    page = pathlib.Path(directory, project)
    page.mkdir(parents=True, exist_ok=True)
    wheel = f"{project}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(page / wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    (page / "index.html").write_text(f'<!DOCTYPE html><a href="{wheel}">{wheel}</a>\n')
