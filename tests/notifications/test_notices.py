"""Notices of the operator: in force for a while, on the pages of their topic, and put away by a person for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.audit.models import Event
from portal.audit.recording import CLEARLINE
from portal.notifications.models import Notice, Topic
from portal.notifications.notices import BadNotice, in_force, publish, topics_of, withdraw
from tests.people import Person

pytestmark = pytest.mark.django_db


def notice(text: str = "Approvals are slow", **changes: Any) -> Notice:
    now = clock.read().business
    given: dict[str, Any] = {
        "scope": Topic.BRANDS,
        "text": text,
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(days=1),
        "by": CLEARLINE,
        "at": now,
    }
    return publish(**{**given, **changes})


def page(person: Person, path: str) -> str:
    return str(person.get(path).content.decode())


@pytest.fixture
def path() -> str:
    """A page about brands."""
    return reverse("overview:sms-campaigns")


def test_it_stands_on_the_pages_of_its_topic_and_on_the_start_page(ada: Person, path: str) -> None:
    notice()
    notice("Ports are late", scope=Topic.NUMBER_POOLS)
    assert "Approvals are slow" in page(ada, path)
    assert "Ports are late" not in page(ada, path)
    assert "Ports are late" in page(ada, "/")
    assert "Approvals are slow" not in page(ada, "/notifications/")


def test_one_about_everything_stands_on_every_page(ada: Person, path: str) -> None:
    notice(scope=Topic.EVERYTHING)
    for place in (path, "/", "/notifications/"):
        assert "Approvals are slow" in page(ada, place)


@pytest.mark.parametrize(("ahead", "shown"), [(-2, False), (0, True), (23, True), (25, False)])
def test_it_is_shown_from_its_beginning_to_its_end_by_business_time(
    ada: Person, ahead: int, shown: bool
) -> None:
    notice()
    now = clock.read().business + timedelta(hours=ahead)
    with ada.acting():
        assert in_force(now, {Topic.BRANDS}, user_id=ada.user.pk).exists() is shown


def test_withdrawn_it_is_gone_at_once_and_recorded_once(ada: Person, path: str) -> None:
    one = notice(organization_id=ada.organization.pk)
    for _ in range(2):
        withdraw(one, by=CLEARLINE, at=clock.read().business)
    assert "Approvals are slow" not in page(ada, path)
    with ada.acting():
        actions = Event.objects.filter(object_id=one.pk).values_list("action", flat=True)
        assert sorted(actions) == ["notice.published", "notice.withdrawn"]


def test_put_away_by_one_person_it_stays_for_the_others(
    ada: Person, bo: Person, cy: Person, path: str
) -> None:
    one = notice()
    answer = ada.post(f"/notifications/notices/{one.pk}/dismiss/", {"next": path})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert ada.post(f"/notifications/notices/{one.pk}/dismiss/").status_code == 302
    assert "Approvals are slow" not in page(ada, path)
    for other in (bo, cy):
        assert "Approvals are slow" in page(other, path)


def test_read_more_leads_out_and_says_so(ada: Person, path: str) -> None:
    notice(link="https://status.example/delay", link_words="What the registry says")
    text = page(ada, path)
    assert 'href="https://status.example/delay" rel="noopener noreferrer external"' in " ".join(text.split())
    assert "What the registry says" in text


def test_markup_in_a_notice_is_text(ada: Person, path: str) -> None:
    notice("<b>bold</b>")
    assert "&lt;b&gt;bold&lt;/b&gt;" in page(ada, path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "weather"},
        {"link": "http://plain.example/"},
        {"link": "javascript:alert(1)"},
        {"link": "https://"},
        {"text": "  "},
    ],
)
def test_what_makes_no_sense_is_not_published(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadNotice):
        notice(**wrong)
    assert not Notice.objects.exists()


def test_it_must_end_after_it_starts() -> None:
    with pytest.raises(BadNotice):
        notice(ends_at=clock.read().business - timedelta(days=1))


def test_the_database_refuses_a_link_that_is_not_secure() -> None:
    one = notice()
    one.link = "http://plain.example/"
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()


def test_all_notices_of_a_page_cost_one_query(ada: Person, path: str) -> None:
    for number in range(5):
        notice(f"Notice {number}")
    page(ada, path)
    with CaptureQueriesContext(connection) as queries:
        page(ada, path)
    assert len([one for one in queries if 'FROM "notifications_notice"' in one["sql"]]) == 1


def test_every_topic_has_its_places() -> None:
    assert topics_of(["overview:home", "overview"]) == set(Topic.values) - {Topic.EVERYTHING}
    assert topics_of(["brands:detail", "brands"]) == {Topic.BRANDS}
    assert topics_of(["account_login"]) == set()
