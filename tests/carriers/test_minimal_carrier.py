"""The contract with another carrier behind it, from a package that is really installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from brands import states
from brands.models import Brand
from brands.resubmitting import resubmit
from portal.carriers import loading
from portal.carriers.contract import (
    BrandState,
    Carrier,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.settling import NotParked, settle
from tests.carriers.filings import filing
from tests.carriers.minimal_registry import MinimalRegistry
from tests.carriers.minimal_site import SOURCE, as_account, config
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person

pytestmark = pytest.mark.slow

SENDERS = ("POST", "/api/senders")


@pytest.fixture
def carrier(installed: None, minimal: MinimalRegistry) -> Iterator[Carrier]:
    """The adapter as the portal loads it."""
    made = loading.load(config(minimal))
    yield made
    made.close()


# -- the adapter by itself -------------------------------------------------------------------------


def test_it_is_unknown_until_it_is_installed(site: Path, minimal: MinimalRegistry) -> None:
    assert loading.known() == ("telnyx",)
    with pytest.raises(loading.BadCarrierConfig, match="'minimal' is not known"):
        loading.load(config(minimal))
    assert (site / "clearline_minimal").is_dir()
    assert not (SOURCE / "build").exists()
    assert not list(SOURCE.glob("*.egg-info"))


def test_an_installed_carrier_is_named_loaded_and_says_what_it_can_do(carrier: Carrier) -> None:
    assert loading.known() == ("minimal", "telnyx")
    can = carrier.capabilities
    assert (can.search, can.renewal, can.brand_updates, can.events) == (False, "call", False, False)
    assert loading.events("minimal") is None
    policy = loading.policy("minimal")
    assert policy.name == "minimal"
    assert policy.quarantine.value > policy.call_deadline.value


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ("CHECKING", BrandState.PENDING),
        ("LISTED", BrandState.VERIFIED),
        ("TURNED DOWN", BrandState.UNVERIFIED),
        ("BARRED", BrandState.SUSPENDED),
        ("VERIFIED", BrandState.UNKNOWN),
        ("", BrandState.UNKNOWN),
    ],
)
def test_its_own_words_become_ours_and_nobody_elses_do(
    carrier: Carrier, minimal: MinimalRegistry, condition: str, state: BrandState
) -> None:
    created = carrier.create_brand(filing(), key="k")
    assert created.reference == "MC-000001"
    minimal.decide(1, condition, {"about": "company", "text": "No such company."})
    reading = carrier.read_brand("MC-000001")
    assert (reading.state, reading.word, reading.key) == (state, condition, "")
    assert [(r.text, r.fields) for r in reading.reasons] == [("No such company.", ("legal_name",))]
    assert "3456780" not in repr(reading) + str(dict(reading.raw))


@pytest.mark.parametrize("reference", ["", "MC-1", "1", "MC-00000x", "MC-٠٠٠٠٠١", "BACME01", "MC-999999"])
def test_what_is_no_reference_of_its_own_is_not_found(carrier: Carrier, reference: str) -> None:
    with pytest.raises(NotFound):
        carrier.read_brand(reference)


def test_its_errors_are_the_contracts(carrier: Carrier, minimal: MinimalRegistry) -> None:
    minimal.busy = 1
    with pytest.raises(Unavailable):
        carrier.create_brand(filing(), key="k")
    with pytest.raises(Refused) as refused:
        carrier.create_brand(filing(legal_name=""), key="k")
    assert refused.value.reasons[0].fields == ("legal_name",)
    minimal.hang_up = 1
    with pytest.raises(OutcomeUnknown):
        carrier.create_brand(filing(), key="k")
    with pytest.raises(Unauthorized):
        loading.load(config(minimal, key="another")).create_brand(filing(), key="k")
    with pytest.raises(Unavailable):
        carrier.find_brand(filing(), key="k")


def test_its_list_is_followed_to_the_end(carrier: Carrier) -> None:
    for _brand in range(5):
        carrier.create_brand(filing(), key="k")
    assert [row.reference for row in carrier.list_brands()] == [f"MC-{n:06d}" for n in range(1, 6)]


def test_what_it_does_not_offer_is_refused_and_never_unknown(
    carrier: Carrier, minimal: MinimalRegistry
) -> None:
    carrier.create_brand(filing(), key="k")
    for call in (
        lambda: carrier.update_brand("MC-000001", filing(), key="k"),
        lambda: carrier.review_brand("MC-000001"),
        lambda: carrier.delete_brand("MC-000001"),
        lambda: carrier.resend_confirmation("MC-000001"),
        lambda: carrier.send_password("MC-000001", text="{password}", success_text=""),
        lambda: carrier.check_password("MC-000001", "1234"),
    ):
        with pytest.raises(Refused):
            call()
    assert carrier.read_password("MC-000001") is None
    assert minimal.asked == [SENDERS]


# -- the adapter under the real loop ----------------------------------------------------------------


@pytest.fixture
def account(installed: None, minimal: MinimalRegistry, settings: Any) -> Iterator[MinimalRegistry]:
    """The minimal carrier as the portal's one carrier account."""
    with as_account(minimal, settings):
        yield minimal


