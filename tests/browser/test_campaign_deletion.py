"""A campaign is deleted and taken back: by keyboard with a script, and without one; its numbers in a dialog."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings
from tests.browser.walking import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

NAME = "Larkspur Dental phone campaign"


def active(visit: Visit, **options: object) -> Page:
    page = visit("/sms-campaigns/", **options)
    page.get_by_role("link", name=NAME, exact=True).click()
    expect(page.locator("#campaign-badge")).to_have_text("Active")
    return page


def test_the_numbers_open_in_a_dialog_that_closes_and_gives_the_focus_back(visit: Visit) -> None:
    page = active(visit)
    link = page.get_by_role("link", name="12 phone numbers assigned")
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Assigned phone numbers")
    expect(dialog.get_by_role("listitem")).to_have_count(12)
    expect(dialog).to_contain_text("12 of 12 can send.")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    assert axe_findings(page) == []
    picture(page, "campaign-numbers-dialog")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_a_deletion_counts_down_and_is_taken_back_by_keyboard(visit: Visit) -> None:
    page = active(visit)
    page.get_by_role("region", name="Delete this campaign").get_by_role("link", name="Delete").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Do you want to delete the SMS campaign?")
    expect(dialog).to_contain_text("12 phone numbers are removed from the campaign")
    assert axe_findings(page) == []
    picture(page, "campaign-deletion-dialog")
    dialog.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    dialog.get_by_role("button", name="Delete").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#campaign-badge")).to_have_text("Deleting")
    left = page.locator("[data-countdown]")
    first = int(left.inner_text())
    undo = page.get_by_role("button", name="Undo: keep the campaign")
    undo.focus()
    expect(left).not_to_have_text(str(first), timeout=5_000)
    # Several refreshes later nobody took the button from under the finger.
    page.wait_for_timeout(5_000)
    expect(undo).to_be_focused()
    assert int(left.inner_text()) < first
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe_findings(page) == []
        picture(page, f"campaign-undo-{scheme}")
    page.keyboard.press("Enter")
    expect(page.locator("#campaign-badge")).to_have_text("Active")
    expect(page.locator("[data-toast]")).to_contain_text("The deletion was taken back")


def test_without_a_script_it_is_the_same_with_pages_and_a_bar(visit: Visit) -> None:
    page = active(visit, java_script_enabled=False)
    page.get_by_role("link", name="12 phone numbers assigned").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Assigned phone numbers")
    page.go_back()
    page.get_by_role("region", name="Delete this campaign").get_by_role("link", name="Delete").click()
    expect(page).to_have_url(re.compile("/deletion/$"))
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#campaign-badge")).to_have_text("Deleting")
    bar = page.locator(".undo__rest")
    before = bar.bounding_box()
    page.wait_for_timeout(2_500)
    after = bar.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] < before["width"]
    page.get_by_role("button", name="Undo: keep the campaign").click()
    expect(page.locator("#campaign-badge")).to_have_text("Active")
