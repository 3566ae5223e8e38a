"""The control pages for numbers, used as a person without JavaScript uses them."""

from __future__ import annotations

import httpx
import pytest

from portal.practice.numbers.rules import FAILURES, RULES
from tests.practice.campaigns import file_campaign, verified
from tests.practice.numbers import LINKS, assign, read, word
from tests.practice.test_control_page import send
from tests.practice_registry import PracticeRegistry, account_of

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


@pytest.fixture
def number(registry: PracticeRegistry, vendor: httpx.Client, api_key: str) -> str:
    """A number that waits for the carriers, unlike that of any other test."""
    found = f"+1206{int(account_of(api_key), 16) % 8_000_000 + 2_000_000}"
    registry.add_numbers(api_key, [found], tags=["clearline-page"])
    campaign = file_campaign(vendor, verified(vendor, registry, displayName="Page Turner"))["campaignId"]
    registry.approve_campaign(campaign)
    assign(vendor, found, campaign)
    return found


@pytest.fixture
def page(registry: PracticeRegistry, number: str, api_key: str) -> str:
    return f"/numbers/{int(registry.number(api_key, number)['id']) - 1_293_384_261_000_000_000}/"


def test_the_list_shows_what_each_number_is_on_and_finds_one_by_its_digits(
    browser: httpx.Client, registry: PracticeRegistry, number: str
) -> None:
    for asked in ({}, {"q": number[5:]}, {"q": number, "standing": "waiting"}):
        answer = browser.get("/numbers/", params=asked)
        assert answer.status_code == 200
        for words in (number, "Page Turner", "Being assigned", "clearline-page", "not a real carrier"):
            assert words in answer.text
    for standing in ("failed", "free", "on"):
        shown = number in browser.get("/numbers/", params={"q": number, "standing": standing}).text
        # The filter itself shows what was asked for.
        assert shown is True
        assert (
            "Page Turner" in browser.get("/numbers/", params={"q": number, "standing": standing}).text
        ) is (standing == "on")
    assert browser.get("/numbers/?before=x").status_code == 400
    assert "No such numbers" in browser.get("/numbers/?q=00000000000").text
    assert browser.get("/numbers/999999999/").status_code == 404


def test_everything_that_waits_is_answered_by_one_button(
    browser: httpx.Client, vendor: httpx.Client, number: str
) -> None:
    assert "answer" in send(browser, "/numbers/", "/numbers/settle/").text
    assert word(vendor, number) == "ASSIGNED"


def test_every_button_does_what_it_says(
    browser: httpx.Client, vendor: httpx.Client, number: str, page: str
) -> None:
    assert "The portal learns it at its next look" in send(browser, page, f"{page}assign/").text
    assert word(vendor, number) == "ASSIGNED"
    assert "Nobody has asked" in send(browser, page, f"{page}release/").text
    vendor.delete(f"{LINKS}/{number}")
    assert "Take it off now" in browser.get(page).text
    answer = send(browser, page, f"{page}refuse/", reason="not_deployed")
    assert "Cannot be taken off" in answer.text
    assert read(vendor, number)["failureReasons"] == FAILURES["not_deployed"]
    vendor.delete(f"{LINKS}/{number}")
    send(browser, page, f"{page}silence/")
    assert "Silent" in browser.get(page).text
    send(browser, page, f"{page}speak/")
    send(browser, page, f"{page}release/")
    assert word(vendor, number) == ""
    history = browser.get(page).text
    for words in ("Put on a campaign", "Assigned", "Taken off", "On no campaign"):
        assert words in history
    assert send(browser, "/numbers/", f"{page}take/").status_code == 200
    assert browser.get(f"{page}nonsense/").status_code == 404


def test_a_number_is_refused_with_a_reason_or_words_of_ones_own(
    browser: httpx.Client, vendor: httpx.Client, number: str, page: str
) -> None:
    send(browser, page, f"{page}refuse/", reason="elsewhere")
    assert read(vendor, number)["failureReasons"] == FAILURES["elsewhere"]
    own = {"reason": "other", "text": "No <b>route</b>."}
    assert "No &lt;b&gt;route&lt;/b&gt;." in send(browser, page, f"{page}refuse/", **own).text
    bad = send(browser, page, f"{page}refuse/", reason="other")
    assert (bad.status_code, "There is a problem" in bad.text) == (400, True)
    send(browser, page, f"{page}word/", word="MAYBE")
    assert word(vendor, number) == "MAYBE"
    assert "MAYBE" in browser.get(page).text


def test_numbers_are_added_by_a_form_and_junk_is_refused_in_words(
    browser: httpx.Client, registry: PracticeRegistry, number: str, api_key: str
) -> None:
    account = account_of(api_key)
    fresh = ["+14255550142", "+14255550143"]
    filled = {
        "account": account,
        "numbers": "\n".join(fresh),
        "tag": "clearline-new",
        "country": "US",
        "sms": "on",
    }
    answer = send(browser, "/numbers/", "/numbers/add/", **filled)
    assert "2 numbers added" in answer.text
    told = registry.numbers(account=api_key, tag="clearline-new")
    assert [(one["number"], one["sms"], one["profile"]) for one in told] == [
        (one, True, None) for one in fresh
    ]
    for bad in ("", "206 555 0142", "+1 206", "x" * 30_000):
        refused = send(browser, "/numbers/", "/numbers/add/", **{**filled, "numbers": bad})
        assert (refused.status_code, "There is a problem" in refused.text) == (400, True)


def test_the_table_of_names_tells_the_numbers_that_decide(browser: httpx.Client) -> None:
    shown = browser.get("/names/").text
    for rule in RULES:
        assert rule.ending in shown
        assert rule.phrase in shown


def test_a_campaigns_page_counts_its_numbers_and_switches_their_limit(
    browser: httpx.Client, vendor: httpx.Client, registry: PracticeRegistry, number: str, api_key: str
) -> None:
    campaign = registry.number(api_key, number)["campaign"]
    place = f"/campaigns/{campaign}/"
    shown = browser.get(place).text
    assert "One number on it" in shown
    link = f"?campaign={registry.campaign(campaign)['registry_id']}"
    assert link in shown
    assert number in browser.get(f"/numbers/{link}").text
    assert "The carriers take 49 numbers" in send(browser, place, f"{place}limited/").text
    assert "It has a number pool" in send(browser, place, f"{place}pool/").text
    assert vendor.get(f"/campaign/{campaign}").json()["isTMobileNumberPoolingEnabled"] is True
    assert "Given a number pool" in browser.get(place).text
    send(browser, place, f"{place}unpool/")
    assert registry.campaign(campaign)["most_numbers"] == 49
