"""Phone numbers in a browser: a campaign filled over two pages, the 49th, by keyboard alone, and without a script."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal
from tests.browser.walking import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CAMPAIGN = "Larkspur Dental phone campaign"
# One of the demo company's: it tells which account of the registry is ours.
DEMO = "+12065550100"
# Of no other test: each takes a block of its own.
_blocks = itertools.count(601)


def account(portal: Portal) -> str:
    """What the registry calls ours."""
    return str(portal.registry.control("numbers", number=DEMO)["numbers"][0]["account"])


def stock(portal: Portal, page: Page, count: int) -> str:
    """So many numbers in the carrier's account and in the inventory; the digits that find just them. Nothing is
    ticked afterwards."""
    block = next(_blocks)
    numbers = [f"+1425{block}{one:04}" for one in range(count)]
    portal.registry.control("numbers", json={"account": account(portal), "numbers": numbers, "tags": []})
    page.goto("/numbers/new/")
    page.get_by_label("Phone numbers").fill("\n".join(numbers))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phone numbers")
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(selected(page)).to_contain_text(re.compile(r"^\s*0 of"))
    return f"425{block}"


def selected(page: Page) -> Locator:
    return page.locator("[data-bulk] output")


def boxes(page: Page) -> Locator:
    return page.locator("[data-pick]")


def row(page: Page, number: str) -> Locator:
    return page.get_by_role("row", name=f"Select {number}")


def room(page: Page) -> int:
    """How many more the demo company's campaign takes, as the page to assign says."""
    text = page.locator(".pick-one").filter(has_text=CAMPAIGN).inner_text()
    found = re.search(r"Room for (\d+) more", text)
    assert found is not None, text
    return int(found[1])


def kept(page: Page) -> None:
    """Wait until the server knows the ticks."""
    with page.expect_response(lambda answer: "/numbers/selection/" in answer.url):
        pass


