"""More than 48 numbers by way of the porting desk, and numbers that come by files with dirt in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.campaigning import campaign, submit_campaign, with_a_verified_brand
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal
from tests.browser.test_numbers import account, boxes, selected, submit
from tests.browser.walking import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# Milliseconds until a verdict of the practice registry stands on the page.
SOON = 30_000
NAME = "Sixty desks"
SIXTY = [f"+1509555{one:04}" for one in range(100, 160)]
# On no account, so that nothing is known of it elsewhere.
UNKNOWN = "+15095550199"
DIRT = """\
Phone Number;Label;SMS
509-555-0171;Front desk;yes
509-555-0172;"Night; desk";yes
(509) 555-0173;Cannot text;no
+1 866 555 0174;Hotline;yes
416-555-0175;Toronto;yes
;;
509-555-0171;Front desk;yes
1.50956E+10;From a spreadsheet;yes
509-555-017;One digit short;yes
"""


@pytest.fixture(scope="module")
def context(chromium: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """The browser of somebody whose organization has one active campaign without numbers."""
    context = chromium.new_context(base_url=portal.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    with_a_verified_brand(portal, context)
    campaign_id = campaign(context, name=NAME)
    submit_campaign(context, campaign_id)
    page = context.new_page()
    page.goto(f"/campaigns/{campaign_id}/")
    badge = page.locator("#campaign-badge")
    expect(badge).to_have_text("With the registry", timeout=SOON)
    portal.registry.approve_campaign(portal.registry.campaigns()[-1]["id"])
    portal.registry.advance(seconds=7)
    expect(badge).to_have_text("Active", timeout=SOON)
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


def look(page: Page, name: str) -> None:
    """Accessible and narrow enough, in both themes."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += axe_findings(page)
        for width in (1280, 390):
            found += overflow(page, width)
            picture(page, f"desk-{name}-{scheme}-{width}")
    found += overflow(page, 320)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert found == []


def test_a_file_with_dirt_is_looked_at_first_and_a_mixed_selection_says_what_cannot_and_why(
    page: Page, portal: Portal
) -> None:
    there = {"account": account(portal), "tags": []}
    portal.registry.control("numbers", json={**there, "numbers": ["+15095550171", "+15095550172"]})
    page.goto("/numbers/imports/new/")
    dirty = {"name": "numbers.csv", "mimeType": "text/csv", "buffer": b"\xef\xbb\xbf" + DIRT.encode()}
    page.get_by_label("File").set_input_files([dirty])
    look(page, "upload")
    page.get_by_role("button", name="Check the file").click()
    main = page.locator("#main")
    expect(main).to_contain_text("5 numbers are new", timeout=SOON)
    expect(main).to_contain_text("3 rows cannot be taken")
    look(page, "checked")
    page.get_by_role("link", name=re.compile("^Refused")).click()
    for row, word in (("8", "same number"), ("9", "shortened"), ("10", "digits")):
        line = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=row, exact=True))
        expect(line).to_contain_text(re.compile(word, re.IGNORECASE))
    with page.expect_download() as failures:
        page.get_by_role("link", name="Download them as a file").click()
    kept = failures.value.path().read_text("utf-8-sig")
    assert "1.50956E+10" in kept
    page.get_by_role("button", name=re.compile("^Import")).click()
    expect(main).to_contain_text("What was done", timeout=SOON)
    look(page, "imported")
    page.get_by_role("link", name="Show the numbers that it brought").click()
    expect(boxes(page)).to_have_count(5)
    page.locator("[data-pick-page]").check()
    expect(selected(page)).to_contain_text("5 of")
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    shown = page.locator("#preview")
    expect(shown).to_contain_text("2 will be assigned")
    expect(shown).to_contain_text("The selected numbers do not support SMS.")
    expect(shown).to_contain_text("Toll-free numbers are verified instead")
    expect(shown).to_contain_text("+1 416 555 0175")
    look(page, "mixed")
    page.get_by_role("button", name="Submit the other 2").click()
    expect(page.get_by_role("dialog", name="Your request has been submitted.")).to_be_visible()


