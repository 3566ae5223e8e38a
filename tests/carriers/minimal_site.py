"""The minimal carrier as an installed package, and as the portal's one carrier account.

with installed(install(tmp_path)), MinimalRegistry() as registry, as_account(registry, settings):
    ...
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import manage
from portal.carriers import loading
from portal.carriers.config import CarrierConfig
from portal.lifecycle import gateway
from tests.carriers.minimal_registry import MinimalRegistry

SOURCE = Path(__file__).parent / "minimal_carrier"


def install(place: Path) -> Path:
    """A folder below `place` into which the package was installed as any other, without a network."""
    shutil.copytree(SOURCE, place / "source")
    uv, pip = manage.UV, manage.find_pip(sys.executable)
    if os.access(uv, os.X_OK):
        command = [uv, "pip", "install", "--offline", "--no-cache", "--python", sys.executable]
    else:
        command = [*pip, "install", "--no-index", "--no-cache-dir"]
    done = subprocess.run(
        [*command, "--no-deps", "--target", str(place / "site"), str(place / "source")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return place / "site"


@contextmanager
def installed(site: Path) -> Iterator[None]:
    """The package in `site` can be found, as long as the block lasts."""
    sys.path.insert(0, str(site))
    loading._adapter.cache_clear()
    try:
        yield
    finally:
        sys.path.remove(str(site))
        loading._adapter.cache_clear()
        for name in [name for name in sys.modules if name.partition(".")[0] == "clearline_minimal"]:
            del sys.modules[name]


@contextmanager
def as_account(registry: MinimalRegistry, settings: Any) -> Iterator[None]:
    """The minimal carrier is the portal's one carrier account; `settings` is pytest-django's fixture."""
    settings.CARRIER = "minimal"
    settings.CARRIER_URL, settings.CARRIER_KEY = registry.url, registry.key
    gateway.carrier.cache_clear()
    try:
        yield
        gateway.carrier("minimal").close()
    finally:
        gateway.carrier.cache_clear()


def config(registry: MinimalRegistry, **changes: str) -> CarrierConfig:
    """What the adapter is built with."""
    values = {
        "name": "minimal",
        "url": registry.url,
        "key": registry.key,
        "webhook_base": "https://x.example/w",
    }
    return CarrierConfig(**{**values, **changes})
