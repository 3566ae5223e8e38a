"""The contract with another carrier behind it, from a package that is really installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import manage
from brands import states
from brands.models import Brand
from brands.resubmitting import resubmit
from portal.carriers import loading
from portal.carriers.config import CarrierConfig
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
from tests.carriers.filings import filing
from tests.carriers.minimal_registry import MinimalRegistry
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parent / "minimal_carrier"
SENDERS = ("POST", "/api/senders")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the package was installed as any other, without a network."""
    place = tmp_path_factory.mktemp("minimal")
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


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package can be found, as long as the test runs."""
    monkeypatch.syspath_prepend(str(site))
    loading._adapter.cache_clear()
    yield
    loading._adapter.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "clearline_minimal"]:
        del sys.modules[name]


@pytest.fixture
def registry() -> Iterator[MinimalRegistry]:
    """The registry behind the minimal carrier."""
    with MinimalRegistry() as made:
        yield made


def _config(registry: MinimalRegistry, **changes: str) -> CarrierConfig:
    values = {
        "name": "minimal",
        "url": registry.url,
        "key": registry.key,
        "webhook_base": "https://x.example/w",
    }
    return CarrierConfig(**{**values, **changes})


@pytest.fixture
def carrier(installed: None, registry: MinimalRegistry) -> Iterator[Carrier]:
    """The adapter as the portal loads it."""
    made = loading.load(_config(registry))
    yield made
    made.close()


# -- the adapter by itself -------------------------------------------------------------------------


def test_it_is_unknown_until_it_is_installed(site: Path, registry: MinimalRegistry) -> None:
    assert loading.known() == ("telnyx",)
    with pytest.raises(loading.BadCarrierConfig, match="'minimal' is not known"):
        loading.load(_config(registry))
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
    carrier: Carrier, registry: MinimalRegistry, condition: str, state: BrandState
) -> None:
    created = carrier.create_brand(filing(), key="k")
    assert created.reference == "MC-000001"
    registry.decide(1, condition, {"about": "company", "text": "No such company."})
    reading = carrier.read_brand("MC-000001")
    assert (reading.state, reading.word, reading.key) == (state, condition, "")
    assert [(r.text, r.fields) for r in reading.reasons] == [("No such company.", ("legal_name",))]
    assert "3456780" not in repr(reading) + str(dict(reading.raw))


@pytest.mark.parametrize("reference", ["", "MC-1", "1", "MC-00000x", "MC-٠٠٠٠٠١", "BACME01", "MC-999999"])
def test_what_is_no_reference_of_its_own_is_not_found(carrier: Carrier, reference: str) -> None:
    with pytest.raises(NotFound):
        carrier.read_brand(reference)


def test_its_errors_are_the_contracts(carrier: Carrier, registry: MinimalRegistry) -> None:
    registry.busy = 1
    with pytest.raises(Unavailable):
        carrier.create_brand(filing(), key="k")
    with pytest.raises(Refused) as refused:
        carrier.create_brand(filing(legal_name=""), key="k")
    assert refused.value.reasons[0].fields == ("legal_name",)
    registry.hang_up = 1
    with pytest.raises(OutcomeUnknown):
        carrier.create_brand(filing(), key="k")
    with pytest.raises(Unauthorized):
        loading.load(_config(registry, key="another")).create_brand(filing(), key="k")
    with pytest.raises(Unavailable):
        carrier.find_brand(filing(), key="k")


def test_its_list_is_followed_to_the_end(carrier: Carrier) -> None:
    for _brand in range(5):
        carrier.create_brand(filing(), key="k")
    assert [row.reference for row in carrier.list_brands()] == [f"MC-{n:06d}" for n in range(1, 6)]


def test_what_it_does_not_offer_is_refused_and_never_unknown(
    carrier: Carrier, registry: MinimalRegistry
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
    assert registry.asked == [SENDERS]


def test_a_listing_is_renewed_by_a_call(carrier: Any, registry: MinimalRegistry) -> None:
    reference = carrier.create_brand(filing(), key="k").reference
    with pytest.raises(Refused):
        carrier.extend_brand(reference)
    registry.decide(1, "LISTED")
    assert carrier.extend_brand(reference) == date(2027, 5, 21)


# -- the adapter under the real loop ----------------------------------------------------------------


@pytest.fixture
def account(installed: None, registry: MinimalRegistry, settings: Any) -> Iterator[MinimalRegistry]:
    """The minimal carrier as the portal's one carrier account."""
    settings.CARRIER = "minimal"
    settings.CARRIER_URL, settings.CARRIER_KEY = registry.url, registry.key
    gateway.carrier.cache_clear()
    yield registry
    gateway.carrier("minimal").close()
    gateway.carrier.cache_clear()


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