def _now(brand: Brand, person: Person) -> tuple[Brand, Submission]:
    with person.acting():
        fresh = Brand.objects.get(pk=brand.pk)
        submission = fresh.latest_submission()
    assert submission is not None
    return fresh, submission


@pytest.mark.django_db
def test_a_brand_goes_to_verified_at_a_carrier_that_the_portal_was_never_written_for(
    ada: Person, account: MinimalRegistry
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    work()
    brand, submission = _now(brand, ada)
    assert (brand.status, brand.reference) == (states.IN_REVIEW, "MC-000001")
    assert (submission.account, submission.state) == ("minimal", SubmissionState.CONFIRMED)
    account.decide(1, "LISTED")
    later = Later()
    later.pass_(minutes=2)
    work(later)
    brand, _ = _now(brand, ada)
    assert brand.status == states.VERIFIED
    assert account.asked.count(SENDERS) == 1


@pytest.mark.django_db
def test_an_unknown_outcome_goes_to_a_person_where_nothing_can_be_searched(
    ada: Person, account: MinimalRegistry
) -> None:
    account.hang_up = 1
    brand = submitted_brand(ada, legal_name=unique_name())
    work()
    _, submission = _now(brand, ada)
    assert submission.state == SubmissionState.UNKNOWN
    later = Later()
    for _round in range(5):
        later.pass_(hours=6)
        work(later)
    brand, submission = _now(brand, ada)
    assert (brand.status, submission.state) == (states.SUBMITTING, SubmissionState.PARKED)
    assert account.asked == [SENDERS], "it may exist already: nothing is sent a second time"
    assert len(account.senders) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("reference", "times_sent"), [("MC-000001", 1), ("", 2)])
def test_what_a_person_found_there_ends_the_waiting(
    ada: Person, account: MinimalRegistry, reference: str, times_sent: int
) -> None:
    account.hang_up = 1
    brand = submitted_brand(ada, legal_name=unique_name())
    later = Later()
    for _round in range(5):
        work(later)
        later.pass_(hours=6)
    brand, submission = _now(brand, ada)
    assert submission.state == SubmissionState.PARKED
    settle(ada.organization.pk, submission.pk, reference, by=ada.actor, times=later())
    work(later)
    brand, submission = _now(brand, ada)
    assert (brand.status, submission.state) == (states.IN_REVIEW, SubmissionState.CONFIRMED)
    assert brand.reference == (reference or "MC-000002")
    assert account.asked.count(SENDERS) == times_sent
    with pytest.raises(NotParked):
        settle(ada.organization.pk, submission.pk, "MC-000009", by=ada.actor, times=later())


@pytest.mark.django_db
def test_a_brand_that_it_turned_down_is_registered_anew_not_corrected(
    ada: Person, account: MinimalRegistry
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    work()
    account.decide(1, "TURNED DOWN", {"about": "company", "text": "No such company."})
    later = Later()
    later.pass_(minutes=2)
    work(later)
    brand, submission = _now(brand, ada)
    assert brand.status == states.REJECTED
    assert brand.reasons[0]["fields"] == ["legal_name"]
    assert not gateway.carrier(submission.account).capabilities.brand_updates
    with ada.acting():
        brand.save_answers({"legal_name": unique_name()}, times=later())
        resubmit(brand, by=ada.actor, times=later())
    work(later)
    account.decide(2, "LISTED")
    later.pass_(minutes=2)
    work(later)
    brand, submission = _now(brand, ada)
    assert (brand.status, brand.reference, brand.version) == (states.VERIFIED, "MC-000002", 2)
    assert account.asked.count(SENDERS) == 2
