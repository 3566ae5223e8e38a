"""From a rejection to a verified second version, and deleting a brand: in the browser, once by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal
from tests.browser.walking import (
    Answers,
    answers,
    draft,
    go_on,
    picture,
    sign_in,
    skip_to_content,
    submit,
    tab_to,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

WORDS = "The company's name on record is spelled differently."


def filed(page: Page, portal: Portal, given: Answers) -> tuple[str, str]:
    """A brand that is in review, on its page: its id here and at the registry."""
    brand = draft(page.context, given)
    submit(page.context, brand)
    page.goto(f"/brands/{brand}/")
    expect(page.locator("#brand-badge")).to_have_text("In review", timeout=30_000)
    return brand, portal.registry.brands(name=given.name)[0]["id"]


def rejected(page: Page, portal: Portal, given: Answers) -> tuple[str, str]:
    """A brand that was rejected before one's eyes."""
    brand, there = filed(page, portal, given)
    portal.registry.reject(there, "TAX_ID", WORDS, ["companyName"])
    expect(page.locator("#brand-badge")).to_have_text("Rejected", timeout=30_000)
    return brand, there


def look(page: Page, name: str) -> None:
    """Accessible and narrow enough, as it stands."""
    assert axe_findings(page) == []
    wide = page.viewport_size or {"width": 1280, "height": 800}
    assert overflow(page, 320) == []
    page.set_viewport_size(wide)
    picture(page, name)


def test_rejected_explained_fixed_compared_resubmitted_verified(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Fixit Foundry")
    brand, there = rejected(page, portal, given)
    why = page.get_by_role("region", name="Why it was rejected")
    expect(why.locator("blockquote[lang=en]")).to_have_text(WORDS)
    look(page, "rejected-explained")

    page.get_by_role("link", name="Fix and resubmit").click()
    expect(page.get_by_role("heading", name="No changes yet")).to_be_visible()
    page.get_by_role("button", name="Resubmit version 2").click()
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_focused()
    expect(page.get_by_role("alert").filter(has_text="Nothing has been changed")).to_be_visible()
    look(page, "nothing-changed")

    page.get_by_role("link", name="Legal company name").first.click()
    expect(page.locator("#main")).to_contain_text("This answer was objected to:")
    look(page, "step-with-objection")
    page.locator("#id_legal_name").fill(f"{given.name} Incorporated")
    go_on(page)
    row = page.get_by_role("row").filter(has_text="Legal company name")
    expect(row).to_contain_text("Changed")
    expect(row.locator("del")).to_have_text(f"{given.name}, LLC")
    expect(row.locator("ins")).to_have_text(f"{given.name} Incorporated")
    look(page, "fix-and-resubmit")
    page.get_by_role("button", name="Resubmit version 2").click()
    expect(page).to_have_url(re.compile(f"/brands/{brand}/$"))
    expect(page.locator("#brand-badge")).to_have_text("In review", timeout=30_000)
    portal.registry.approve(there)
    expect(page.locator("#brand-badge")).to_have_text("Verified", timeout=30_000)

    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_role("region", name="Why it was rejected")).to_contain_text(WORDS)
    look(page, "version")
    assert len(portal.registry.brands(name=given.name)) == 1


def test_by_keyboard_alone(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Keyboard Kiln")
    brand, _there = rejected(page, portal, given)
    page.goto(f"/brands/{brand}/")
    skip_to_content(page)
    tab_to(page, page.get_by_role("link", name="Fix and resubmit"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fix and resubmit")
    skip_to_content(page)
    tab_to(page, page.get_by_role("link", name="Legal company name").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Company")
    field = page.locator("#id_legal_name")
    tab_to(page, field)
    field.press("ControlOrMeta+a")
    page.keyboard.type(f"{given.name} Incorporated")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fix and resubmit")
    skip_to_content(page)
    tab_to(page, page.get_by_role("button", name="Resubmit version 2"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/brands/{brand}/$"))
    expect(page.locator("#brand-badge")).to_have_text("In review", timeout=30_000)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_brand_is_deleted_after_typing_its_name(visit: Visit, portal: Portal, *, scripts: bool) -> None:
    page = visit("/account/login/", who=None, java_script_enabled=scripts)
    sign_in(page, portal.people["ada"])
    given = answers("Deletable Dairy")
    brand, there = (draft(page.context, given), "")
    submit(page.context, brand)
    page.goto(f"/brands/{brand}/")
    for _look in range(30):
        if "In review" in page.locator("#brand-badge").inner_text():
            break
        page.wait_for_timeout(1000)
        page.reload()
    there = portal.registry.brands(name=given.name)[0]["id"]
    page.locator(".menu--acts > summary").click()
    page.get_by_role("link", name="Delete brand").click()
    if scripts:
        expect(page.get_by_role("dialog")).to_be_visible()
        look(page, "delete-dialog")
    place = page.get_by_role("dialog") if scripts else page.locator("#main")
    place.get_by_role("button", name="Delete brand").click()
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_visible()
    if scripts:
        look(page, "deletion-error")
    page.get_by_label("Name of the brand").fill(given.name)
    page.locator("#main").get_by_role("button", name="Delete brand").click()
    expect(page).to_have_url(re.compile(f"/brands/{brand}/$"))
    for _look in range(30):
        if "Deleted" in page.locator("#brand-badge").inner_text():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator("#brand-badge")).to_have_text("Deleted")
    assert portal.registry.brand(there)["deleted_at"]
    page.goto("/sms-campaigns/")
    expect(page.get_by_role("link", name=given.name)).to_have_count(0)
    page.get_by_role("link", name=re.compile("deleted brands? (is|are) not shown")).click()
    expect(page.get_by_role("link", name=given.name)).to_have_count(1)


def test_what_stands_in_the_way_is_listed_with_what_to_do(visit: Visit, portal: Portal) -> None:
    page = visit("/account/login/", who=None)
    sign_in(page, portal.people["ada"])
    given = answers("Blocked Bakery")
    brand = draft(page.context, given)
    with portal.paused("celery", "worker"):
        submit(page.context, brand)
        page.goto(f"/brands/{brand}/deletion/")
        expect(page.locator("#main")).to_contain_text("is on its way to the carrier")
        expect(page.get_by_role("button", name="Delete brand")).to_have_count(0)
        look(page, "deletion-blocked")
