"""Campaigns with another carrier behind the contract: renewed by a call, nothing searched, nothing corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.carriers import loading
from portal.carriers.campaigns import CampaignState, Decider
from portal.carriers.contract import (
    Carrier,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unauthorized,
    Unavailable,
)
from tests.carriers.campaign_filings import SAMPLES, campaign_filing
from tests.carriers.filings import filing
from tests.carriers.minimal_registry import MinimalRegistry
from tests.carriers.minimal_site import config

pytestmark = pytest.mark.slow

PROGRAMMES = ("POST", "/api/programmes")


@pytest.fixture
def carrier(installed: None, minimal: MinimalRegistry) -> Iterator[Carrier]:
    """The adapter as the portal loads it, with one sender."""
    made = loading.load(config(minimal))
    made.create_brand(filing(), key="k")
    yield made
    made.close()


def _filed(carrier: Carrier, **changes: Any) -> str:
    return carrier.create_campaign(
        campaign_filing(**{"brand_reference": "MC-000001", **changes}), key="k"
    ).reference


def test_a_campaign_is_filed_read_and_listed_under_ids_of_its_own(
    carrier: Carrier, minimal: MinimalRegistry
) -> None:
    assert carrier.qualify("MC-000001", "LOW_VOLUME").qualifies
    assert not carrier.qualify("MC-000001", "POLITICAL").qualifies
    references = [_filed(carrier) for _one in range(5)]
    assert references == [f"MP-{n:06d}" for n in range(1, 6)]
    reading = carrier.read_campaign("MP-000001")
    assert (reading.state, reading.word, reading.key) == (CampaignState.REGISTRY, "CHECKING", "")
    assert (reading.renews, reading.networks) == (None, ())
    assert reading.ends_at == datetime(2027, 2, 20, tzinfo=UTC)
    assert (reading.filed["samples"], reading.filed["use_case"]) == (SAMPLES, "LOW_VOLUME")
    listed = list(carrier.list_campaigns())
    assert [(row.reference, row.brand_reference, row.key) for row in listed] == [
        (reference, "MC-000001", "") for reference in references
    ]


@pytest.mark.parametrize(
    ("condition", "state", "decider"),
    [
        ("CHECKING", CampaignState.REGISTRY, None),
        ("OPEN", CampaignState.ACTIVE, None),
        ("TURNED DOWN", CampaignState.REJECTED, Decider.REGISTRY),
        ("BARRED", CampaignState.SUSPENDED, None),
        ("RUN OUT", CampaignState.EXPIRED, None),
        ("CLOSED", CampaignState.DEACTIVATED, None),
        ("MNO_PROVISIONED", CampaignState.UNKNOWN, None),
        ("", CampaignState.UNKNOWN, None),
    ],
)
def test_its_own_words_become_ours_and_nobody_elses_do(
    carrier: Carrier, minimal: MinimalRegistry, condition: str, state: CampaignState, decider: Decider | None
) -> None:
    reference = _filed(carrier)
    minimal.decide_programme(1, condition, {"about": "texts", "text": "The texts say nothing."})
    reading = carrier.read_campaign(reference)
    assert (reading.state, reading.word, reading.decided_by) == (state, condition, decider)
    assert [(r.text, r.fields) for r in reading.reasons] == [("The texts say nothing.", ("samples",))]


def test_it_ends_unless_a_call_renews_it_and_each_call_is_one_term(
    carrier: Carrier, minimal: MinimalRegistry
) -> None:
    reference = _filed(carrier)
    assert carrier.capabilities.renewal == "call"
    with pytest.raises(Refused):
        carrier.renew_campaign(reference, key="k")
    minimal.decide_programme(1, "OPEN")
    assert carrier.renew_campaign(reference, key="k").reference == reference
    assert carrier.read_campaign(reference).ends_at == datetime(2027, 5, 21, tzinfo=UTC)
    minimal.today = date(2027, 5, 20)
    assert carrier.read_campaign(reference).state is CampaignState.ACTIVE
    minimal.today = date(2027, 5, 21)
    assert carrier.read_campaign(reference).state is CampaignState.EXPIRED
    with pytest.raises(Refused):
        carrier.renew_campaign(reference, key="k")


def test_a_renewal_without_an_answer_is_an_unknown_outcome_that_a_reading_settles(
    carrier: Carrier, minimal: MinimalRegistry
) -> None:
    reference = _filed(carrier)
    minimal.decide_programme(1, "OPEN")
    minimal.hang_up = 1
    with pytest.raises(OutcomeUnknown):
        carrier.renew_campaign(reference, key="k")
    assert carrier.read_campaign(reference).ends_at == datetime(2027, 5, 21, tzinfo=UTC)
    assert minimal.asked.count(("POST", "/api/programmes/1/extend")) == 1


def test_its_errors_are_the_contracts(carrier: Carrier, minimal: MinimalRegistry) -> None:
    minimal.busy = 1
    with pytest.raises(Unavailable):
        _filed(carrier)
    for changes, field in (
        ({"samples": SAMPLES[:1]}, "samples"),
        ({"brand_reference": "MC-000009"}, "brand_reference"),
        ({"brand_reference": "4b20017f-8a0d-4c2e-9a11-000000000001"}, "brand_reference"),
    ):
        with pytest.raises(Refused) as refused:
            _filed(carrier, **changes)
        assert refused.value.reasons[0].fields == (field,)
    minimal.hang_up = 1
    with pytest.raises(OutcomeUnknown):
        _filed(carrier)
    assert len(minimal.programmes) == 1
    with pytest.raises(Unavailable):
        carrier.find_campaign(campaign_filing(), key="k")
    with pytest.raises(Unauthorized):
        loading.load(config(minimal, key="another")).read_campaign("MP-000001")


@pytest.mark.parametrize("reference", ["", "MP-1", "MC-000001", "MP-٠٠٠٠٠١", "CACME01", "MP-999999"])
def test_what_is_no_reference_of_its_own_is_not_found(carrier: Carrier, reference: str) -> None:
    with pytest.raises(NotFound):
        carrier.read_campaign(reference)
    with pytest.raises(NotFound):
        carrier.renew_campaign(reference, key="k")


def test_ended_is_ended_however_often(carrier: Carrier) -> None:
    reference = _filed(carrier)
    for _time in range(2):
        carrier.deactivate_campaign(reference)
    assert carrier.read_campaign(reference).state is CampaignState.DEACTIVATED
    carrier.deactivate_campaign("MP-999999")


def test_what_it_does_not_offer_is_refused_and_nothing_is_sent(
    carrier: Carrier, minimal: MinimalRegistry
) -> None:
    reference = _filed(carrier)
    for call in (
        lambda: carrier.update_campaign(reference, campaign_filing(), key="k"),
        lambda: carrier.appeal_campaign(reference, "x"),
        lambda: carrier.set_auto_renewal(reference, True),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert [reason.code for reason in refused.value.reasons] == ["not-offered"]
    assert minimal.asked == [("POST", "/api/senders"), PROGRAMMES]
    policy = loading.campaign_policy("minimal")
    assert (policy.editable.value, policy.appeals.value) == (frozenset(), False)
