from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.carriers import minimal_site
from tests.carriers.minimal_registry import MinimalRegistry


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder with the vendors' OpenAPI files, which belong to them and are no part of this project."""
    named = os.environ.get("VENDOR_CONTRACTS", "")
    if named and (Path(named) / "telnyx.json").is_file():
        return Path(named)
    reason = (
        f"VENDOR_CONTRACTS={named} holds no telnyx.json"
        if named
        else "VENDOR_CONTRACTS does not name the folder with the vendors' OpenAPI files"
    )
    if os.environ.get("REQUIRE_CONTRACTS") == "1":
        pytest.fail(f"REQUIRE_CONTRACTS=1, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the minimal carrier was installed."""
    return minimal_site.install(tmp_path_factory.mktemp("minimal"))


@pytest.fixture
def installed(site: Path) -> Iterator[None]:
    """The minimal carrier can be found."""
    with minimal_site.installed(site):
        yield


@pytest.fixture
def minimal() -> Iterator[MinimalRegistry]:
    """The registry behind the minimal carrier."""
    with MinimalRegistry() as made:
        yield made
