"""The control pages for campaigns, used as a person without JavaScript uses them."""

from __future__ import annotations

import httpx
import pytest

from tests.practice.campaigns import ATT, TMOBILE, file_campaign, networks, read_campaign, verified
from tests.practice.test_control_page import send
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


@pytest.fixture
def campaign(vendor: httpx.Client, registry: PracticeRegistry) -> dict[str, str]:
    return file_campaign(vendor, verified(vendor, registry, displayName="Page Turner"))


@pytest.fixture
def page(campaign: dict[str, str]) -> str:
    return f"/campaigns/{campaign['campaignId']}/"


def test_the_list_shows_stage_and_what_comes_next(
    browser: httpx.Client, registry: PracticeRegistry, campaign: dict[str, str]
) -> None:
    told = registry.campaign(campaign["campaignId"])
    first = browser.get("/campaigns/")
    assert first.status_code == 200
    assert "not a real carrier" in first.text
    for words in ("Page Turner", told["registry_id"], "At the registry", "a verdict"):
        assert words in first.text
    registry.approve_campaign(campaign["campaignId"])
    assert "renews" in browser.get("/campaigns/").text
    assert "Nothing here" in browser.get("/campaigns/00000000-0000-0000-0000-000000000000/").text


def test_a_campaign_is_approved_from_the_list_and_by_stages(
    browser: httpx.Client, vendor: httpx.Client, campaign: dict[str, str], page: str
) -> None:
    for act, word in (("registry", "TCR_ACCEPTED"), ("provider", "MNO_PENDING")):
        assert "The portal learns it at its next look" in send(browser, page, f"{page}{act}/").text
        assert read_campaign(vendor, campaign)["campaignStatus"] == word
    send(browser, "/campaigns/", f"{page}approve/")
    assert read_campaign(vendor, campaign)["campaignStatus"] == "MNO_PROVISIONED"


def test_one_carrier_is_decided_by_its_own_button(
    browser: httpx.Client, vendor: httpx.Client, campaign: dict[str, str], page: str
) -> None:
    send(browser, page, f"{page}approve/")
    answer = send(browser, page, f"{page}network/{TMOBILE}/", word="REJECTED")
    assert "T-Mobile: Rejected." in answer.text
    assert "Partly active" in answer.text
    assert networks(vendor, campaign)[TMOBILE] == "REJECTED"
    send(browser, page, f"{page}network/{ATT}/", word="SUSPENDED")
    assert networks(vendor, campaign)[ATT] == "SUSPENDED"
    send(browser, page, f"{page}network/{ATT}/", word="NONSENSE")
    assert networks(vendor, campaign)[ATT] == "SUSPENDED"


def test_a_campaign_is_rejected_with_a_reason_or_words_of_ones_own(
    browser: httpx.Client, vendor: httpx.Client, campaign: dict[str, str], page: str
) -> None:
    answer = send(browser, page, f"{page}reject/", stage="carriers", reason="804")
    assert "804: The call to action" in answer.text
    found = read_campaign(vendor, campaign)
    assert (found["campaignStatus"], found["failureReasons"][:5]) == ("MNO_REJECTED", "804: ")
    own = {"stage": "provider", "reason": "other", "code": "9", "text": "No <b>brand</b> found."}
    assert "9: No &lt;b&gt;brand&lt;/b&gt; found." in send(browser, page, f"{page}reject/", **own).text
    assert read_campaign(vendor, campaign)["failureReasons"] == "9: No <b>brand</b> found."
    for data in ({"stage": "provider", "reason": "other"}, {"stage": "nobody", "reason": "803"}, {}):
        bad = send(browser, page, f"{page}reject/", **data)
        assert (bad.status_code, "There is a problem" in bad.text) == (400, True)