def submit(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Submit")).click()
    dialog = page.get_by_role("dialog", name="Your request has been submitted.")
    expect(dialog).to_contain_text("It can take one business day")
    expect(dialog.get_by_role("link", name="Close")).to_be_focused()


def test_ticks_are_counted_kept_and_ranged_by_shift(visit: Visit, portal: Portal) -> None:
    page = visit("/numbers/")
    found = stock(portal, page, 60)
    page.goto(f"/numbers/?q={found}")
    whole = page.locator("[data-pick-page]")
    boxes(page).nth(2).click()
    boxes(page).nth(9).click(modifiers=["Shift"])
    expect(selected(page)).to_contain_text("8 of")
    assert whole.evaluate("(box) => box.indeterminate && !box.checked")
    kept(page)
    page.reload()
    expect(selected(page)).to_contain_text("8 of")
    page.get_by_role("button", name="Next").click()
    expect(boxes(page)).to_have_count(10)
    expect(selected(page)).to_contain_text("8 of")
    boxes(page).nth(0).click()
    # Ticked and left at once: the button takes it along.
    page.get_by_role("button", name="Previous").click()
    expect(selected(page)).to_contain_text("9 of")
    whole.check()
    expect(selected(page)).to_contain_text("51 of")
    expect(page.get_by_text("All 50 on this page are selected.")).to_be_visible()
    assert axe_findings(page) == []
    picture(page, "numbers-page-selected")
    page.get_by_role("button", name="Select all 60 matching").click()
    expect(selected(page)).to_contain_text("60 of")
    boxes(page).nth(0).click()
    expect(selected(page)).to_contain_text("59 of")
    assert overflow(page, 390) == []
    assert overflow(page, 320) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(selected(page)).to_contain_text("0 of")


def test_by_keyboard_alone_numbers_are_ticked_assigned_and_taken_off(visit: Visit, portal: Portal) -> None:
    page = visit("/numbers/")
    found = stock(portal, page, 4)
    page.goto(f"/numbers/?q={found}")
    page.locator("[data-pick-page]").focus()
    page.keyboard.press("ArrowDown")
    expect(boxes(page).nth(0)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.down("Shift")
    page.keyboard.press("Space")
    page.keyboard.up("Shift")
    expect(selected(page)).to_contain_text("3 of")
    # Enter in a box sends nothing.
    page.keyboard.press("Enter")
    expect(boxes(page).nth(2)).to_be_focused()
    page.get_by_role("button", name="Assign SMS/MMS campaign").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Assign SMS/MMS campaign")
    expect(page.locator("#preview")).to_contain_text("3 will be assigned")
    assert axe_findings(page) == []
    picture(page, "numbers-assignment")
    page.get_by_role("button", name="Submit").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Your request has been submitted.")
    expect(dialog.get_by_role("link", name="Close")).to_be_focused()
    assert axe_findings(page) == []
    picture(page, "numbers-submitted")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#order-live")).to_contain_text("3 with the carrier")


def test_a_badge_refresh_clears_no_tick_and_takes_no_focus(visit: Visit, portal: Portal) -> None:
    page = visit("/numbers/")
    found = stock(portal, page, 3)
    page.goto(f"/numbers/?q={found}")
    boxes(page).nth(0).check()
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    submit(page)
    page.goto(f"/numbers/?q={found}")
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("Being assigned")
    boxes(page).nth(1).check()
    boxes(page).nth(1).focus()
    portal.registry.control("numbers/settle", json={"account": account(portal)})
    portal.registry.advance(seconds=600)
    expect(first).to_contain_text("Can send", timeout=40_000)
    expect(boxes(page).nth(1)).to_be_focused()
    expect(boxes(page).nth(1)).to_be_checked()
    expect(selected(page)).to_contain_text("1 of")
    expect(page.locator("#announce")).to_contain_text("is now: Can send")
    page.get_by_role("button", name="Clear", exact=True).click()


def test_without_a_script_everything_is_a_button(visit: Visit, portal: Portal) -> None:
    page = visit("/numbers/")
    found = stock(portal, page, 52)
    page = visit(f"/numbers/?q={found}", java_script_enabled=False)
    page.get_by_role("button", name="Select page").click()
    expect(selected(page)).to_contain_text("50 of")
    page.get_by_role("button", name="Select all 52 matching").click()
    expect(selected(page)).to_contain_text("52 of")
    page.get_by_role("button", name="Clear", exact=True).click()
    boxes(page).nth(0).check()
    page.get_by_role("button", name="Next").click()
    expect(boxes(page)).to_have_count(2)
    boxes(page).nth(1).check()
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.locator("#preview")).to_contain_text("2 will be assigned")
    page.get_by_role("button", name="Submit").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your request has been submitted.")
    dialog.get_by_role("link", name="Close").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#order-live")).to_contain_text("2 with the carrier")


def test_numbers_are_taken_off_counted_down_and_taken_back(visit: Visit, portal: Portal) -> None:
    page = visit("/numbers/?q=2065550111")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Can send")
    boxes(page).nth(0).check()
    page.get_by_role("button", name="Deactivate SMS/MMS").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deactivate SMS/MMS for the selected numbers")
    expect(page.locator("#main")).to_contain_text("1 number leaves Larkspur Dental phone campaign")
    assert axe_findings(page) == []
    picture(page, "numbers-removal")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="SMS/MMS has been deactivated for the numbers.")
    dialog.get_by_role("link", name="Close").click()
    left = page.locator("[data-countdown]")
    first = int(left.inner_text())
    expect(left).not_to_have_text(str(first), timeout=5_000)
    page.get_by_role("button", name="Undo: keep them on their campaign").click()
    expect(page.locator("#order-live")).to_contain_text("This was taken back.")
    page.goto("/numbers/?q=2065550111")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Can send")


def test_a_campaign_is_filled_over_two_pages_and_the_49th_is_shown_the_way_on(
    visit: Visit, portal: Portal
) -> None:
    page = visit("/numbers/")
    found = stock(portal, page, 80)
    page.goto(f"/numbers/?q={found}")
    boxes(page).nth(0).check()
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    left = room(page)
    assert left > 15
    page.get_by_role("link", name="Cancel").click()
    # Ten of them on the second page.
    boxes(page).nth(1).click()
    boxes(page).nth(left - 11).click(modifiers=["Shift"])
    page.get_by_role("button", name="Next").click()
    boxes(page).nth(0).click()
    boxes(page).nth(9).click(modifiers=["Shift"])
    expect(selected(page)).to_contain_text(f"{left} of")
    # One too many first.
    boxes(page).nth(10).click()
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    refused = page.locator("#preview")
    expect(refused).to_contain_text("The campaign takes 48 numbers")
    expect(refused).to_contain_text("up to four weeks")
    expect(refused.get_by_role("link", name="Ask for more numbers")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Submit"))).to_have_count(0)
    assert axe_findings(page) == []
    picture(page, "numbers-the-49th")
    refused.get_by_role("link", name="Select fewer").click()
    expect(selected(page)).to_contain_text(f"{left + 1} of")
    boxes(page).nth(10).click()
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    expect(refused).to_contain_text(f"{left} will be assigned")
    submit(page)
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#order-live")).to_contain_text(f"{left} with the carrier")
    page.goto(f"/numbers/?q={found}&status=blocked")
    boxes(page).nth(0).check()
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    closed = page.locator(".pick-one").filter(has_text=CAMPAIGN)
    expect(closed).to_contain_text("It is full.")
    expect(closed.get_by_role("radio")).to_be_disabled()
