"""What the tests of campaigns share."""

from __future__ import annotations

import pytest

from tests.campaigns.in_step import InStep
from tests.campaigns.living import Living
from tests.people import Person
from tests.practice_registry import PracticeRegistry


@pytest.fixture
def living(ada: Person, registry: PracticeRegistry) -> Living:
    """Ada's campaigns at the practice registry."""
    return Living(ada, registry)


@pytest.fixture
def in_step(ada: Person, registry: PracticeRegistry) -> InStep:
    """Ada's campaigns, with a portal and a registry that read the same clock."""
    return InStep(ada, registry)
