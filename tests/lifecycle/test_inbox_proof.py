"""An event under the key of a write proves that the carrier has it: it is looked for, and never sent again."""

from __future__ import annotations

from typing import Any

import pytest

from brands import states
from brands.models import Brand
from portal import clock
from portal.audit.models import Event
from portal.lifecycle import gateway
from portal.lifecycle.models import Due, Submission, SubmissionState
from portal.lifecycle.schedule import SEARCH_AGAIN, SEARCH_TOLD
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, claim, work
from tests.lifecycle.signing import Signer, body_of, send
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
TELNYX = Signer()


@pytest.fixture(autouse=True)
def known_key(settings: Any) -> None:
    settings.TELNYX_PUBLIC_KEY = [TELNYX.public]


@pytest.fixture
def account(settings: Any, registry: PracticeRegistry) -> str:
    """The API key, which is the account at the registry."""
    return str(settings.TELNYX_KEY)


def told(submission: Submission) -> None:
    body = body_of(submission.key, brand="whatever-it-is-called")
    assert send(submission.key, body, TELNYX.headers(body)) == 204


def now(person: Person, brand: Brand) -> tuple[Brand, Submission]:
    with person.acting():
        return Brand.objects.get(pk=brand.pk), Submission.objects.get(subject_id=brand.pk)


def creates(registry: PracticeRegistry, submission: Submission) -> int:
    return len(registry.ledger(method="POST", key=str(submission.key)))


def lost_answer(
    person: Person, registry: PracticeRegistry, account: str, read: Later
) -> tuple[Brand, Submission]:
    """A brand that the registry took, and whose answer never came."""
    registry.fault("hang", account=account, verb="create", phase="P3", seconds=0.2)
    brand = submitted_brand(person, legal_name=unique_name("Silent"))
    work(read)
    brand, submission = now(person, brand)
    assert submission.state == SubmissionState.UNKNOWN
    assert work(read) == 0, "it rests"
    return brand, submission


def test_an_unknown_outcome_is_searched_at_once_and_adopted(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    brand, submission = lost_answer(ada, registry, account, Later())
    told(submission)
    work()
    brand, submission = now(ada, brand)
    assert (brand.status, submission.state) == (states.IN_REVIEW, SubmissionState.CONFIRMED)
    assert creates(registry, submission) == 1


def test_not_found_before_the_quarantine_is_over_says_nothing(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    later = Later()
    brand, submission = lost_answer(ada, registry, account, later)
    lists = registry.fault("stale", account=account, verb="list", seconds=3600, times=None)
    told(submission)
    for _look in range(5):
        work(later)
        later.pass_(seconds=SEARCH_AGAIN.total_seconds() / 2)
    brand, submission = now(ada, brand)
    assert (submission.state, submission.searches) == (SubmissionState.UNKNOWN, 0)
    assert registry.fault_counts(lists)[1] == 1, "one look, and then it rests to the end"
    assert creates(registry, submission) == 1
    registry.faults_off(account)
    later.pass_(seconds=gateway.quarantine("telnyx").total_seconds())
    work(later)
    assert now(ada, brand)[0].status == states.IN_REVIEW


def test_what_the_carrier_spoke_of_is_never_sent_again_however_long_its_list_lags(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    later = Later()
    brand, submission = lost_answer(ada, registry, account, later)
    registry.fault("stale", account=account, verb="list", seconds=3600, times=None)
    told(submission)
    for _look in range(8):
        later.pass_(seconds=SEARCH_TOLD.total_seconds() + 1)
        work(later)
    brand, submission = now(ada, brand)
    assert submission.state == SubmissionState.UNKNOWN
    assert creates(registry, submission) == 1
    with ada.acting():
        assert not Event.objects.filter(object_id=brand.pk, action="brand.sent-again").exists()
    registry.faults_off(account)
    later.pass_(seconds=SEARCH_TOLD.total_seconds() + 1)
    work(later)
    brand, submission = now(ada, brand)
    assert (brand.status, submission.state) == (states.IN_REVIEW, SubmissionState.CONFIRMED)


def test_what_is_about_to_be_sent_is_searched_first(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    """As after "too many requests" that was a lie, or in a database that was restored."""
    brand, submission = lost_answer(ada, registry, account, Later())
    with ada.acting():
        Submission.objects.update(state=SubmissionState.ACCEPTED, sent_at=None, rests_until=None)
    told(submission)
    work()
    brand, submission = now(ada, brand)
    assert (brand.status, submission.state) == (states.IN_REVIEW, SubmissionState.CONFIRMED)
    assert creates(registry, submission) == 1


def test_an_event_while_it_is_being_sent_hastens_the_search_for_a_lost_answer(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name("Silent"))
    _, submission = now(ada, brand)
    (held,) = claim(Due.SUBMISSION, clock.read())
    told(submission)
    with ada.acting():
        due = Due.objects.get(pk=submission.pk)
        assert (due.attempt, due.lease_until is not None, due.knocked_at is not None) == (1, True, True)
    assert claim(Due.SUBMISSION, clock.read()) == [], "whoever sends it is left in peace"
    assert held.item == submission.pk
