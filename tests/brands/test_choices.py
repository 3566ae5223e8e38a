"""What the wizard offers is what the carrier takes: its words are dated policy, ours only name them."""

from __future__ import annotations

from typing import Any

import pytest

from brands import choices
from portal.carriers.loading import policy


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (choices.Country.values, "countries"),
        (choices.EntityType.values, "entity_types"),
        (choices.Vertical.values, "verticals"),
        ([value for value, _label in choices.EXCHANGES], "stock_exchanges"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_the_words_that_the_wizard_offers_are_those_of_the_policy(offered: Any, taken: str) -> None:
    # A company that is not listed is not asked for its exchange.
    assert set(offered) == set(getattr(policy("telnyx"), taken).value) - {"NONE"}
