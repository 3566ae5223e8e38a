"""What the tests of this folder share."""

from __future__ import annotations

from typing import Any

import pytest

from portal.carriers.adapters.telnyx import calls
from tests.practice_registry import PracticeRegistry


@pytest.fixture
def account(settings: Any, registry: PracticeRegistry) -> str:
    """The API key, which is the account at the registry."""
    return str(settings.TELNYX_KEY)


@pytest.fixture
def short_pages(monkeypatch: Any) -> None:
    """A list of a few brands has pages, too."""
    monkeypatch.setattr(calls, "PAGE_SIZE", 2)
