"""Lists of numbers at Telnyx, whole while others change them, and how a number is set up for texts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.contract import NotFound, OutcomeUnknown, Refused, Unavailable
from portal.carriers.numbers import NumberListed
from tests.carriers.campaign_filings import CAMPAIGN_ID, but, carrier
from tests.carriers.number_filings import (
    FIRST,
    MESSAGING,
    OTHER_CAMPAIGN,
    PROFILE_ID,
    PROFILES,
    SLIM,
    TelnyxNumbers,
    link,
    number,
    profile,
    short,
)

NUMBER_ID = number()["id"]
SETTINGS = f"/v2/phone_numbers/{NUMBER_ID}/messaging"


def _numbers(count: int) -> list[str]:
    return [f"+1202555{n:04d}" for n in range(count)]


# -- of a campaign --------------------------------------------------------------------------------


def test_every_number_of_a_campaign_is_listed_once_in_order_and_no_strangers() -> None:
    ours = _numbers(1201)
    rows = [link(one) for one in reversed(ours)]
    strangers = [link("+12025559999", campaignId=OTHER_CAMPAIGN, telnyxCampaignId=OTHER_CAMPAIGN)]
    telnyx = TelnyxNumbers(links=(*rows, *strangers))
    assert [one.e164 for one in carrier(telnyx).list_assigned(CAMPAIGN_ID)] == ours
    assert [asked["page"] for asked in telnyx.asked] == ["1", "3", "2", "1"]
    assert {asked["sort"] for asked in telnyx.asked} == {"createdAt"}

    def unfiltered(request: httpx.Request) -> httpx.Response:
        page, size = int(request.url.params["page"]), int(request.url.params["recordsPerPage"])
        every = [*rows, *strangers]
        shown = every[(page - 1) * size : page * size]
        return httpx.Response(200, json={"page": page, "records": shown, "totalRecords": len(every)})

    assert [one.e164 for one in carrier(unfiltered).list_assigned(CAMPAIGN_ID)] == ours


def test_numbers_that_go_while_we_read_take_none_of_the_others_along() -> None:
    """Each one that is taken out moves those behind it to an earlier page."""
    for from_the_end in (False, True):
        telnyx = TelnyxNumbers(links=tuple(link(one) for one in _numbers(1600)))

        def taken_off(vendor: TelnyxNumbers, _: httpx.Request, last: bool = from_the_end) -> None:
            for e164 in sorted(vendor.links)[-30:] if last else sorted(vendor.links)[:30]:
                del vendor.links[e164]

        telnyx.meanwhile = taken_off
        found = {one.e164 for one in carrier(telnyx).list_assigned(CAMPAIGN_ID)}
        assert found >= set(telnyx.links)
        assert len(telnyx.asked) == 5


def test_numbers_that_come_while_we_read_are_no_gap_and_move_none() -> None:
    telnyx = TelnyxNumbers(links=tuple(link(one) for one in _numbers(1600)))
    coming = iter(f"+12025556{n:03d}" for n in range(1000))

    def put_on(vendor: TelnyxNumbers, _: httpx.Request) -> None:
        for _one in range(30):
            e164 = next(coming)
            vendor.links[e164] = link(e164)

    telnyx.meanwhile = put_on
    assert {one.e164 for one in carrier(telnyx).list_assigned(CAMPAIGN_ID)} >= set(_numbers(1600))


def test_a_vendor_that_shows_smaller_pages_is_read_to_the_end() -> None:
    every = _numbers(230)

    def small(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        shown = [link(one) for one in every[(page - 1) * 50 : page * 50]]
        return httpx.Response(200, json={"page": page, "records": shown, "totalRecords": len(every)})

    assert [one.e164 for one in carrier(small).list_assigned(CAMPAIGN_ID)] == every


@pytest.mark.parametrize(("count", "total"), [(2, 3), (2, 700), (0, 1)])
def test_a_list_with_gaps_is_none(count: int, total: int) -> None:
    shown = [link(), link("+12025550101")][:count]
    body = {"page": 1, "records": shown, "totalRecords": total}
    with pytest.raises(Unavailable):
        carrier(lambda _: httpx.Response(200, json=body)).list_assigned(CAMPAIGN_ID)


def test_a_list_at_the_wrong_address_is_not_an_empty_campaign() -> None:
    made = carrier(lambda _: httpx.Response(404))
    with pytest.raises(Unavailable):
        made.list_assigned(CAMPAIGN_ID)
    with pytest.raises(Unavailable):
        made.list_numbers()
    with pytest.raises(Unavailable):
        made.list_numbers(tag="clearline-a")


def test_an_empty_campaign_is_an_empty_list() -> None:
    assert list(carrier(TelnyxNumbers()).list_assigned(CAMPAIGN_ID)) == []


# -- of the account -------------------------------------------------------------------------------


def _all_numbers(made: TelnyxCarrier, tag: str = "") -> list[NumberListed]:
    """Every part of the list, one after the other."""
    part = made.list_numbers(tag=tag)
    found = list(part.numbers)
    while part.mark:
        part = made.list_numbers(tag=tag, mark=part.mark)
        found += part.numbers
    return found


def test_every_number_of_the_account_is_listed_once_part_by_part() -> None:
    every = _numbers(601)
    telnyx = TelnyxNumbers(*map(number, every))
    made = carrier(telnyx)
    assert [one.e164 for one in _all_numbers(made)] == every
    assert [asked["page[number]"] for asked in telnyx.asked] == ["1", "2", "3"]
    assert (made.list_numbers().total, made.list_numbers(mark="3").mark) == (601, "")
    assert _all_numbers(carrier(TelnyxNumbers())) == []


def test_those_with_a_tag_cost_as_much_as_they_are_however_large_the_account() -> None:
    ours = _numbers(301)
    others = [number(f"+13035550{n:03d}", tags=["clearline-ab", "x"]) for n in range(1000)]
    telnyx = TelnyxNumbers(*(number(one) for one in ours), *others)
    found = _all_numbers(carrier(telnyx), "clearline-a")
    assert [one.e164 for one in found] == ours
    assert all(one.enabled and one.sms for one in found)
    # Two pages of names, and what three times 125 can.
    assert len(telnyx.asked) == 5
    assert _all_numbers(carrier(telnyx), "clearline") == []


def test_a_number_without_messaging_settings_cannot_text() -> None:
    telnyx = TelnyxNumbers(number(), number("+12025550101", features=None, type="tollfree"))
    first, second = _all_numbers(carrier(telnyx), "clearline-a")
    assert (first.sms, first.enabled, first.toll_free) == (True, True, False)
    assert (second.e164, second.sms, second.enabled, second.toll_free) == (
        "+12025550101", False, False, True,
    )  # fmt: skip
    assert second.country == "US"


def test_a_filter_that_is_ignored_brings_nobody_elses_numbers() -> None:
    ours, theirs = number(), number("+12025550101", tags=["clearline-b"])
    telnyx = TelnyxNumbers(ours, theirs)
    meta = {"total_results": 2, "total_pages": 1}
    every_tag = httpx.Response(200, json={"data": [short(ours), short(theirs)], "meta": meta})
    assert [one.e164 for one in _all_numbers(carrier(but(telnyx, SLIM, every_tag)), "clearline-a")] == [FIRST]
    strangers = httpx.Response(200, json={"data": [number("+12025550199")], "meta": meta})
    more = httpx.Response(200, json={"data": [ours], "meta": {"total_pages": 7}})
    for answer in (strangers, more):
        with pytest.raises(Unavailable):
            carrier(but(telnyx, MESSAGING, answer)).list_numbers(tag="clearline-a")


@pytest.mark.parametrize("mark", ["0", "x", "-1", "٣", "1e3", " 2", "10000000"])
def test_a_mark_that_is_none_of_ours_is_never_asked_for(mark: str) -> None:
    telnyx = TelnyxNumbers(number())
    with pytest.raises(NotFound):
        carrier(telnyx).list_numbers(mark=mark)
    assert telnyx.seen == []


@pytest.mark.parametrize("meta", [None, {}, {"total_pages": "3"}])
def test_without_a_word_about_pages_an_empty_one_is_the_end(meta: Any) -> None:
    def pages(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page[number]"])
        return httpx.Response(200, json={"data": [number()] if page == 1 else [], "meta": meta})

    assert [one.e164 for one in _all_numbers(carrier(pages))] == [FIRST]


# -- set up for texts ------------------------------------------------------------------------------


def test_a_number_is_put_on_our_profile_which_is_looked_for_once() -> None:
    telnyx = TelnyxNumbers(number(messaging_profile_id=None))
    telnyx.profiles = [profile(id="theirs", name="Support"), profile()]
    made = carrier(telnyx)
    for _time in range(2):
        assert made.enable_number(NUMBER_ID).reference == NUMBER_ID
    assert telnyx.numbers[FIRST]["messaging_profile_id"] == PROFILE_ID
    assert telnyx.seen == [("GET", PROFILES), ("PATCH", SETTINGS), ("PATCH", SETTINGS)]


def test_the_profile_is_made_at_the_first_time() -> None:
    telnyx = TelnyxNumbers(number(messaging_profile_id=None))
    telnyx.profiles = []
    carrier(telnyx).enable_number(NUMBER_ID)
    assert telnyx.sent[0] == {"name": "Clearline", "whitelisted_destinations": ["US", "CA"]}
    carrier(telnyx).enable_number(NUMBER_ID)
    assert len(telnyx.profiles) == 1


def test_of_two_profiles_the_older_is_taken_and_one_that_is_switched_off_is_not() -> None:
    telnyx = TelnyxNumbers(number(messaging_profile_id=None))
    telnyx.profiles = [
        profile(id="late", created_at="2026-11-03T10:00:00Z"),
        profile(id="off", created_at="2026-11-01T10:00:00Z", enabled=False),
        profile(id="early", created_at="2026-11-02T10:00:00Z"),
    ]
    carrier(telnyx).enable_number(NUMBER_ID)
    assert telnyx.numbers[FIRST]["messaging_profile_id"] == "early"


def test_a_profile_that_is_gone_is_looked_for_again() -> None:
    telnyx = TelnyxNumbers(number(messaging_profile_id=None))
    made = carrier(telnyx)
    made.enable_number(NUMBER_ID)
    telnyx.profiles = [profile(id="new")]
    with pytest.raises(Refused):
        made.enable_number(NUMBER_ID)
    made.enable_number(NUMBER_ID)
    assert telnyx.numbers[FIRST]["messaging_profile_id"] == "new"


def test_a_number_that_the_account_does_not_have_is_not_found() -> None:
    with pytest.raises(NotFound):
        carrier(TelnyxNumbers(number())).enable_number("1293384261000000000")


@pytest.mark.parametrize("answer", [{}, {"data": {}}, {"data": {"id": " "}}, {"data": {"id": 7}}])
def test_a_profile_without_an_id_is_an_unknown_outcome(answer: dict[str, Any]) -> None:
    telnyx = TelnyxNumbers(number(messaging_profile_id=None))
    telnyx.profiles = []
    with pytest.raises(OutcomeUnknown):
        carrier(but(telnyx, PROFILES, httpx.Response(200, json=answer), "POST")).enable_number(NUMBER_ID)
