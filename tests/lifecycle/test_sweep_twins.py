"""Two at the carrier of what should be one: the younger is cancelled, and nothing that is not certain."""

from __future__ import annotations

import time
import traceback
from typing import Any

import pytest

from brands import states
from brands.models import Brand
from brands.sweeping import TwinCancelling
from portal import clock
from portal.carriers.contract import BrandReading, BrandState, Reason, Refused, Unavailable
from portal.lifecycle import twins
from portal.lifecycle.models import (
    Submission,
    SubmissionState,
    Watch,
)
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.lifecycle.sweeps import (
    actions,
    again,
    at_the_registry,
    created,
    living,
    planted,
    readable,
    sweep,
)
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
SPELLED = "91/473 0265"


def late_twin(person: Person, registry: PracticeRegistry, account: str) -> tuple[Brand, Submission, Later]:
    """The registry takes a brand in long after the quarantine: by then it was sent again."""
    registry.fault("late", account=account, verb="create", seconds=6, hold=0.2)
    later = Later()
    brand = submitted_brand(person, legal_name=unique_name("Silent"))
    work(later)
    assert again(person, brand)[1].state == SubmissionState.UNKNOWN
    for _search in range(3):
        # For the portal it is ten minutes each time, for the registry a moment.
        later.pass_(minutes=10)
        work(later)
    brand, submission = again(person, brand)
    assert brand.status == states.IN_REVIEW
    end = time.monotonic() + 15
    while len(living(registry, submission)) < 2:
        assert time.monotonic() < end, "the late one never came"
        time.sleep(0.2)
    return brand, submission, later


def test_a_brand_that_came_up_late_is_found_by_one_sweep_and_the_younger_one_is_cancelled(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    brand, submission, later = late_twin(ada, registry, account)
    both = living(registry, submission)
    ages = {one["id"]: one for one in registry.brands(key=str(submission.key))}
    found = sweep(later)
    assert found["twins"] == 1
    with ada.acting():
        cancel = Submission.objects.get(purpose=twins.CANCEL)
    goes = cancel.payload["reference"]
    (stays,) = set(both) - {goes}
    assert list(ages).index(stays) < list(ages).index(goes), "the registry lists them in the order of filing"
    work(later)
    assert living(registry, submission) == [stays]
    brand, submission = again(ada, brand)
    assert brand.reference == submission.reference == stays
    assert brand.status == states.IN_REVIEW
    told = actions(ada, brand)
    assert [one for one in told if "twin" in one] == ["brand.twin-found", "brand.twin-cancelled"]
    assert sweep(later).get("twins", 0) == 0, "and that was all"
    with ada.acting():
        assert Submission.objects.filter(purpose=twins.CANCEL).count() == 1


def test_ours_stays_when_it_is_the_older_one(ada: Person, registry: PracticeRegistry) -> None:
    brand, submission = at_the_registry(ada)
    twin = created(ada, submission)
    assert sweep()["twins"] == 1
    work()
    assert living(registry, submission) == [submission.reference]
    assert not readable(registry, twin)
    assert again(ada, brand)[0].reference == submission.reference


def test_when_ours_is_the_younger_one_the_brand_moves_to_the_older(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand, submission = at_the_registry(ada)
    older, younger = submission.reference, created(ada, submission)
    with ada.acting():
        for model in (Brand, Submission, Watch):
            model.objects.update(reference=younger)
    assert sweep()["twins"] == 1
    work()
    assert living(registry, submission) == [older]
    brand, submission = again(ada, brand)
    assert brand.reference == submission.reference == older
    with ada.acting():
        wait = Watch.objects.get(closed_at=None)
    assert (wait.reference, wait.last_read_at is not None) == (older, True)


def test_a_younger_one_with_campaigns_is_left_to_a_person(ada: Person, registry: PracticeRegistry) -> None:
    _brand, submission = at_the_registry(ada)
    younger = created(ada, submission)
    with ada.acting():
        for model in (Brand, Submission, Watch):
            model.objects.update(reference=younger)
        Brand.objects.update(campaigns_there=1)
    assert sweep()["twins for a person"] == 1
    work()
    assert len(living(registry, submission)) == 2


def test_the_twin_of_a_deleted_brand_goes_too(ada: Person, registry: PracticeRegistry) -> None:
    _brand, submission = at_the_registry(ada)
    twin = created(ada, submission)
    registry.remove(submission.reference)
    with ada.acting():
        Brand.objects.update(status=states.DELETED)
        Watch.objects.update(closed_at=clock.read().business)
    assert sweep()["twins"] == 1
    work()
    assert living(registry, submission) == []
    assert not readable(registry, twin)


def test_when_ours_is_gone_the_other_one_takes_over_and_nothing_is_cancelled(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand, submission = at_the_registry(ada)
    twin = created(ada, submission)
    registry.remove(submission.reference)
    assert sweep()["twins"] == 1
    work()
    assert living(registry, submission) == [twin]
    assert again(ada, brand)[0].reference == twin
    assert "brand.twin-took-over" in actions(ada, brand)


def test_nothing_is_cancelled_when_the_one_to_keep_has_gone_meanwhile(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand, submission = at_the_registry(ada)
    twin = created(ada, submission)
    assert sweep()["twins"] == 1
    registry.remove(submission.reference)
    work()
    assert living(registry, submission) == [twin]
    assert actions(ada, brand)[-1] == "brand.twin-stays"


def test_a_twin_is_not_judged_by_a_list_with_gaps(
    ada: Person, registry: PracticeRegistry, account: str, short_pages: None
) -> None:
    """What the list left out may be older than what it shows."""
    _brand, submission = at_the_registry(ada)
    for _other in range(2):
        planted(registry, account)
    created(ada, submission)
    registry.fault("page", account=account, verb="list", kind="skip", times=None)
    found = sweep()
    assert "twins" not in found
    assert found["broken off"] == 1
    registry.faults_off(account)
    with ada.acting():
        assert not Submission.objects.filter(purpose=twins.CANCEL).exists()
    assert sweep()["twins"] == 1


class Quoting:
    """A carrier that says the tax id with whatever goes wrong, in a spelling that no form gives away."""

    def __init__(self, at: str, key: str) -> None:
        self.at = at
        self.key = key

    def read_brand(self, reference: str) -> BrandReading:
        if self.at == "read":
            raise Unavailable(SPELLED)
        return BrandReading(reference, BrandState.VERIFIED, "OK", key=self.key)

    def delete_brand(self, reference: str) -> None:
        raise Refused(SPELLED, reasons=(Reason("x", SPELLED),))


@pytest.mark.parametrize(
    ("at", "kind"), [("read", Unavailable), ("delete", Refused)], ids=["while read", "while cancelled"]
)
def test_what_goes_wrong_with_a_cancellation_is_kept_without_the_tax_id(
    ada: Person, registry: PracticeRegistry, at: str, kind: type[Exception]
) -> None:
    _brand, submission = at_the_registry(ada, tax_id="91-4730265")
    created(ada, submission)
    assert sweep()["twins"] == 1
    with ada.acting():
        cancel = Submission.objects.get(purpose=twins.CANCEL)
    quoting: Any = Quoting(at, str(submission.key))
    with pytest.raises(kind) as caught:
        TwinCancelling().send(quoting, cancel)
    kept = "".join(traceback.format_exception(caught.value)) + repr(getattr(caught.value, "reasons", ()))
    assert SPELLED not in kept
    if at == "read":
        with pytest.raises(kind) as caught:
            TwinCancelling().search(quoting, cancel)
        assert SPELLED not in str(caught.value)
