"""A write that nobody can search for: the operator says what they found, once, and the organization reads it."""

from __future__ import annotations

import pytest

from portal.audit.models import Event
from portal.lifecycle.models import Due, Submission, SubmissionState
from portal.tenancy.scope import at_the_desk
from tests.factories import submitted_brand
from tests.operations.staff import Colleague
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked(ada: Person) -> Submission:
    """A brand's registration whose outcome nobody knows."""
    brand = submitted_brand(ada)
    with ada.acting():
        rows = Submission.objects.filter(subject_id=brand.pk)
        rows.update(state=SubmissionState.PARKED, attempt=3)
        row: Submission = rows.get()
        Due.objects.filter(item=row.pk).delete()
    return row


def path(parked: Submission) -> str:
    return f"/operations/organizations/{parked.organization_id}/submissions/{parked.pk}/"


def again(ada: Person, parked: Submission) -> Submission:
    with ada.acting():
        row: Submission = Submission.objects.get(pk=parked.pk)
    return row


def test_both_lists_lead_to_it(olu: Colleague, parked: Submission) -> None:
    organization = f"/operations/organizations/{parked.organization_id}/"
    for page in ("/operations/", organization):
        assert path(parked) in olu.get(page).content.decode()
    page = olu.get(path(parked)).content.decode()
    assert parked.short_key in page
    assert "registered and charged twice" in page


def test_it_is_there_under_the_reference_that_was_found(
    ada: Person, olu: Colleague, parked: Submission
) -> None:
    olu.post(path(parked), {"found": "there", "reference": "4b20-7"})
    row = again(ada, parked)
    assert (row.state, row.reference) == (SubmissionState.KNOWN, "4b20-7")
    with ada.acting():
        due = Due.objects.get(item=row.pk)
        event = Event.objects.get(action="brand.settled-arrived")
    assert due.attempt > row.attempt, "whoever held it before is fenced off"
    assert event.detail["reference"] == "4b20-7"
    assert event.actor_name.endswith("(operator)")
    assert "found it at the registry" in ada.get(f"/brands/{row.subject_id}/").content.decode()


def test_it_is_not_there_and_is_sent_again_once(ada: Person, olu: Colleague, parked: Submission) -> None:
    olu.post(path(parked), {"found": "nowhere"})
    assert again(ada, parked).state == SubmissionState.ACCEPTED
    answer = olu.post(path(parked), {"found": "there", "reference": "4b20-7"}, follow=True)
    assert "Nobody has to decide about it any more" in answer.content.decode()
    with ada.acting():
        assert Event.objects.filter(action__startswith="brand.settled").count() == 1


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "What did you find?"),
        ({"found": "there"}, "Copy the carrier’s id"),
        ({"found": "nowhere", "reference": "4b20-7"}, "You gave a reference"),
        ({"found": "perhaps"}, "What did you find?"),
    ],
)
def test_half_an_answer_changes_nothing(
    ada: Person, olu: Colleague, parked: Submission, answers: dict[str, str], words: str
) -> None:
    answer = olu.post(path(parked), answers)
    assert answer.status_code == 422
    assert words.replace("’", "&#x27;") in answer.content.decode().replace("’", "&#x27;")
    assert again(ada, parked).state == SubmissionState.PARKED


def test_one_that_waits_for_nobody_is_no_page(ada: Person, olu: Colleague) -> None:
    brand = submitted_brand(ada)
    with ada.acting():
        row = Submission.objects.get(subject_id=brand.pk)
    assert olu.get(path(row)).status_code == 302
    with at_the_desk():
        assert Submission.everywhere.filter(state=SubmissionState.PARKED).count() == 0
