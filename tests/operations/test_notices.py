"""What the operator says on pages: shown first, published, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from portal import clock
from portal.audit.models import Event
from portal.notifications.models import Notice
from portal.tenancy.scope import at_the_desk
from tests.operations.staff import Colleague
from tests.people import Person

pytestmark = pytest.mark.django_db
PATH = "/operations/notices/"
TEXT = "You need to do nothing. Brand reviews take two days longer this week."


def answers(**changes: str) -> dict[str, str]:
    today = clock.read().business.date()
    return {
        "scope": "everything",
        "text": TEXT,
        "link": "https://status.example/brands",
        "link_words": "What we know",
        "starts_on": "",
        "ends_on": (today + timedelta(days=3)).isoformat(),
        **changes,
    }


def notices() -> list[Notice]:
    with at_the_desk():
        return list(Notice.objects.order_by("created_at"))


def test_a_notice_is_shown_before_it_is_published(olu: Colleague, ada: Person) -> None:
    answer = olu.post(f"{PATH}new/", answers())
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "As it will be shown" in text
    assert 'href="https://status.example/brands"' in text
    assert "What we know" in text
    last = clock.read().business.date() + timedelta(days=3)
    # The day that was chosen, not the midnight after it.
    assert f'until <time datetime="{last.isoformat()}"' in " ".join(text.split())
    assert notices() == []
    assert TEXT not in ada.get("/").content.decode()


def test_a_published_notice_stands_on_everybodys_pages_until_it_is_withdrawn(
    olu: Colleague, ada: Person, cy: Person
) -> None:
    assert olu.post(f"{PATH}new/", answers(publish="1"))["Location"] == PATH
    (notice,) = notices()
    for person in (ada, cy):
        assert TEXT in person.get("/").content.decode()
    assert "Shown now" in olu.get(PATH).content.decode()
    path = f"{PATH}{notice.pk}/withdrawal/"
    assert TEXT in olu.get(path).content.decode()
    assert olu.post(path)["Location"] == PATH
    for person in (ada, cy):
        assert TEXT not in person.get("/").content.decode()
    olu.post(path)
    with at_the_desk():
        found = Event.objects.filter(organization=None, object_kind="notice").order_by("pk")
        assert [event.action for event in found] == ["notice.published", "notice.withdrawn"]


def test_a_notice_to_one_organization_is_seen_there_alone(olu: Colleague, ada: Person, cy: Person) -> None:
    to = f"{PATH}new/?organization={ada.organization.pk}"
    assert "New notice to Acme" in olu.get(to).content.decode()
    olu.post(to, answers(publish="1"))
    assert TEXT in ada.get("/").content.decode()
    assert TEXT not in cy.get("/").content.decode()
    page = f"/operations/organizations/{ada.organization.pk}/"
    assert TEXT in olu.get(page).content.decode()
    with ada.acting():
        event = Event.objects.get(organization=ada.organization, action="notice.published")
    assert event.actor_name == "Olu Brandt (operator)"
    (notice,) = notices()
    olu.post(f"{PATH}{notice.pk}/withdrawal/")
    assert TEXT not in ada.get("/").content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": ""}, "Fill in “Text”"),
        ({"text": "x" * 301}, "at most 300"),
        ({"ends_on": ""}, "Fill in “Last day”"),
        ({"ends_on": "2020-01-01"}, "“Last day” must lie between today"),
        ({"ends_on": "tomorrow"}, "Enter a date that exists in “Last day”"),
        ({"starts_on": "2199-01-01"}, "“First day” must lie between today"),
        ({"link": "http://status.example/"}, "must begin with https://"),
        ({"link": "javascript:alert(1)"}, "web address"),
        ({"scope": "nonsense"}, "Choose one of the answers"),
        ({"ends_on": "9999-12-31"}, "“Last day” must lie between today"),
        ({"starts_on": "0001-01-01"}, "“First day” must lie between today"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    olu: Colleague, changes: dict[str, str], says: str
) -> None:
    answer = olu.post(f"{PATH}new/", answers(publish="1", **changes))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "What we know" in answer.content.decode()
    assert notices() == []


def test_the_last_day_does_not_lie_before_the_first(olu: Colleague) -> None:
    today = clock.read().business.date()
    first, last = (today + timedelta(days=days) for days in (4, 2))
    answer = olu.post(f"{PATH}new/", answers(starts_on=first.isoformat(), ends_on=last.isoformat()))
    assert answer.status_code == 422
    assert "must not lie before the first" in answer.content.decode()


def test_a_planned_notice_is_not_shown_yet(olu: Colleague, ada: Person) -> None:
    today = clock.read().business.date()
    first, last = (today + timedelta(days=days) for days in (2, 4))
    olu.post(f"{PATH}new/", answers(publish="1", starts_on=first.isoformat(), ends_on=last.isoformat()))
    assert "Planned" in olu.get(PATH).content.decode()
    assert TEXT not in ada.get("/").content.decode()
    (notice,) = notices()
    assert notice.ends_at.date() == last + timedelta(days=1)


@pytest.mark.parametrize("organization", ["junk", "00000000-0000-4000-8000-000000000000"])
def test_a_notice_to_nobody_answers_404(olu: Colleague, organization: str) -> None:
    assert olu.post(f"{PATH}new/?organization={organization}", answers(publish="1")).status_code == 404
    assert olu.get(f"{PATH}{uuid4()}/withdrawal/").status_code == 404