def test_every_button_does_what_it_says(
    browser: httpx.Client, vendor: httpx.Client, campaign: dict[str, str], page: str
) -> None:
    assert "Silent: no verdict comes" in send(browser, page, f"{page}silence/").text
    assert "Waiting for a verdict" in send(browser, page, f"{page}speak/").text
    send(browser, page, f"{page}approve/")
    for act, words in (
        ("suspend", "End the suspension"),
        ("unsuspend", "Suspend"),
        ("dormant", "Wake it up"),
        ("wake", "Mark as dormant"),
        ("fail", "Provisioning failed"),
        ("approve", "Active"),
        ("renewal-refused", "Renewals are refused"),
        ("renewal-late", "Renewals are paid two days late"),
        ("renewal-ok", "Renewals work"),
    ):
        assert words in send(browser, page, f"{page}{act}/").text, act
    assert "HALF_AWAKE" in send(browser, page, f"{page}word/", word="HALF_AWAKE").text
    assert read_campaign(vendor, campaign)["campaignStatus"] == "HALF_AWAKE"
    before = read_campaign(vendor, campaign)["nextRenewalOrExpirationDate"]
    assert send(browser, page, f"{page}ends/", days="0").status_code == 400
    send(browser, page, f"{page}ends/", days="5")
    assert read_campaign(vendor, campaign)["nextRenewalOrExpirationDate"] < before
    assert "Ended for good" in send(browser, page, f"{page}expire/").text
    assert read_campaign(vendor, campaign)["status"] == "EXPIRED"
    refused = send(browser, "/", f"{page}approve/")
    assert "nothing revives it" in refused.text


def test_removing_takes_it_away_from_the_portal_and_not_from_this_page(
    browser: httpx.Client, vendor: httpx.Client, campaign: dict[str, str], page: str
) -> None:
    assert "Removed: it cannot be read or listed any more" in send(browser, page, f"{page}remove/").text
    assert vendor.get(f"/campaign/{campaign['campaignId']}").status_code == 404


def test_the_pace_is_a_switch_and_the_clock_moves_from_here(
    browser: httpx.Client, registry: PracticeRegistry
) -> None:
    try:
        assert (
            "New campaigns take a few minutes"
            in send(browser, "/campaigns/", "/campaigns/pace/", pace="minutes").text
        )
        assert registry.control("pace")["pace"] == "minutes"
    finally:
        answer = send(browser, "/campaigns/", "/campaigns/pace/", pace="days")
    assert "New campaigns take five to seven business days" in answer.text
    before = registry.clock()["offset_seconds"]
    moved = send(browser, "/campaigns/", "/clock/", hours="24", back="campaigns")
    assert str(moved.url).endswith("/campaigns/")
    assert registry.clock()["offset_seconds"] == before + 86_400


def test_the_table_of_words_and_the_webhooks_name_campaigns(
    browser: httpx.Client, registry: PracticeRegistry, campaign: dict[str, str], page: str
) -> None:
    assert "Carriers reject attributes" in browser.get("/names/").text
    registry.tell(campaign["campaignId"], "CAMPAIGN_UPDATE")
    assert page in browser.get("/webhooks/").text


def test_hostile_addresses_and_forms_get_words(browser: httpx.Client, page: str) -> None:
    answers = [
        browser.get("/campaigns/?before=x"),
        browser.get("/campaigns/?before=1"),
        browser.get(f"{page}nonsense/"),
        browser.get(f"{page}approve/"),
        browser.get(f"{page}network/{ATT}/"),
        browser.get(f"{page}network/nobody/"),
        browser.get("/campaigns/pace/"),
        browser.request("DELETE", page),
        send(browser, page, "/campaigns/00000000-0000-0000-0000-000000000000/approve/"),
        send(browser, page, f"/campaigns/00000000-0000-0000-0000-000000000000/network/{ATT}/", word="REVIEW"),
        send(browser, page, f"{page}ends/", days="9" * 30),
        send(browser, page, f"{page}word/", word="\x00"),
        send(browser, page, f"{page}reject/", stage="provider", reason="other", text="x" * 100_000),
    ]
    assert all(answer.status_code < 500 for answer in answers), [answer.status_code for answer in answers]
