"""The time is up: what somebody sees, and what becomes of the text they were typing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.newcomers import age, newcomer
from tests.browser.running import Portal, SignIn
from tests.browser.walking import answer, answers, control, draft, picture, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def kim(visit: Visit, portal: Portal) -> tuple[Page, SignIn]:
    """Somebody who has just signed in."""
    page = visit("/account/login/", who=None)
    person = newcomer(portal, page)
    sign_in(page, person)
    return page, person


def test_a_part_of_a_page_leads_to_the_sign_in_and_back(kim: tuple[Page, SignIn], portal: Portal) -> None:
    page, person = kim
    given = answers("Expired Emporium")
    brand = draft(page.context, given, until="business")
    page.goto(f"/brands/drafts/{brand}/business/")
    # As htmx asks, from this page.
    ask = "() => htmx.ajax('GET', '/sms-campaigns/badges/', {target: '#main', swap: 'none'})"
    age(portal, person.email, "31 minutes")
    with page.expect_navigation():
        page.evaluate(ask)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_role("alert").first).to_contain_text("after 30 minutes without a sign of you")
    sign_in(page, person)
    expect(page).to_have_url(re.compile(f"/brands/drafts/{brand}/business/"))
    page.goto(f"/brands/drafts/{brand}/company/")
    expect(control(page, "legal_name")).to_have_value(given.steps["company"]["legal_name"])


def test_what_was_typed_is_still_there_after_the_sign_in(kim: tuple[Page, SignIn], portal: Portal) -> None:
    page, person = kim
    given = answers("Latecomer Lodge")
    brand = draft(page.context, given, until="business")
    page.goto(f"/brands/drafts/{brand}/business/")
    answer(page, given.steps["business"])
    age(portal, person.email, "31 minutes")
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are kept")
    assert axe_findings(page) + overflow(page, 320) == []
    picture(page, "kept")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contact")
    page.goto(f"/brands/drafts/{brand}/business/")
    expect(control(page, "website")).to_have_value(re.compile("acme.example"))


def warned(page: Page, portal: Portal, person: SignIn, path: str) -> None:
    """On the page `path`, after 28 and a half minutes without a sign of anybody."""
    page.clock.install()
    page.goto(path)
    age(portal, person.email, "28 minutes 30 seconds")
    page.clock.fast_forward("28:30")


def test_the_page_asks_two_minutes_before_the_end(kim: tuple[Page, SignIn], portal: Portal) -> None:
    page, person = kim
    warned(page, portal, person, "/")
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text(re.compile(r"Time left:\s+1:\d\d"))
    stay = dialog.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    assert axe_findings(page) == []
    picture(page, "still-there")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    # It counts: half an hour from now, not from before.
    page.clock.fast_forward("05:00")
    expect(dialog).to_be_hidden()
    page.goto("/account/profile/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_somebody_active_in_another_tab_is_not_asked(kim: tuple[Page, SignIn], portal: Portal) -> None:
    page, _person = kim
    page.clock.install()
    page.goto("/")
    page.clock.fast_forward("28:30")
    page.wait_for_timeout(500)
    expect(page.locator("#session-end")).to_be_hidden()


def test_at_the_end_a_page_without_typing_goes_to_the_sign_in_and_back(
    kim: tuple[Page, SignIn], portal: Portal
) -> None:
    page, person = kim
    warned(page, portal, person, "/sms-campaigns/")
    expect(page.get_by_role("dialog")).to_be_visible()
    age(portal, person.email, "31 minutes")
    with page.expect_navigation():
        page.clock.fast_forward("02:00")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("SMS campaigns")


def test_at_the_end_typed_text_stays_and_goes_through_after_the_sign_in(
    kim: tuple[Page, SignIn], portal: Portal
) -> None:
    page, person = kim
    page.goto("/")
    brand = draft(page.context, answers("Typed Tavern"), until="address")
    warned(page, portal, person, f"/brands/drafts/{brand}/address/")
    dialog = page.get_by_role("dialog", name="Are you still there?")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    control(page, "street").fill("12 Unsaved Street")
    age(portal, person.email, "31 minutes")
    page.clock.fast_forward("31:00")
    dialog = page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_contain_text("What you typed is still on this page")
    dialog.get_by_role("button", name="Back to the page").click()
    expect(control(page, "street")).to_have_value("12 Unsaved Street")
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    sign_in(page, person)
    page.get_by_role("button", name="Go on").click()
    expect(control(page, "street")).to_have_value("12 Unsaved Street")


def test_a_revoked_browser_is_out_at_its_next_click(
    kim: tuple[Page, SignIn], chromium: Browser, portal: Portal
) -> None:
    page, person = kim
    other = chromium.new_context(
        base_url=portal.url, user_agent="Mozilla/5.0 (iPhone) CriOS/140.0 Safari/604"
    )
    phone = other.new_page()
    phone.goto("/account/login/")
    sign_in(phone, person)
    page.goto("/account/sessions/")
    row = page.get_by_role("row", name=re.compile("Chrome on iPhone"))
    assert axe_findings(page) + overflow(page, 320) == []
    picture(page, "sessions")
    row.get_by_role("button", name="Sign out").click()
    expect(page.locator("[data-toasts]")).to_contain_text("Signed out 1 browser.")
    phone.goto("/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    other.close()
