"""The control page, used as a person without JavaScript uses it."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.practice.conftest import file, read
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


def send(browser: httpx.Client, page: str, action: str, **data: str | list[str]) -> httpx.Response:
    """Open `page`, take its form token, and send the form to `action`."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).text)
    assert token
    return browser.post(action, data={"csrfmiddlewaretoken": token[1], **data})


def test_every_page_says_that_this_is_no_real_carrier(browser: httpx.Client, vendor: httpx.Client) -> None:
    brand = file(vendor, displayName="Page Turner")
    for page in ("/", "/names/", "/ledger/", f"/brands/{brand['brandId']}/"):
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert "not a real carrier" in answer.text
        assert 'href="http://127.0.0.1:8000/"' in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "Page Turner" in browser.get("/").text


def test_the_style_sheets_are_served(browser: httpx.Client) -> None:
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', browser.get("/").text)
    assert len(sheets) > 5
    assert {browser.get(sheet).status_code for sheet in sheets} == {200}


def test_the_clock_is_moved_by_a_button(browser: httpx.Client, registry: PracticeRegistry) -> None:
    before = registry.clock()["offset_seconds"]
    answer = send(browser, "/", "/clock/", hours="6")
    assert [step.status_code for step in answer.history] == [302]
    assert "The clock moved" in answer.text
    assert registry.clock()["offset_seconds"] == before + 6 * 3600
    assert "The clock moved" not in browser.get("/").text


@pytest.mark.parametrize("hours", ["-1", "0", "", "1.5", "x", "9" * 30, "\x00"])
def test_junk_hours_are_refused_in_words(
    browser: httpx.Client, registry: PracticeRegistry, hours: str
) -> None:
    before = registry.clock()["offset_seconds"]
    answer = send(browser, "/", "/clock/", hours=hours)
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert registry.clock()["offset_seconds"] == before


def test_a_brand_is_verified_from_the_list(browser: httpx.Client, vendor: httpx.Client) -> None:
    brand = file(vendor)
    answer = send(browser, "/", f"/brands/{brand['brandId']}/verify/")
    assert "Verified. The portal learns it at its next look." in answer.text
    assert read(vendor, brand)["identityStatus"] == "VERIFIED"


def test_a_brand_is_rejected_with_code_text_and_fields(browser: httpx.Client, vendor: httpx.Client) -> None:
    brand = file(vendor)
    page = f"/brands/{brand['brandId']}/"
    send(
        browser,
        page,
        f"{page}reject/",
        code="NONPROFIT",
        text="No <b>501c3</b> found.",
        fields_named=["ein", "city"],
    )
    (reason,) = vendor.get(f"/brand/feedback/{brand['brandId']}").json()["category"]
    assert (reason["id"], reason["description"], reason["fields"]) == (
        "NONPROFIT",
        "No <b>501c3</b> found.",
        ["ein", "city"],
    )
    assert "No &lt;b&gt;501c3&lt;/b&gt; found." in browser.get(page).text
    send(browser, page, f"{page}reject/", code="other", other_code="ZX-9")
    (reason,) = vendor.get(f"/brand/feedback/{brand['brandId']}").json()["category"]
    assert reason["id"] == "ZX-9"


def test_a_bad_rejection_changes_nothing_and_says_what_is_missing(
    browser: httpx.Client, vendor: httpx.Client
) -> None:
    brand = file(vendor)
    page = f"/brands/{brand['brandId']}/"
    for data in (
        {"code": "other"},
        {"code": "nonsense"},
        {},
        {"code": "TAX_ID", "fields_named": ["nonsense"]},
    ):
        answer = send(browser, page, f"{page}reject/", **data)
        assert answer.status_code == 400
        assert "There is a problem" in answer.text
    assert read(vendor, brand)["status"] == "REGISTRATION_PENDING"


def test_failing_silencing_and_odd_words_work_by_hand(browser: httpx.Client, vendor: httpx.Client) -> None:
    brand = file(vendor)
    page = f"/brands/{brand['brandId']}/"
    assert "Silent: no verdict comes" in send(browser, page, f"{page}silence/").text
    assert "Waiting for its verdict" in send(browser, page, f"{page}speak/").text
    send(browser, page, f"{page}fail/", text="Not found.")
    assert read(vendor, brand)["failureReasons"] == "Not found."
    assert "already has its verdict" in send(browser, page, f"{page}silence/").text
    send(browser, page, f"{page}word/", word="WOBBLY")
    assert read(vendor, brand)["status"] == "WOBBLY"
    assert "WOBBLY" in browser.get(page).text


def test_a_form_from_elsewhere_is_refused(browser: httpx.Client, registry: PracticeRegistry) -> None:
    before = registry.clock()["offset_seconds"]
    browser.get("/")
    answer = browser.post("/clock/", data={"hours": "1"}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "Go back, reload it and try again" in answer.text
    assert registry.clock()["offset_seconds"] == before


def test_the_ledger_page_filters_and_turns_pages(browser: httpx.Client, vendor: httpx.Client) -> None:
    for number in range(101):
        vendor.get(f"/brand/turning-{number:03}")
    first = browser.get("/ledger/", params={"path": "/v2/10dlc/brand/turning"})
    assert "turning-100" in first.text
    assert "turning-000" not in first.text
    older = re.search(r'href="(\?[^"]+)" rel="next"', first.text)
    assert older
    second = browser.get("/ledger/" + older[1].replace("&amp;", "&"))
    assert "turning-000" in second.text
    assert "turning-001" not in second.text
    assert "No request fits" in browser.get("/ledger/", params={"path": "/nowhere"}).text


def test_hostile_addresses_and_forms_get_words(browser: httpx.Client, vendor: httpx.Client) -> None:
    brand = file(vendor)
    page = f"/brands/{brand['brandId']}/"
    answers = [
        browser.get("/ledger/?before=x"),
        browser.get("/ledger/?account=%00&path=%ff&method=" + "M" * 500),
        browser.get("/?before=x"),
        browser.get("/?before=1"),
        browser.get("/brands/00000000-0000-0000-0000-000000000000/"),
        browser.get(f"{page}nonsense/"),
        browser.get(f"{page}reject/"),
        browser.get("/nowhere"),
        browser.request("DELETE", "/"),
        send(browser, "/", "/silence/", silent="yes", account="\x00"),
        send(browser, "/", "/silence/", silent="yes", account="unknown"),
        send(browser, page, f"{page}reject/", code="TAX_ID", text="\x00\ufffe" * 10),
        send(browser, page, f"{page}fail/", text="x" * 100_000),
        browser.post(
            "/clock/", content=b"&" * 2000, headers={"Content-Type": "application/x-www-form-urlencoded"}
        ),
        browser.post("/clock/", content=b"--", headers={"Content-Type": "multipart/form-data; boundary="}),
        browser.get("/", headers={"Host": "evil.example"}),
    ]
    assert all(answer.status_code < 500 for answer in answers), [answer.status_code for answer in answers]
