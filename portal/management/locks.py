"""Do the lock files say what `pyproject.toml` asks for? Answered without a network.

A lock is right when it pins every direct dependency at a version in its range, pins nothing
that no dependency leads to, carries a hash for every pin, and agrees with the next larger lock.
What leads to what is read from the installed packages, which are exactly those of the largest lock.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Each lock with the extras of pyproject.toml that it holds; each contains the one before it.
LOCKS = {
    "requirements.txt": (),
    "requirements-embedded.txt": ("embedded",),
    "requirements-dev.txt": ("embedded", "dev"),
}
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<marker>[^\\]*)\\?$")


@dataclass
class Lock:
    """The pins of one file: version by package, and how many hashes each has."""

    versions: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, int] = field(default_factory=dict)


def read(path: Path) -> Lock:
    """The pins of a lock file. Raises ValueError for a line that is neither pin, hash nor comment."""
    lock, name = Lock(), ""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        pin = _PIN.match(text)
        if pin:
            name = canonicalize_name(pin["name"])
            lock.versions[name], lock.hashes[name] = pin["version"], 0
        elif text.startswith("--hash=sha256:") and name:
            lock.hashes[name] += 1
        else:
            raise ValueError(f"{path.name}: not understood: {text}")
    return lock


def complaints(checkout: Path) -> list[str]:
    """What is wrong with the locks of `checkout`, as sentences; empty when nothing is."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: list[str] = []
    smaller: tuple[str, Lock] | None = None
    for name, extras in LOCKS.items():
        lock = read(checkout / name)
        wanted = [Requirement(text) for text in project["dependencies"]]
        wanted += [Requirement(text) for extra in extras for text in project["optional-dependencies"][extra]]
        found += [f"{name}: {complaint}" for complaint in _ranges(wanted, lock)]
        found += [f"{name}: {package} has no hash" for package, count in lock.hashes.items() if not count]
        unreached = set(lock.versions) - _closure(wanted)
        found += [f"{name}: nothing asks for {package}" for package in sorted(unreached)]
        if smaller:
            found += _differences(name, lock, *smaller)
        smaller = (name, lock)
    return found


def _ranges(wanted: list[Requirement], lock: Lock) -> list[str]:
    found = []
    for requirement in wanted:
        version = lock.versions.get(canonicalize_name(requirement.name))
        if version is None:
            found.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{requirement.name} {version} is not {requirement.specifier}")
    return found


def _differences(name: str, lock: Lock, smaller_name: str, smaller: Lock) -> list[str]:
    return [
        f"{name}: {package} is {lock.versions.get(package, 'missing')}, but {version} in {smaller_name}"
        for package, version in smaller.versions.items()
        if lock.versions.get(package) != version
    ]


def _closure(wanted: list[Requirement]) -> set[str]:
    """Everything that the requirements lead to. Markers of other platforms count as true."""
    reached: set[str] = set()
    seen: set[tuple[str, str]] = set()
    todo = [(canonicalize_name(one.name), extra) for one in wanted for extra in ("", *one.extras)]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        reached.add(name)
        try:
            lines = requires(name) or []
        except PackageNotFoundError:
            continue
        for line in lines:
            needed = Requirement(line)
            marker = str(needed.marker or "")
            if "extra" in marker and (not extra or not _names_extra(marker, extra)):
                continue
            todo += [(canonicalize_name(needed.name), inner) for inner in ("", *needed.extras)]
    return reached


def _names_extra(marker: str, extra: str) -> bool:
    return any(
        canonicalize_name(name) == canonicalize_name(extra)
        for name in re.findall(r"extra == \"([^\"]+)\"", marker)
    )
