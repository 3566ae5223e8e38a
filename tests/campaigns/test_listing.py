"""The list of campaigns: filtered by what they are now, sorted, paged, and as quick with five hundred as with five."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import listing, states
from campaigns.deriving import DERIVED, all_seen, derived
from campaigns.models import Campaign
from campaigns.registration import Registration
from phone_numbers.models import Number
from portal import clock
from portal.lib.ids import brief
from portal.lifecycle import gateway
from portal.overview.lines import lines
from tests.campaigns.numbering import numbers_on
from tests.factories import active_campaign, campaign_draft, submitted_campaign
from tests.people import Person

pytestmark = pytest.mark.django_db
NAMES = re.compile(r'<th scope="row">\s*<a href="/campaigns/[^"]+">([^<]+)</a>')
HERE = "/sms-campaigns/"


def names(person: Person, query: str = "") -> list[str]:
    return NAMES.findall(person.get(HERE + query).content.decode())


def named(person: Person, *called: str) -> list[Campaign]:
    return [campaign_draft(person, name=name) for name in called]


def standing(person: Person, *, days: float | None, renews: bool | None = False, **answers: Any) -> Campaign:
    """An active campaign whose period ends in so many `days`, and what the carrier says of its renewal."""
    campaign = active_campaign(person, **answers)
    now = clock.read().business
    ends_at = None if days is None else now + timedelta(days=days)
    with person.acting():
        theirs = Registration.objects.filter(campaign=campaign)
        theirs.update(
            ends_at=ends_at,
            renews=renews,
            reference=f"ref-{campaign.pk}",
            registry_id=f"C{str(campaign.pk)[:6]}",
        )
    return campaign


def test_newest_first_unless_asked_otherwise(ada: Person) -> None:
    named(ada, "Beta", "alpha", "Gamma")
    assert names(ada) == ["Gamma", "alpha", "Beta"]
    assert names(ada, "?campaigns_sort=name") == ["alpha", "Beta", "Gamma"]
    assert names(ada, "?campaigns_sort=-name&sort=name") == ["Gamma", "Beta", "alpha"]


def test_a_campaign_past_its_end_is_found_as_expired_although_nobody_wrote_it_down(ada: Person) -> None:
    standing(ada, days=-1, name="Over")
    standing(ada, days=20, name="Ending")
    standing(ada, days=80, name="Quiet")
    standing(ada, days=-1, renews=True, name="Unconfirmed")
    named(ada, "Unfinished")
    assert names(ada, "?campaigns_status=expired") == ["Over"]
    assert names(ada, "?campaigns_status=active") == ["Unconfirmed", "Quiet", "Ending"]
    assert names(ada, "?campaigns_status=ending") == ["Unconfirmed", "Ending"]
    assert names(ada, "?campaigns_status=needs-you") == ["Unfinished", "Over"]
    assert names(ada, "?campaigns_q=QUIET") == ["Quiet"]
    assert "No campaign fits" in ada.get(f"{HERE}?campaigns_status=suspended").content.decode()


def test_a_reference_finds_its_campaign(ada: Person) -> None:
    campaign = standing(ada, days=80, name="Quiet")
    named(ada, "Other")
    assert names(ada, f"?campaigns_q=REF-{campaign.pk}") == ["Quiet"]
    assert names(ada, f"?campaigns_q=c{str(campaign.pk)[:6]}") == ["Quiet"]


@pytest.mark.parametrize("renews", [True, False, None])
@pytest.mark.parametrize("days", [-400, -4, -3.001, -2.999, -0.001, 0.001, 29.9, 30.1, None])
def test_the_database_derives_what_the_model_derives(ada: Person, days: float | None, renews: Any) -> None:
    standing(ada, days=days, renews=renews)
    now = clock.read().business
    with ada.acting():
        (row,) = derived(Campaign.objects.all(), now)
        (seen,) = all_seen([row], now)
        assert getattr(row, DERIVED) == seen.status
        found = listing.found(_search(status=listing.ENDING), now)
        # The carrier confirmed the renewal just now, so a later end is no matter.
        soon = days is not None and days < 30 and not (renews and days > 0)
        assert list(found) == ([row] if soon and seen.status == states.ACTIVE else [])
    assert gateway.campaign_policy("telnyx").grace.value == timedelta(days=3)


@pytest.mark.parametrize(("ago", "ends"), [(2.9, False), (3.1, True), (None, True)])
def test_a_renewal_that_the_carrier_has_not_confirmed_lately_ends_soon_for_all_we_know(
    ada: Person, ago: float | None, ends: bool
) -> None:
    campaign = standing(ada, days=20, renews=True, name="Silent")
    confirmed = None if ago is None else clock.read().business - timedelta(days=ago)
    with ada.acting():
        Registration.objects.filter(campaign=campaign).update(confirmed_at=confirmed)
    assert names(ada, "?campaigns_status=ending") == (["Silent"] if ends else [])
    with ada.acting():
        (line,) = lines(clock.read().business).ending if ends else (None,)
    assert line is None or line.name == "Silent"


def _search(**asked: str) -> listing.Search:
    search = listing.Search({f"campaigns_{name}": value for name, value in asked.items()})
    assert search.is_valid()
    return search


@pytest.mark.parametrize(
    "query", ["?campaigns_sort=colour", "?campaigns_after=junk", "?campaigns_before=a:b"]
)
def test_what_no_page_of_ours_ever_asked_is_refused(ada: Person, query: str) -> None:
    named(ada, "One")
    assert ada.get(HERE + query).status_code == 400


def test_a_status_that_does_not_exist_is_told_and_not_ignored(ada: Person) -> None:
    named(ada, "One")
    answer = ada.get(f"{HERE}?campaigns_status=approved")
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


@pytest.mark.parametrize("sort", ["", "name", "-status", "ends", "-created", "brand"])
def test_pages_lose_and_repeat_nothing_there_and_back(ada: Person, sort: str) -> None:
    named(ada, *(f"Campaign {number}" for number in range(6)))
    standing(ada, days=80)
    search, now, query = _search(), clock.read().business, {"campaigns_sort": sort}
    with ada.acting():
        whole = [row.seen.campaign.pk for row in listing.page(search, query, now).rows]
        seen, asked = [], query
        while True:
            page = listing.page(search, asked, now, size=3)
            seen.append([row.seen.campaign.pk for row in page.rows])
            if not page.later:
                break
            asked = query | {"campaigns_after": page.later}
        assert [pk for rows in seen for pk in rows] == whole
        back = listing.page(search, query | {"campaigns_before": page.earlier}, now, size=3)
        assert [row.seen.campaign.pk for row in back.rows] == seen[-2]


def test_one_request_refreshes_brands_and_campaigns_and_sends_what_changed(ada: Person) -> None:
    campaign = submitted_campaign(ada)
    page = ada.get(HERE).content.decode()
    assert page.count('hx-get="/sms-campaigns/badges/"') == 1
    (seen,) = re.findall(rf'name="campaign" value="({brief(campaign.pk)}\.\w+)"', page)
    htmx = {"headers": {"HX-Request": "true"}}
    assert ada.client.get("/sms-campaigns/badges/", {"campaign": seen}, **htmx).status_code == 204
    with ada.acting():
        Campaign.objects.update(status=states.PROVIDER)
    answer = ada.client.get("/sms-campaigns/badges/", {"campaign": seen}, **htmx)
    assert f'id="badge-{campaign.pk}"' in answer.content.decode()
    assert "Acme Plumbing visits is now: Provider review" in " ".join(answer.content.decode().split())
    junk = {"campaign": ["x", "y.z"], "seen": "."}
    assert ada.client.get("/sms-campaigns/badges/", junk, **htmx).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("path", [HERE, "/", "/campaigns/export/?format=json", "{}", "{}numbers/"])
def test_five_hundred_cost_as_many_queries_as_one(ada: Person, path: str) -> None:
    campaign = standing(ada, days=20)
    numbers_on(ada, campaign, 1)
    path = path.format(campaign.get_absolute_url())

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            answer = ada.get(path)
            assert answer.status_code == 200
            if answer.streaming:
                b"".join(answer)
        return len(seen)

    queries()
    few = queries()
    _many(ada, campaign)
    many = queries()
    # A file is read in batches of two hundred: two more of them, at ten queries each.
    assert many == few if "export" not in path else many - few <= 2 * 10


def _many(person: Person, pattern: Campaign) -> None:
    with person.acting():
        row = Campaign.objects.get(pk=pattern.pk)
        newest = row.registration()
        fields, theirs = _columns(row), _columns(newest)
        rows = Campaign.objects.bulk_create(Campaign(**fields) for _ in range(500))
        Registration.objects.bulk_create(
            Registration(**theirs | {"campaign_id": one.pk, "reference": f"r{one.pk}"}) for one in rows
        )
    numbers_on(person, pattern, 500)
    with person.acting():
        assert Number.objects.count() == 501


def _columns(row: Any) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
