"""The renewal calendar: its entries by the organization's days, its page, and the private address of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns import calendar_file, feeds, states
from campaigns.calendar import Kind, entries, month, month_of
from campaigns.models import CalendarFeed, Campaign, Period, Registration
from portal import clock
from portal.audit.recording import CLEARLINE
from portal.lifecycle.states import make
from portal.tenancy.models import Membership
from portal.tenancy.scope import acting_for
from tests.campaigns.numbering import numbers_on
from tests.factories import active_campaign, verified_brand
from tests.people import Person

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
PAGE = "/campaigns/calendar/"


def ending_at(person: Person, at: datetime, **answers: Any) -> Campaign:
    """An active campaign whose period ends then."""
    campaign = active_campaign(person, verified_brand(person), **answers)
    with person.acting():
        Registration.objects.filter(campaign=campaign).update(ends_at=at)
    return campaign


def shown(person: Person, first: date, last: date) -> list[tuple[str, str, Kind]]:
    with person.acting():
        found = entries(first, last, now=clock.read().business, zone=NEW_YORK)
    return [(one.day.isoformat(), one.name, one.kind) for one in found]


def soon(days: float) -> datetime:
    return clock.read().business + timedelta(days=days)


def the_day(moment: datetime) -> date:
    return moment.astimezone(NEW_YORK).date()


# --- entries


def test_an_end_stands_on_the_organizations_own_day(ada: Person) -> None:
    """At 04:30 UTC it is still the evening before in New York; from 05:00 on in winter it is the day itself."""
    ending_at(ada, datetime(2027, 3, 1, 4, 30, tzinfo=UTC), name="Evening")
    ending_at(ada, datetime(2027, 3, 1, 5, 0, tzinfo=UTC), name="Midnight")
    first, last = date(2027, 2, 1), date(2027, 2, 28)
    assert [(day, name) for day, name, _ in shown(ada, first, last)] == [("2027-02-28", "Evening")]
    march = shown(ada, date(2027, 3, 1), date(2027, 3, 31))
    assert [(day, name) for day, name, _ in march] == [("2027-03-01", "Midnight")]


@pytest.mark.parametrize(
    "at",
    [datetime(2027, 3, 14, 6, 30, tzinfo=UTC), datetime(2027, 3, 15, 3, 59, tzinfo=UTC)],
    ids=["before the clocks go forward", "in the last minute of that day"],
)
def test_the_day_on_which_the_clocks_go_forward_is_one_day(ada: Person, at: datetime) -> None:
    ending_at(ada, at, name="Spring")
    day = date(2027, 3, 14)
    assert shown(ada, day, day) == [("2027-03-14", "Spring", Kind.ENDS)]
    assert shown(ada, day + timedelta(days=1), day + timedelta(days=1)) == []


def test_what_happens_is_said_of_each(ada: Person) -> None:
    ending_at(ada, soon(60), name="Ends")
    ending_at(ada, soon(61), name="Renews", auto_renewal=True)
    doubtful = ending_at(ada, soon(10), name="Doubtful", auto_renewal=True)
    over = ending_at(ada, soon(-3), name="Over")
    with ada.acting():
        Registration.objects.filter(campaign=doubtful).update(confirmed_at=soon(-8))
        Campaign.objects.update(empty_since=None)
        Campaign.objects.filter(name="Ends").update(empty_since=soon(-30))
        assert over.status == states.ACTIVE
    today = the_day(clock.read().business)
    found = {
        (name, kind) for _day, name, kind in shown(ada, today - timedelta(days=5), today + timedelta(days=90))
    }
    assert found == {
        ("Ends", Kind.ENDS),
        ("Ends", Kind.FEE),
        ("Renews", Kind.RENEWS),
        ("Doubtful", Kind.DOUBTFUL),
        ("Over", Kind.ENDED),
    }


def test_a_campaign_that_has_numbers_costs_no_fee_although_nobody_looked_since(ada: Person) -> None:
    campaign = ending_at(ada, soon(80), name="Numbers")
    with ada.acting():
        Campaign.objects.update(empty_since=soon(-30))
    numbers_on(ada, campaign, 1)
    today = the_day(clock.read().business)
    assert [kind for *_, kind in shown(ada, today, today + timedelta(days=50))] == []


def test_a_period_keeps_its_uid_when_it_is_moved_and_when_it_is_over(ada: Person) -> None:
    campaign = ending_at(ada, soon(20), name="Same", auto_renewal=True)
    now = clock.read().business
    with ada.acting():
        row = Registration.objects.get()
        period = Period.objects.create(
            organization_id=row.organization_id,
            registration=row,
            starts_at=soon(-70),
            ends_at=soon(20),
            renewed_by="start",
        )

        def uids(days: int) -> dict[Kind, UUID]:
            first = the_day(now)
            found = entries(first, first + timedelta(days=days), now=now, zone=NEW_YORK)
            return {one.kind: one.uid for one in found if one.kind != Kind.FEE}

        assert list(uids(40).values()) == [period.pk]
        Registration.objects.update(ends_at=soon(22))
        Period.objects.update(ends_at=soon(22))
        assert list(uids(40).values()) == [period.pk]
        later = Period.objects.create(
            organization_id=row.organization_id,
            registration=row,
            starts_at=soon(22),
            ends_at=soon(112),
            renewed_by="carrier",
        )
        Registration.objects.update(ends_at=soon(112))
        # The registration's own end, and the period, are the same moment.
        Period.objects.filter(pk=later.pk).update(ends_at=Registration.objects.get().ends_at)
        Period.objects.filter(pk=period.pk).update(ends_at=Period.objects.get(pk=later.pk).starts_at)
        assert uids(130) == {Kind.RENEWED: period.pk, Kind.RENEWS: later.pk}
    assert campaign.pk


def test_what_was_deleted_is_not_in_it(ada: Person) -> None:
    campaign = ending_at(ada, soon(20))
    with ada.acting():
        make(states.DELETE, campaign, by=ada.actor, at=soon(0))
    today = the_day(clock.read().business)
    assert shown(ada, today, today + timedelta(days=40)) == []


@pytest.mark.parametrize(
    ("text", "weeks"),
    [("2027-02", 4), ("2026-11", 6), ("2028-02", 5)],
    ids=["28 days", "six weeks", "leap year"],
)
def test_a_month_is_whole_weeks(ada: Person, text: str, weeks: int) -> None:
    with ada.acting():
        found = month(
            month_of(text), now=clock.read().business, zone=NEW_YORK, week_begins=0 if weeks == 4 else 6
        )
    days = [day for week in found.weeks for day in week]
    assert len(found.weeks) == (weeks if text != "2026-11" else 5)
    assert sum(day.is_inside for day in days) == {"2027-02": 28, "2026-11": 30, "2028-02": 29}[text]
    assert found.earlier is not None
    assert (found.first - found.earlier).days in (28, 29, 30, 31)


@pytest.mark.parametrize(
    "text", ["", "2027", "2027-13", "2027-2", "27-02", "2027-02-01", "1999-01", "9999-12", "x", "２０２７-02"]
)
def test_what_is_no_month_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the message is Python's
        month_of(text)


# --- the page


def test_the_page_shows_a_month_as_squares_and_as_a_list(ada: Person) -> None:
    ending_at(ada, datetime(2027, 3, 2, 17, tzinfo=UTC), name="Harbor visits", auto_renewal=True)
    answer = ada.get(f"{PAGE}?month=2027-03")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count("Harbor visits") == 2
    assert 'id="day-2027-03-02"' in text
    assert "?month=2027-02" in text
    assert "?month=2027-04" in text
    assert "Nothing renews or ends" in ada.get(f"{PAGE}?month=2027-05").content.decode()


@pytest.mark.parametrize("text", ["2027-13", "nonsense", "0001-01", "2027-03%00"])
def test_a_mistyped_month_is_a_page_that_says_so(ada: Person, text: str) -> None:
    assert ada.get(f"{PAGE}?month={text}").status_code == 400


def test_the_calendar_asks_as_much_for_many_campaigns_as_for_one(ada: Person) -> None:
    ending_at(ada, datetime(2027, 3, 2, 17, tzinfo=UTC), name="First")
    ada.get(f"{PAGE}?month=2027-03")
    with CaptureQueriesContext(connection) as few:
        ada.get(f"{PAGE}?month=2027-03")
    with ada.acting():
        base, row = Campaign.objects.get(), Registration.objects.get()
        copies = [
            Campaign(**{**_values(base), "id": uuid4(), "name": f"Copy {number:03}"}) for number in range(300)
        ]
        Campaign.objects.bulk_create(copies)
        Registration.objects.bulk_create(
            Registration(**{**_values(row), "id": uuid4(), "campaign_id": one.pk, "key": uuid4()})
            for one in copies
        )
    with CaptureQueriesContext(connection) as many:
        text = ada.get(f"{PAGE}?month=2027-03").content.decode()
    assert len(many) == len(few)
    assert "and 298 more" in text
    assert "101 more this month are not listed here" in text


def _values(row: Any) -> dict[str, Any]:
    return {one.attname: getattr(row, one.attname) for one in row._meta.fields}


# --- the private address


def made(person: Person) -> str:
    """A new address of the person: its path."""
    assert person.post(f"{PAGE}address/", {"act": "make"}).status_code == 302
    with person.acting():
        return feeds.path_of(CalendarFeed.objects.get(user=person.user))


def lines_of(body: bytes) -> list[str]:
    """The lines of a file, unfolded."""
    return body.decode().replace("\r\n ", "").split("\r\n")


def test_an_address_opens_without_signing_in_and_shows_its_organization_alone(
    ada: Person, cy: Person
) -> None:
    ending_at(ada, soon(40), name="Acme; visits, \\ more\nand more")
    ending_at(cy, soon(40), name="Rival secret")
    answer = Client().get(made(ada))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]
    assert "Set-Cookie" not in answer
    text = answer.content.decode()
    assert "Rival" not in text
    assert "SUMMARY:Acme\\; visits\\, \\\\ more\\nand more ends" in lines_of(answer.content)
    day = the_day(soon(40))
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in text
    assert "4730265" not in text, "no tax ids"
    assert str(ada.user.pk) not in text


def test_the_page_shows_the_address_to_its_owner_alone(ada: Person, bo: Person) -> None:
    path = made(ada)
    assert path in ada.get(PAGE).content.decode()
    assert path not in bo.get(PAGE).content.decode()
    assert made(bo) != path, "a viewer has one of their own"


def test_a_revoked_address_is_as_good_as_none(ada: Person) -> None:
    path = made(ada)
    assert ada.post(f"{PAGE}address/", {"act": "revoke"}).status_code == 302
    assert Client().get(path).status_code == 404
    again = made(ada)
    assert again != path
    assert Client().get(path).status_code == 404
    assert Client().get(again).status_code == 200
    third = made(ada)
    assert Client().get(again).status_code == 404, "another one revokes it"
    assert Client().get(third).status_code == 200


def test_what_was_cut_off_or_made_up_opens_nothing_and_costs_no_query(ada: Person) -> None:
    path = made(ada)
    stem = path.removesuffix(".ics")
    with CaptureQueriesContext(connection) as asked:
        for wrong in (
            stem[:-1],
            stem + "A",
            stem.swapcase(),
            "/calendar/x",
            "/calendar/" + "A" * 5000,
            stem[:-1] + "é",
        ):
            assert Client().get(f"{wrong}.ics").status_code == 404
    assert [one["sql"] for one in asked if "campaigns_" in one["sql"]] == []


def test_who_left_opens_nothing_also_after_coming_back(ada: Person, bo: Person) -> None:
    path = made(bo)
    assert Client().get(path).status_code == 200
    with ada.acting():
        Membership.objects.filter(user=bo.user).delete()
    assert Client().get(path).status_code == 404
    with acting_for(ada.organization.pk, by=CLEARLINE):
        Membership.objects.create(
            organization=ada.organization, user=bo.user, role="viewer", created_at=soon(0.001)
        )
    assert Client().get(path).status_code == 404


def test_where_a_second_factor_is_required_the_address_wants_it_too(ada: Person) -> None:
    path = made(ada)
    ada.settle(mfa_required=True)
    assert Client().get(path).status_code == 404


def test_an_inactive_person_opens_nothing(ada: Person) -> None:
    path = made(ada)
    ada.user.is_active = False
    ada.user.save()
    assert Client().get(path).status_code == 404


def test_nothing_but_looking_is_done_by_an_address(ada: Person) -> None:
    path = made(ada)
    for method in ("post", "put", "delete", "patch"):
        assert getattr(Client(), method)(path).status_code == 405
    assert Client().head(path).status_code == 200


def test_nothing_that_opens_it_is_stored(ada: Person) -> None:
    token = made(ada).removeprefix("/calendar/").removesuffix(".ics")
    with ada.acting(), connection.cursor() as cursor:
        cursor.execute("SELECT f::text FROM campaigns_calendarfeed f")
        ((row,),) = cursor.fetchall()
    signature = token.partition(".")[2]
    assert len(signature) >= 43
    assert token not in row
    assert signature not in row


# --- the file (RFC 5545)


def test_lines_are_folded_at_75_octets_and_no_letter_is_cut() -> None:
    line = "SUMMARY:" + "Übergrößenträger 🦷 " * 20
    parts = list(calendar_file.folded(line))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert list(calendar_file.folded("X" * 75)) == ["X" * 75]
    assert [len(one) for one in calendar_file.folded("X" * 76)] == [75, 2]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"),
        ("one\r\ntwo\rthree\nfour", "one\\ntwo\\nthree\\nfour"),
        ("bell\x07 and \x00 and \x7f", "bell and  and "),
        ("BEGIN:VEVENT\r\nUID:1", "BEGIN:VEVENT\\nUID:1"),
    ],
)
def test_texts_are_escaped(value: str, written: str) -> None:
    assert calendar_file.text(value) == written


def test_the_file_is_whole_and_has_what_every_program_wants() -> None:
    events = [
        calendar_file.Event(
            UUID(int=number),
            date(2028, 2, 28 + number),
            f"Name {number}",
            "What",
            "https://x.example/",
            "Ends",
        )
        for number in range(2)
    ]
    body = calendar_file.file_of("Acme, Inc.", events, now=datetime(2027, 3, 14, 2, 30, tzinfo=NEW_YORK))
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    lines = lines_of(body)
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Clearline//Renewal calendar//EN"]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert "DTSTART;VALUE=DATE:20280229" in lines
    assert "DTEND;VALUE=DATE:20280301" in lines, "the end is the first day that is not part of it"
    assert all(re.fullmatch(r"DTSTAMP:\d{8}T\d{6}Z", one) for one in lines if one.startswith("DTSTAMP"))
    assert len({one for one in lines if one.startswith("UID:")}) == 2
    assert not [one for one in lines if one.startswith("DTSTART:")], "days have no time and no zone"
