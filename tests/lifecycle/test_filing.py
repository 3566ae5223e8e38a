"""One submission through its recovery points, against a real practice registry."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from brands import states
from brands.models import Brand
from brands.withholding import TaxIds
from portal import clock
from portal.audit.models import Event
from portal.carriers.contract import BrandFiling, Created
from portal.lifecycle import filing, gateway, loop
from portal.lifecycle.models import Due, Submission, SubmissionState
from portal.lifecycle.schedule import LEASE
from portal.tenancy.scope import acting_for
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, claim, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def fresh(brand: Brand, person: Person) -> tuple[Brand, Submission]:
    """The brand and its submission as the database has them now."""
    with acting_for(person.organization.pk, by=person.actor):
        now = Brand.objects.get(pk=brand.pk)
        submission = now.latest_submission()
    assert submission is not None
    return now, submission


def creates(registry: PracticeRegistry, submission: Submission) -> int:
    """How often the registry was asked to make this very brand."""
    return len(registry.ledger(method="POST", key=str(submission.key)))


def actions(brand: Brand, person: Person) -> list[str]:
    with person.acting():
        return list(Event.objects.filter(object_id=brand.pk).order_by("id").values_list("action", flat=True))


def test_a_submitted_brand_arrives_once_and_is_in_review(ada: Person, registry: PracticeRegistry) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    work()
    brand, submission = fresh(brand, ada)
    assert brand.status == states.IN_REVIEW
    assert submission.state == SubmissionState.CONFIRMED
    assert brand.reference == submission.reference
    assert creates(registry, submission) == 1
    assert actions(brand, ada) == ["brand.created", "brand.submitted", "brand.accepted"]
    # Nothing is left of the write; the wait has its own row.
    with ada.acting():
        assert [due.kind for due in Due.objects.all()] == [Due.WATCH]


def test_what_arrives_is_what_was_frozen(ada: Person, registry: PracticeRegistry) -> None:
    name = unique_name()
    brand = submitted_brand(ada, legal_name=name)
    with acting_for(ada.organization.pk, by=ada.actor):
        Brand.objects.filter(pk=brand.pk).update(city="Elsewhere")
    work()
    _, submission = fresh(brand, ada)
    assert submission.payload["city"] == "Seattle"
    entry = registry.ledger(method="POST", key=str(submission.key))[0]
    body = json.loads(entry["body"])
    assert (body["companyName"], body["city"]) == (name, "Seattle")


def test_a_carrier_that_is_away_costs_time_and_nothing_else(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    address = settings.TELNYX_URL
    settings.TELNYX_URL = "http://127.0.0.1:9/v2"
    gateway.carrier.cache_clear()
    brand = submitted_brand(ada, legal_name=unique_name())
    work()
    _, submission = fresh(brand, ada)
    assert (submission.state, submission.failures) == (SubmissionState.ACCEPTED, 1)
    assert submission.last_error
    settings.TELNYX_URL = address
    gateway.carrier.cache_clear()
    assert work() == 0, "the delay must hold"
    later = Later()
    later.pass_(seconds=30)
    work(later)
    brand, submission = fresh(brand, ada)
    assert brand.status == states.IN_REVIEW
    assert creates(registry, submission) == 1


def test_a_write_whose_answer_was_lost_is_found_and_adopted_not_sent_again(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    _, submission = fresh(brand, ada)
    # What a worker does that is killed after the request left: it marks, it sends, it never comes back.
    (dead,) = claim(Due.SUBMISSION, clock.read())
    with acting_for(ada.organization.pk, by=ada.actor):
        Submission.objects.filter(pk=submission.pk).update(
            state=SubmissionState.SENDING, attempt=dead.attempt, sent_at=clock.read().machine
        )
    filing_now = TaxIds(ada.organization.pk, brand.pk).filing(submission.payload)
    gateway.carrier("telnyx").create_brand(filing_now, key=str(submission.key))

    later = Later()
    later.pass_(seconds=LEASE.total_seconds() + 1)
    work(later)
    assert fresh(brand, ada)[1].state == SubmissionState.UNKNOWN
    assert work(later) == 0, "it must rest before it is searched"
    later.pass_(seconds=gateway.quarantine("telnyx").total_seconds())
    work(later)
    brand, submission = fresh(brand, ada)
    assert brand.status == states.IN_REVIEW
    assert creates(registry, submission) == 1
    assert "brand.outcome-unknown" in actions(brand, ada)
    assert "brand.found-again" in actions(brand, ada)


def test_a_write_that_never_arrived_is_sent_again_after_two_searches(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    _, submission = fresh(brand, ada)
    (dead,) = claim(Due.SUBMISSION, clock.read())
    with acting_for(ada.organization.pk, by=ada.actor):
        Submission.objects.filter(pk=submission.pk).update(
            state=SubmissionState.SENDING, attempt=dead.attempt, sent_at=clock.read().machine
        )
    later = Later()
    later.pass_(seconds=LEASE.total_seconds() + 1)
    work(later)
    later.pass_(seconds=gateway.quarantine("telnyx").total_seconds() + 1)
    work(later)
    assert fresh(brand, ada)[1].searches == 1, "one search is not enough to believe that it is not there"
    assert creates(registry, submission) == 0
    later.pass_(seconds=10)
    work(later)
    brand, submission = fresh(brand, ada)
    assert brand.status == states.IN_REVIEW
    assert creates(registry, submission) == 1
    assert "brand.sent-again" in actions(brand, ada)


def test_an_old_holder_cannot_write_over_what_a_later_one_decided(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    _, submission = fresh(brand, ada)
    (old,) = claim(Due.SUBMISSION, clock.read())
    with acting_for(ada.organization.pk, by=ada.actor):
        Submission.objects.filter(pk=submission.pk).update(
            state=SubmissionState.SENDING, attempt=old.attempt, sent_at=clock.read().machine
        )
    later = Later()
    later.pass_(seconds=LEASE.total_seconds() + 1)
    work(later)
    filing._known(old, submission, Created("too-late"), clock.read)
    _, submission = fresh(brand, ada)
    assert (submission.state, submission.reference) == (SubmissionState.UNKNOWN, "")


def test_a_refused_submission_says_which_field_and_is_not_tried_again(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name(), vertical="NO_SUCH_INDUSTRY")
    work()
    brand, submission = fresh(brand, ada)
    assert brand.status == states.REJECTED
    assert submission.state == SubmissionState.REFUSED
    assert [reason["fields"] for reason in brand.reasons] == [["vertical"]]
    later = Later()
    later.pass_(days=30)
    assert work(later) == 0
    assert creates(registry, submission) == 1


def test_a_refused_key_waits_for_a_person_and_does_not_hammer(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    settings.TELNYX_KEY = "not-a-key-of-the-registry"
    gateway.carrier.cache_clear()
    brand = submitted_brand(ada, legal_name=unique_name())
    later = Later()
    for _ in range(10):
        work(later)
        later.pass_(seconds=20)
    _, submission = fresh(brand, ada)
    assert submission.state == SubmissionState.ACCEPTED
    assert submission.failures == 1


def test_a_process_that_slept_since_it_claimed_sends_nothing(ada: Person, registry: PracticeRegistry) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    _, submission = fresh(brand, ada)
    (claimed,) = claim(Due.SUBMISSION, clock.read())
    with acting_for(ada.organization.pk, by=ada.actor):
        Submission.objects.filter(pk=submission.pk).update(
            state=SubmissionState.SENDING, attempt=claimed.attempt, sent_at=clock.read().machine
        )
    filing._send(replace(claimed, good_until=time.monotonic()), submission, clock.read)
    _, submission = fresh(brand, ada)
    assert submission.state == SubmissionState.ACCEPTED
    assert creates(registry, submission) == 0


def test_a_process_that_is_kept_waiting_right_before_the_request_sends_nothing(
    ada: Person, registry: PracticeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    (claimed,) = claim(Due.SUBMISSION, clock.read())
    opened = TaxIds.filing

    def slowly(self: TaxIds, payload: dict[str, str]) -> BrandFiling:
        time.sleep(1.0)
        return opened(self, payload)

    monkeypatch.setattr(TaxIds, "filing", slowly)
    longest = gateway.policy("telnyx").call_deadline.value.total_seconds()
    loop.step(replace(claimed, good_until=time.monotonic() + longest + 0.7))
    _, submission = fresh(brand, ada)
    assert (submission.state, submission.failures) == (SubmissionState.ACCEPTED, 1)
    assert creates(registry, submission) == 0
