"""Wrong answers: said at the top, said at the field, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings
from tests.browser.walking import answer, answers, control, draft

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# By step: what is typed before Continue, and the fields that are then complained of, in order.
EMPTY = {
    "company": ({"display_name": "Typed & kept"}, ["entity_type", "legal_name", "country", "tax_id"]),
    "address": ({"city": "Typed & kept"}, ["street", "state", "postal_code"]),
    "business": (
        {"stock_symbol": "KEPT"},
        ["website", "vertical", "stock_exchange"],
    ),
    "contact": (
        {"first_name": "Typed & kept"},
        ["email", "phone", "last_name", "business_contact_email"],
    ),
}


def expect_errors(page: Page, names: list[str]) -> None:
    """The summary has focus, names every field in order in the field's own words, and leads there."""
    summary = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    assert axe_findings(page) == []
    links = summary.get_by_role("link")
    expect(links).to_have_count(len(names))
    for link, name in zip(links.all(), names, strict=True):
        first = control(page, name).first
        # A group of radio buttons is described as a whole.
        holder = page.locator("fieldset", has=page.locator(f"[name={name}]"))
        described = (holder if holder.count() else first).get_attribute("aria-describedby")
        said = " ".join(page.locator(f"#{one}").inner_text() for one in (described or "").split())
        assert link.inner_text() in said
        link.click()
        expect(first).to_be_focused()
        expect(first).to_be_in_viewport()


@pytest.mark.parametrize("step", EMPTY)
def test_an_empty_step_says_what_is_missing_and_keeps_what_was_typed(visit: Visit, step: str) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Forgetful Foods", public=True), until=step)
    page.goto(f"/brands/drafts/{brand}/{step}/")
    typed, missing = EMPTY[step]
    answer(page, typed)
    page.get_by_role("button", name="Continue").click()
    expect_errors(page, missing)
    for name, value in typed.items():
        expect(control(page, name)).to_have_value(value)


def test_terms_that_are_not_accepted_make_no_draft(visit: Visit) -> None:
    page = visit("/brands/new/")
    page.get_by_role("button", name="Continue").click()
    expect_errors(page, ["accept"])
    expect(page).to_have_url(re.compile("/brands/new/$"))


def test_a_wrong_answer_is_explained_and_what_was_typed_stays(visit: Visit) -> None:
    page = visit("/")
    given = answers("Wrongway Travel")
    brand = draft(page.context, given, until="company")
    page.goto(f"/brands/drafts/{brand}/company/")
    answer(page, given.steps["company"] | {"tax_id": "123-45-6789"})
    page.get_by_role("button", name="Continue").click()
    expect_errors(page, ["tax_id"])
    expect(control(page, "tax_id")).to_have_value("123-45-6789")
    expect(control(page, "legal_name")).to_have_value(given.steps["company"]["legal_name"])


def test_a_wrong_password_is_said_at_the_top(visit: Visit) -> None:
    page = visit("/account/login/", who=None)
    page.get_by_label("E-mail address").fill("ada@larkspur.example")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("E-mail address")).to_have_value("ada@larkspur.example")
    assert axe_findings(page) == []


def test_an_incomplete_draft_cannot_be_submitted_and_says_what_is_missing(visit: Visit) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Halfway House"), until="business")
    page.goto(f"/brands/drafts/{brand}/check/")
    expect(page.get_by_role("button", name="Confirm and submit")).to_have_count(0)
    page.get_by_role("link", name="Fill in Website").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Brand information")