def test_a_file_for_one_campaign_names_what_is_unknown_and_submits_the_rest(
    page: Page, portal: Portal
) -> None:
    numbers = ["+15095550181", "+15095550182"]
    portal.registry.control("numbers", json={"account": account(portal), "numbers": numbers, "tags": []})
    page.goto("/numbers/new/")
    page.get_by_label("Phone numbers").fill("\n".join(numbers))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phone numbers")
    page.get_by_role("button", name="Clear", exact=True).click()
    page.goto("/numbers/imports/assignment/")
    text = "\n".join(["number", *numbers, UNKNOWN, "hello", ""])
    page.get_by_label("Campaign").select_option(label=NAME)
    page.get_by_label("File").set_input_files(
        [{"name": "assign.csv", "mimeType": "text/csv", "buffer": text.encode("utf-16")}]
    )
    look(page, "assign-file")
    page.get_by_role("button", name="Check the file").click()
    main = page.locator("#main")
    expect(main).to_contain_text("2 will be assigned", timeout=SOON)
    expect(main).to_contain_text("2 rows cannot be taken")
    page.get_by_role("link", name=re.compile("^Refused")).click()
    expect(main).to_contain_text("not in your inventory")
    look(page, "assign-checked")
    page.get_by_role("button", name=re.compile("^Submit")).click()
    expect(page.get_by_role("dialog", name="Your request has been submitted.")).to_be_visible()


def test_sixty_numbers_by_a_ticket_its_approval_and_checkboxes(
    page: Page, visit: Visit, portal: Portal
) -> None:
    there = {"account": account(portal)}
    portal.registry.control("numbers", json={**there, "numbers": SIXTY, "tags": []})
    page.goto("/numbers/new/")
    page.get_by_label("Phone numbers").fill("\n".join(SIXTY))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(selected(page)).to_contain_text("60 of")
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    refused = page.locator("#preview")
    expect(refused).to_contain_text("The campaign takes 48 numbers")
    refused.get_by_role("link", name="Ask for more numbers").click()

    planned = page.get_by_label("Numbers planned in total")
    # Four are on the campaign already.
    expect(planned).to_have_value("64")
    page.get_by_label("What are they used for?").select_option("agents")
    page.get_by_label("Why does this campaign need them?").fill("Every desk has a number of its own.")
    look(page, "asking")
    page.get_by_role("button", name="Send to the porting desk").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Number pool for")
    # Up to four weeks, as a date.
    expect(page.locator("#main")).to_contain_text(re.compile(r"\b20\d\d\b"))
    look(page, "asked")
    ticket = page.url
    number = ticket.rstrip("/").rpartition("/")[2]

    desk = visit("/operations/desk/", who="pia")
    expect(desk.get_by_role("row").filter(has=desk.locator(f"a[href*='{number}']"))).to_have_count(1)
    desk.goto(f"/operations/desk/{number}/")
    expect(desk.locator("#main")).to_contain_text("Every desk has a number of its own.")
    look(desk, "ticket")
    desk.goto(f"/operations/desk/{number}/approval/")
    expect(desk.get_by_label("Numbers in total")).to_have_value("64")
    desk.get_by_label("Message to the organization").fill("Granted: one per desk.")
    look(desk, "approval")
    desk.get_by_role("button", name="Approve").click()
    expect(desk.locator("#main")).to_contain_text("Approved")

    page.goto(ticket)
    expect(page.locator("#main")).to_contain_text("Granted: one per desk.")
    look(page, "approved")
    page.goto("/numbers/")
    expect(selected(page)).to_contain_text("60 of")
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    expect(page.locator("#preview")).to_contain_text("60 will be assigned")
    submit(page)
    page.get_by_role("link", name="Close").click()
    live = page.locator("#order-live")
    for _second in range(180):
        portal.registry.control("numbers/settle", json=there)
        if "60 can text" in live.inner_text():
            break
        page.wait_for_timeout(1_000)
    expect(live).to_contain_text("60 can text")
    look(page, "sixty")
