"""Staff for the tests of the operator's pages."""

from __future__ import annotations

import pytest

from tests.operations.staff import Colleague, on_duty


@pytest.fixture
def olu(db: None) -> Colleague:
    """Operator."""
    return on_duty("olu")


@pytest.fixture
def pia(db: None) -> Colleague:
    """At the porting desk."""
    return on_duty("pia")
