"""The list, the count in the navigation, and the person's own choices."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brands import states
from portal import clock
from portal.audit.recording import REGISTRY
from portal.notifications.forms import PreferencesForm
from portal.notifications.kinds import KINDS
from portal.notifications.models import Notification
from portal.notifications.preferring import choices_of
from portal.notifications.shown import PAGE
from portal.notifications.telling import tell
from portal.tenancy.models import Membership, StaffRole
from tests.notifications.posting import decided, told
from tests.people import Person
from tests.tenancy.matrix import of_the_staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LIST = "/notifications/"
CHOICES = "/account/notifications/"
GOOD = {
    "attention": "at_once",
    "decision": "daily",
    "renewal": "listed",
    "support": "daily",
    "operator": "at_once",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "digest_at": "08:30",
}


def page(person: Person, path: str = LIST) -> str:
    answer = person.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_empty_list_says_what_will_be_there(ada: Person) -> None:
    text = page(ada)
    assert "Nothing yet" in text
    assert "Mark all as read" not in text


def test_the_list_shows_what_happened_newest_first_with_links(ada: Person) -> None:
    first = decided(ada, display_name="First")
    decided(ada, states.REJECT, display_name="Second")
    text = page(ada)
    assert text.index("Second was rejected") < text.index("First is verified")
    assert f'href="{first.get_absolute_url()}"' in text
    assert text.count(">New<") == 2


def test_what_needed_somebody_and_no_longer_does_is_settled(ada: Person) -> None:
    brand = decided(ada, states.REJECT)
    assert "Needs you" in page(ada)
    with ada.acting():
        type(brand).objects.filter(pk=brand.pk).update(since=brand.since + timedelta(hours=1))
    text = page(ada)
    assert "Settled" in text
    assert "Needs you" not in text


def test_everybody_has_their_own_marks(ada: Person, bo: Person) -> None:
    decided(ada)
    (mine,) = told(ada)
    answer = ada.post(f"{LIST}{mine.pk}/read/", {"next": LIST})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert ">New<" not in page(ada)
    assert ">New<" in page(bo)
    assert ada.post(f"{LIST}{told(bo)[0].pk}/read/").status_code == 404


def test_all_are_marked_at_once_and_the_first_reading_counts(ada: Person) -> None:
    decided(ada)
    decided(ada)
    ada.post(f"{LIST}read/")
    before = [one.read_at for one in told(ada)]
    assert all(before)
    ada.post(f"{LIST}read/")
    assert [one.read_at for one in told(ada)] == before


def test_another_organizations_notification_is_as_good_as_none(ada: Person, cy: Person) -> None:
    decided(ada)
    assert cy.post(f"{LIST}{told(ada)[0].pk}/read/").status_code == 404
    assert cy.post(f"{LIST}{uuid4()}/read/").status_code == 404
    assert told(ada)[0].read_at is None
    assert "is verified" not in page(cy)


def test_marking_never_leads_to_a_foreign_page(ada: Person) -> None:
    assert ada.post(f"{LIST}read/", {"next": "https://evil.example/"})["Location"] == LIST


def test_a_get_marks_nothing(ada: Person) -> None:
    decided(ada)
    assert ada.get(f"{LIST}read/").status_code == 405
    page(ada)
    assert told(ada)[0].read_at is None


def test_what_is_gone_stays_in_the_list_without_a_link(ada: Person) -> None:
    brand = decided(ada, display_name="Vanished")
    with ada.acting():
        Notification.objects.update(object_id=uuid4())
    text = page(ada)
    assert "Vanished is verified" in text
    assert "no longer there" in text
    assert brand.get_absolute_url() not in text


def test_the_count_stands_in_the_navigation_of_every_page_for_one_query(ada: Person) -> None:
    page(ada, "/")
    with CaptureQueriesContext(connection) as without:
        assert 'class="nav__count">' not in page(ada, "/")
    decided(ada)
    decided(ada)
    with CaptureQueriesContext(connection):
        text = page(ada, "/")
    assert text.count('<span class="nav__count">2 ') == 2, "in the wide and in the narrow navigation"
    asked = [one for one in without if "notifications_notification" in one["sql"]]
    assert len(asked) == 1


def test_a_long_list_costs_as_many_queries_as_a_short_one_and_goes_on_a_page_later(ada: Person) -> None:
    brand = decided(ada)
    page(ada)
    with CaptureQueriesContext(connection) as short:
        page(ada)
    now = clock.read().business
    with ada.acting():
        for number in range(PAGE + 10):
            tell(
                brand,
                kind="decision",
                state="verified",
                at=now,
                since=now - timedelta(minutes=number),
                by=REGISTRY,
            )
    with CaptureQueriesContext(connection) as long:
        text = page(ada)
    assert len(long) == len(short)
    assert text.count('class="line"') == PAGE
    older = text.split("?before=")[1].split('"')[0]
    rest = page(ada, f"{LIST}?before={older}")
    assert rest.count('class="line"') == 11, "none is lost where many came at the same moment"
    assert page(ada, f"{LIST}?before={uuid4()}").count('class="line"') == PAGE
    assert ada.get(f"{LIST}?before=nonsense").status_code == 404


def test_an_operator_who_looks_in_sees_none_and_writes_nothing(ada: Person) -> None:
    decided(ada)
    olu = of_the_staff(StaffRole.OPERATOR, visiting=ada.organization)
    assert "is verified" not in page(olu)
    assert olu.post(f"{LIST}read/").status_code == 302
    assert told(ada)[0].read_at is None


# --- choices


def test_every_kind_can_be_chosen() -> None:
    assert set(KINDS) <= set(PreferencesForm.base_fields)


def test_strangers_are_sent_to_the_sign_in_page() -> None:
    assert Client().get(CHOICES)["Location"].startswith("/account/login/?next=")


def test_choices_are_kept_and_shown_again(ada: Person) -> None:
    answer = ada.post(CHOICES, GOOD)
    assert (answer.status_code, answer["Location"]) == (302, CHOICES)
    kept = choices_of(ada.user)
    assert kept.deliveries == {name: GOOD[name] for name in KINDS}
    assert (kept.hours.quiet_from, kept.hours.digest_at) == (time(22), time(8, 30))
    text = page(ada, CHOICES)
    assert 'value="22:00"' in text
    assert '<option value="daily" selected>' in text
    ada.post(CHOICES, {**GOOD, "quiet_from": "", "quiet_until": ""})
    assert choices_of(ada.user).hours.quiet_from is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"quiet_until": ""}, "Give both ends"),
        ({"quiet_until": "22:00"}, "must end at another time"),
        ({"digest_at": "06:00"}, "would come in the hours without e-mail"),
        ({"digest_at": ""}, "Fill in “Daily e-mail at”."),
        ({"digest_at": "25:99"}, "Enter a time such as"),
        ({"decision": "by pigeon"}, "Choose one of the answers offered"),
        ({"operator": "off"}, "Choose one of the answers offered"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(
    ada: Person, wrong: dict[str, str], says: str
) -> None:
    answer = ada.post(CHOICES, {**GOOD, **wrong})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text
    assert "There is a problem" in text
    assert choices_of(ada.user).deliveries["decision"] == "at_once"


def test_who_owns_nothing_may_switch_everything_off(bo: Person) -> None:
    assert bo.post(CHOICES, {**GOOD, "operator": "off"}).status_code == 302
    assert choices_of(bo.user).deliveries["operator"] == "off"


def test_an_owner_who_switched_it_off_before_sees_what_happens_now(ada: Person, bo: Person) -> None:
    bo.post(CHOICES, {**GOOD, "operator": "off"})
    with ada.acting():
        Membership.objects.filter(user=bo.user).update(role="owner")
    text = page(bo, CHOICES)
    assert "Owners are always told" in text
    field = text.split('name="operator"')[1].split("</select>")[0]
    assert 'value="off"' not in field
    assert '<option value="at_once" selected>' in field


def test_the_page_says_whose_time_it_is(ada: Person) -> None:
    assert "America/New York" in page(ada, CHOICES)
    ada.user.time_zone = "Asia/Seoul"
    ada.user.save()
    text = page(ada, CHOICES)
    assert "Asia/Seoul" in text
    assert "give yourself one in your account" not in text


def test_somebody_without_an_organization_can_choose_too(ada: Person) -> None:
    with ada.acting():
        Membership.objects.filter(user=ada.user).delete()
    assert ada.post(CHOICES, GOOD).status_code == 302


def test_the_choices_of_one_person_are_theirs_alone(ada: Person, bo: Person, cy: Person) -> None:
    ada.post(CHOICES, GOOD)
    assert choices_of(bo.user).deliveries["decision"] == "at_once"
    assert choices_of(cy.user).deliveries["decision"] == "at_once"
