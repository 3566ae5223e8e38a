"""What needs the operator today: which things stand in which list, oldest first, and which do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.lib.business_days import business_days_before
from portal.lifecycle.models import SubmissionState
from portal.operations import needs
from portal.operations.needs import Need
from portal.tenancy.scope import at_the_desk
from tests.operations import many
from tests.operations.staff import Colleague
from tests.people import Person

pytestmark = pytest.mark.django_db


def found(slug: str, *, limit: int = needs.LONGEST) -> Need:
    times = clock.read()
    with at_the_desk():
        return needs.need(slug, times, limit=limit)


def names(slug: str) -> list[str]:
    return [str(line.what) for line in found(slug).lines]


def test_stuck_submissions_oldest_first() -> None:
    one = many.organization("Acme")
    for name, state, hours, failures in (
        ("young and unknown", SubmissionState.UNKNOWN, 0.1, 0),
        ("old and parked", SubmissionState.PARKED, 50, 0),
        ("failing long", SubmissionState.ACCEPTED, 2, 8),
        ("failing since a minute", SubmissionState.ACCEPTED, 0.2, 3),
        ("just submitted", SubmissionState.ACCEPTED, 0.2, 0),
        ("the loop stands still", SubmissionState.ACCEPTED, 3, 0),
        ("never came back", SubmissionState.SENDING, 4, 0),
        ("ended", SubmissionState.CONFIRMED, 90, 0),
        ("refused", SubmissionState.REFUSED, 90, 0),
    ):
        many.submission(many.brand(one, name=name), state, hours=hours, failures=failures)
    lines = found("submissions").lines
    assert [(line.what, line.look.word) for line in lines] == [
        ("old and parked", "Needs a person"),
        ("never came back", "Not moving"),
        ("the loop stands still", "Not moving"),
        ("failing long", "Keeps failing"),
        ("young and unknown", "Outcome unknown"),
    ]
    assert lines[0].organization == "Acme"
    assert lines[0].age == "2\xa0days"
    assert "8 tries in vain: 503 from the carrier" in str(lines[3].note)


def test_in_review_longer_than_usual_goes_by_the_carriers_policy() -> None:
    one = many.organization("Acme")
    now = clock.read().business
    edge = now - business_days_before(now, needs.longest_wait().value.days)
    for name, days in (
        ("beyond", edge.total_seconds() / 86400 + 0.01),
        ("within", edge.total_seconds() / 86400 - 0.01),
    ):
        many.brand(one, days=days, name=name)
    many.brand(one, status="verified", days=90, name="verified long ago")
    many.brand(one, days=60, name="very old")
    assert names("slow") == ["very old", "beyond"]
    assert "7 business days" in str(found("slow").explained)


def test_unknown_words_only_while_in_review() -> None:
    one = many.organization("Acme")
    many.brand(one, word="PENDING_MAGIC", name="odd")
    many.brand(one, name="plain")
    many.brand(one, status="verified", word="PENDING_MAGIC", name="decided")
    (line,) = found("words").lines
    assert line.what == "odd"
    assert "PENDING_MAGIC" in str(line.look.word)


def test_no_owner_has_signed_in() -> None:
    many.owner_of(many.organization("In use"), "a@example.test")
    many.owner_of(many.organization("Enrolled"), "b@example.test", signed_in=False)
    many.organization("Empty")
    half = many.organization("Two owners")
    many.owner_of(half, "c@example.test")
    many.owner_of(half, "d@example.test", signed_in=False)
    assert names("owners") == ["Enrolled", "Empty"]
    first, second = found("owners").lines
    assert "never signed in" in str(first.note)
    assert "No owner yet" in str(second.note)


def test_invitations_that_do_not_arrive() -> None:
    now = clock.read().business
    one = many.organization("Acme")
    many.invitation(one, "overdue@example.test", hours=1, last_error="550 no such user", attempt=2)
    many.invitation(one, "oldest@example.test", hours=9)
    many.invitation(one, "just-now@example.test", hours=0.1)
    many.invitation(one, "sent@example.test", hours=9, sent_at=now)
    many.invitation(one, "taken@example.test", hours=9, accepted_at=now)
    many.invitation(one, "withdrawn@example.test", hours=9, withdrawn_at=now)
    many.invitation(one, "expired@example.test", hours=9, expires_at=now - timedelta(minutes=1))
    assert names("invitations") == ["oldest@example.test", "overdue@example.test"]
    assert "2 tries in vain: 550 no such user" in str(found("invitations").lines[1].note)


def test_a_mail_that_was_given_up_counts_as_undelivered() -> None:
    """Without a due time nobody tries again, so it is the first that a person should see."""
    one = many.organization("Acme")
    many.invitation(
        one, "failed@example.test", hours=9, due_at=None, last_error="550 no such user", attempt=9
    )
    assert names("invitations") == ["failed@example.test"]


def test_a_list_is_cut_and_says_how_long_it_is() -> None:
    many.troubled(7)
    for slug in needs.SLUGS:
        cut = found(slug, limit=3)
        assert (len(cut.lines), cut.total, cut.hidden) == (3, 7, 4)


def test_the_page_says_what_is_in_order_and_leads_to_the_rest(olu: Colleague, ada: Person) -> None:
    text = olu.get("/operations/").content.decode()
    assert "Nothing needs us today." in text
    assert "Every submission is on its way or answered." in text
    many.troubled(7)
    text = " ".join(olu.get("/operations/").content.decode().split())
    assert "35 things need somebody" in text
    assert 'href="/operations/needs/slow/"' in text
    assert olu.get("/operations/needs/slow/").content.decode().count('class="line"') == 7


def test_every_list_has_a_page_and_an_unknown_one_has_none(olu: Colleague) -> None:
    for slug in needs.SLUGS:
        assert olu.get(f"/operations/needs/{slug}/").status_code == 200
    assert olu.get("/operations/needs/nonsense/").status_code == 404


@pytest.mark.parametrize(
    ("moment", "days", "earlier"),
    [
        ("2026-11-20T10:00", 0, "2026-11-20T10:00"),
        ("2026-11-20T10:00", 4, "2026-11-16T10:00"),
        ("2026-11-20T10:00", 5, "2026-11-13T10:00"),
        ("2026-11-20T10:00", 6, "2026-11-12T10:00"),
        # Veterans Day, 11 November, is none.
        ("2026-11-20T10:00", 7, "2026-11-10T10:00"),
        ("2026-11-22T10:00", 1, "2026-11-20T10:00"),
        ("2026-11-21T10:00", 7, "2026-11-12T10:00"),
    ],
)
def test_business_days_leave_out_weekends_and_federal_holidays(moment: str, days: int, earlier: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert business_days_before(at, days) == datetime.fromisoformat(earlier).replace(tzinfo=UTC)
