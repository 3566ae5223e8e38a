"""Build the wheel of a package of plain modules (PEP 517), with the standard library alone."""

# ruff: noqa: INP001  a build backend is found by its path
from __future__ import annotations

import base64
import hashlib
import tomllib
import zipfile
from pathlib import Path
from typing import Any


def build_wheel(
    wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None
) -> str:
    """Write the wheel into `wheel_directory`; its file name."""
    root = Path(__file__).resolve().parent
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    stem = f"{project['name'].replace('-', '_')}-{project['version']}"
    about = f"{stem}.dist-info"
    files = {
        module.relative_to(root).as_posix(): module.read_bytes() for module in root.glob("clearline_*/*.py")
    }
    files[f"{about}/METADATA"] = _lines(
        "Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}"
    )
    files[f"{about}/WHEEL"] = _lines(
        "Wheel-Version: 1.0", "Generator: wheel_of_one", "Root-Is-Purelib: true", "Tag: py3-none-any"
    )
    groups = project["entry-points"].items()
    files[f"{about}/entry_points.txt"] = _lines(
        *(
            line
            for group, names in groups
            for line in (f"[{group}]", *(f"{n} = {at}" for n, at in names.items()))
        )
    )
    record = f"{about}/RECORD"
    files[record] = _lines(
        *(f"{name},{_digest(body)},{len(body)}" for name, body in files.items()), f"{record},,"
    )
    name = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w") as wheel:
        for path, body in files.items():
            wheel.writestr(path, body)
    return name


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _digest(body: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
