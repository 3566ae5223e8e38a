"""Two tabs and two people at one step, half-filled steps, and Back after the submit, as somebody lives through it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.newcomers import age, newcomer
from tests.browser.running import Portal
from tests.browser.walking import answer, answers, control, draft, go_on, picture, sign_in, submit, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def saved(page: Page) -> str:
    """The city that the draft holds."""
    page.goto(page.url.partition("?")[0] + "?answers=stored")
    return control(page, "city").input_value()


def clash(page: Page, other: Page, brand: str) -> None:
    """Both open the address; the other saves Tacoma, then this one sends Spokane and another street."""
    for one in (page, other):
        one.goto(f"/brands/drafts/{brand}/address/")
    answer(other, {"city": "Tacoma"})
    go_on(other)
    answer(page, {"city": "Spokane", "street": "1 Own Way"})
    go_on(page)


@pytest.mark.parametrize(
    ("button", "city"), [("Keep what I typed", "Spokane"), ("Take what is saved", "Tacoma")]
)
def test_the_second_tab_is_told_compares_and_chooses(visit: Visit, button: str, city: str) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Two Tabs Tea"))
    clash(page, page.context.new_page(), brand)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("You saved other answers in another window")
    expect(page.get_by_role("alert").filter(has=heading)).to_be_focused()
    expect(page.get_by_role("group", name="City")).to_contain_text(re.compile("Spokane.*Tacoma", re.DOTALL))
    assert axe_findings(page) + overflow(page, 390) + overflow(page, 320) == []
    picture(page, "two-tabs")
    page.get_by_role("button", name=button).click()
    expect(heading).to_have_text("Brand information")
    page.goto(f"/brands/drafts/{brand}/address/")
    assert saved(page) == city
    page.get_by_text("Earlier answers to this step").click()
    assert axe_findings(page) == []


def test_two_people_are_told_of_each_other_and_choose_by_keyboard(visit: Visit) -> None:
    page, other = visit("/"), visit("/", who="dana")
    brand = draft(page.context, answers("Two People Tiles"))
    clash(page, other, brand)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dana Whitfield saved other answers")
    stored = page.locator("[name=marked-city]").first
    tab_to(page, stored)
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("button", name="Save what is marked"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"/brands/drafts/{brand}/address/")
    assert saved(page) == "Tacoma"
    expect(control(page, "street")).to_have_value("1 Own Way")


def test_an_error_in_the_second_tab_first_and_the_comparison_after_it(visit: Visit) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Error First Eels"))
    other = page.context.new_page()
    for one in (page, other):
        one.goto(f"/brands/drafts/{brand}/address/")
    answer(page, {"city": "Spokane", "postal_code": "wrong"})
    go_on(page)
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_focused()
    assert axe_findings(page) == []
    answer(other, {"city": "Tacoma"})
    go_on(other)
    answer(page, {"postal_code": "98402"})
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You saved other answers in another window")


def test_half_a_step_is_there_after_leaving_it_in_any_way(visit: Visit) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Half Way Hats"))
    path = f"/brands/drafts/{brand}/address/"
    page.goto(path)
    saved = re.compile(r"Saved today, \d\d:\d\d [A-Z]{3,4}")
    expect(page.locator("[data-saved]")).to_contain_text(saved)
    control(page, "city").fill("Spo")
    control(page, "postal_code").focus()
    expect(page.locator("[data-saved]")).to_contain_text("is kept, ")
    expect(page.locator("#announce")).to_have_text("What you type here is kept, also while it is not saved.")
    # Without leaving the field: by a link.
    control(page, "postal_code").fill("984")
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Company")
    page.goto(path)
    expect(page.get_by_text("This is what you typed, and it is not saved yet.")).to_be_visible()
    expect(control(page, "city")).to_have_value("Spo")
    expect(control(page, "postal_code")).to_have_value("984")
    assert axe_findings(page) + overflow(page, 390) == []
    picture(page, "not-saved-yet")
    page.goto(f"/brands/drafts/{brand}/check/")
    expect(page.get_by_text("What you last typed at “Address” is not saved.")).to_be_visible()
    assert axe_findings(page) == []


def test_without_a_script_finish_later_takes_along_what_was_typed(visit: Visit) -> None:
    page = visit("/", java_script_enabled=False)
    brand = draft(page.context, answers("No Script Nuts"))
    page.goto(f"/brands/drafts/{brand}/address/")
    control(page, "postal_code").fill("984")
    page.get_by_role("button", name="Finish later").click()
    expect(page.get_by_text("What you typed is kept, and not saved yet")).to_be_visible()
    page.goto(f"/brands/drafts/{brand}/address/")
    expect(control(page, "postal_code")).to_have_value("984")


def test_a_sign_in_that_ends_with_half_a_step_loses_nothing(visit: Visit, portal: Portal) -> None:
    page = visit("/account/login/", who=None)
    kim = newcomer(portal, page)
    sign_in(page, kim)
    brand = draft(page.context, answers("Late Lamps"))
    page.goto(f"/brands/drafts/{brand}/company/")
    answer(page, {"display_name": "Late Lamps Lit", "tax_id": "93-1234567"})
    age(portal, kim.email, "31 minutes")
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    sign_in(page, kim)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are kept")
    page.get_by_role("button", name="Go on").click()
    # A tax id is never kept, so it is asked for again instead of silently staying the former one.
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_focused()
    expect(control(page, "display_name")).to_have_value("Late Lamps Lit")
    expect(control(page, "tax_id")).to_have_value("")
    assert axe_findings(page) == []
    answer(page, {"tax_id": "93-1234567"})
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Address")


def test_a_stale_tab_of_a_submitted_draft_says_so(visit: Visit) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Stale Tab Stamps"))
    page.goto(f"/brands/drafts/{brand}/contact/")
    other = page.context.new_page()
    other.goto(f"/brands/drafts/{brand}/check/")
    submit(page.context, brand)
    answer(page, {"first_name": "Too Late"})
    for one, button in ((page, "Continue"), (other, "Confirm and submit")):
        one.get_by_role("button", name=button).click()
        expect(one.get_by_role("heading", level=1)).to_have_text("This brand has already been submitted")
        assert axe_findings(one) + overflow(one, 390) == []
    other.goto(f"/brands/drafts/{brand}/submission/")
    expect(other.get_by_role("heading", level=1)).to_have_text("There is no page at this address")
    assert axe_findings(other) == []
