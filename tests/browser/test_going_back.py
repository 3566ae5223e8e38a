"""Back, twice, two tabs: nothing is lost and nothing is sent a second time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.running import Portal
from tests.browser.walking import (
    STEPS,
    TITLES,
    accept_terms,
    answer,
    answers,
    control,
    draft,
    go_on,
    submit,
    walk,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def posts_of(portal: Portal, name: str) -> list[dict[str, Any]]:
    """The registry's ledger: every request to create the brand of that name."""
    return [post for post in portal.registry.ledger(method="POST") if name in str(post["body"])]


def expect_already_submitted(page: Page) -> None:
    """The page that says so, with the reference."""
    expect(page.get_by_role("heading", level=1)).to_have_text("This brand has already been submitted")
    expect(page.locator("#main .copyable__text")).to_have_text(re.compile(r"\w{6,}"))


def test_back_shows_every_step_as_it_was_answered(visit: Visit) -> None:
    page = visit("/sms-campaigns/")
    given = answers("Backwards Books", public=True)
    walk(page, given)
    for slug in reversed(STEPS):
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[slug])
        expect(control(page, "entity_type").and_(page.locator(":checked"))).to_have_count(
            int(slug == "company")
        )
        for name, value in given.steps[slug].items():
            found = control(page, name)
            if found.first.get_attribute("type") != "radio":
                # The tax id is never given back: its field is empty, and the hint says what is on file.
                wanted = {"phone": re.compile(r"206.?.?555.?0142"), "tax_id": ""}
                expect(found).to_have_value(wanted.get(name, value))
        if slug == "company":
            expect(page.get_by_text("Leave empty to keep it")).to_contain_text(
                f"••-•••{given.steps['company']['tax_id'][-4:]}"
            )
    for slug in STEPS[1:]:
        page.go_forward()
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[slug])


def test_the_back_link_leads_through_the_steps_too(visit: Visit) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Backlink Bikes"))
    page.goto(f"/brands/drafts/{brand}/check/")
    for slug in reversed(["terms", *STEPS]):
        page.get_by_role("link", name="Back", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[slug])


def test_back_to_the_terms_and_on_again_makes_no_second_draft(visit: Visit) -> None:
    page = visit("/brands/new/")
    drafts = []
    for _time in range(2):
        accept_terms(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Company")
        drafts.append(page.url)
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES["terms"])
    assert drafts[0] == drafts[1]


def test_back_after_the_submit_says_so_and_sends_nothing_again(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Once Only Optics")
    brand = draft(page.context, given)
    page.goto(f"/brands/drafts/{brand}/contact/")
    go_on(page)
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page.locator("#brand-badge")).to_have_text("In review")
    for _step in range(2):
        page.go_back()
        expect_already_submitted(page)
    page.get_by_role("link", name="Go to the brand").click()
    expect(page).to_have_url(re.compile(f"/brands/{brand}/$"))
    assert len(posts_of(portal, given.name)) == 1


def test_a_double_click_submits_once(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Twice Clicked Tea")
    brand = draft(page.context, given)
    page.goto(f"/brands/drafts/{brand}/check/")
    page.get_by_role("button", name="Confirm and submit").dblclick()
    # And who did so sees the brand, not a page about a mistake.
    expect(page.locator("#brand-badge")).to_have_text("In review")
    assert len(posts_of(portal, given.name)) == 1


def test_of_two_submissions_at_the_same_moment_one_is_filed(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Same Moment Media")
    brand = draft(page.context, given)
    page.goto(f"/brands/drafts/{brand}/check/")
    answered = page.evaluate(
        """async () => {
            const form = document.querySelector('form[action$="/submission/"]');
            const send = () => fetch(form.action, { method: 'POST', body: new FormData(form) });
            const both = await Promise.all([send(), send()]);
            return both.map((one) => one.status).sort();
        }"""
    )
    assert answered == [200, 409]
    page.goto(f"/brands/{brand}/")
    expect(page.locator("#brand-badge")).to_have_text("In review")
    assert len(posts_of(portal, given.name)) == 1


def test_a_second_tab_cannot_change_what_was_submitted(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Two Tabs Tailors")
    brand = draft(page.context, given)
    page.goto(f"/brands/drafts/{brand}/address/")
    late = page.context.new_page()
    late.goto(f"/brands/drafts/{brand}/check/")
    submit(page.context, brand)

    answer(page, {"city": "Elsewhere"})
    page.get_by_role("button", name="Continue").click()
    expect_already_submitted(page)
    late.get_by_role("button", name="Confirm and submit").click()
    late.wait_for_url(re.compile(f"{brand}/(submission/)?$"))
    late.goto(f"/brands/{brand}/")
    expect(late.locator("#brand-badge")).to_have_text("In review")
    expect(late.locator("#record")).not_to_contain_text("Elsewhere")
    assert len(posts_of(portal, given.name)) == 1


def test_eleven_pages_back_one_still_finds_whole_pages(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    # While it waits, the page asks for parts of itself, which must not come back as pages.
    brand = draft(page.context, answers("Deep History Dairy"))
    submit(page.context, brand)
    page.goto(f"/brands/{brand}/")
    with page.expect_response(lambda response: "/status/" in response.url):
        expect(page.locator("#brand-badge")).to_have_text("In review")
    paths = [f"/brands/{brand}/", "/", "/sms-campaigns/", "/brands/new/", f"/brands/drafts/{brand}/check/"]
    visited = [paths[number % len(paths)] for number in range(12)]
    for path in visited[1:]:
        page.goto(path)
    for path in reversed(visited[:-1]):
        page.go_back()
        expect(page).to_have_url(portal.url + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
        expect(page).to_have_title(re.compile("· Clearline$"))
