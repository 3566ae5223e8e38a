from __future__ import annotations

import os
from pathlib import Path

import pytest


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
