"""Findings while one fills in a step: said when a field is left, gone when it is mended, never in the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.walking import answer, answers, control, draft, picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

FREE = "“gmail.com” is a mail service that anybody can use."


def found(page: Page, name: str) -> Locator:
    """The place below a field."""
    return page.locator(f"#id_{name}_findings")


def at(visit: Visit, step: str, **options: object) -> Page:
    """A draft of its own, opened at one step."""
    page = visit("/", **options)
    brand = draft(page.context, answers("Findings Foods", public=True))
    page.goto(f"/brands/drafts/{brand}/{step}/")
    return page


def asked(page: Page) -> list[Request]:
    """The requests for findings, as they are made."""
    made: list[Request] = []
    page.on("request", lambda one: made.append(one) if one.url.endswith("/findings/") else None)
    return made


def test_leaving_a_field_says_what_is_found_once_and_mending_takes_it_away(visit: Visit) -> None:
    page = at(visit, "contact")
    email = control(page, "email")
    email.fill("acme@gmail.com")
    expect(found(page, "email")).to_be_empty()
    control(page, "phone").click()
    expect(found(page, "email")).to_contain_text(FREE)
    expect(page.locator("#announce")).to_contain_text(FREE)
    expect(control(page, "phone")).to_be_focused()
    assert "id_email_findings" in (email.get_attribute("aria-describedby") or "")
    assert axe_findings(page) == []
    picture(page, "findings-live")
    # Typing on mends it without leaving the field, and without losing the place in it.
    email.fill("acme@acme.example")
    expect(found(page, "email")).to_be_empty()
    expect(email).to_be_focused()
    expect(page.locator("#announce")).to_contain_text("nothing to note any more")


def test_nobody_is_told_off_in_the_middle_of_a_word(visit: Visit) -> None:
    page = at(visit, "contact")
    requests = asked(page)
    control(page, "email").fill("")
    control(page, "email").press_sequentially("acme@gm", delay=40)
    page.wait_for_timeout(1_500)
    assert requests == []
    expect(found(page, "email")).to_be_empty()


def test_an_answer_that_comes_too_late_is_dropped(visit: Visit) -> None:
    page = at(visit, "contact")
    held: list[Route] = []
    page.route("**/findings/", lambda route: route.continue_() if held else held.append(route))
    page.evaluate(
        """() => {
            window.said = [];
            const field = document.querySelector("#id_email").closest(".field");
            const note = () => window.said.push(field.querySelector(".findings").textContent.trim());
            new MutationObserver(note).observe(field, { childList: true, subtree: true });
        }"""
    )
    with page.expect_request("**/findings/"):
        control(page, "email").fill("acme@gmail.com")
        control(page, "phone").click()
    control(page, "email").fill("acme@yahoo.com")
    control(page, "phone").click()
    held[0].continue_()
    expect(found(page, "email")).to_contain_text("yahoo.com")
    assert [one for one in page.evaluate("window.said") if "gmail" in one] == []


def test_what_the_form_refuses_is_said_when_the_field_is_left(visit: Visit) -> None:
    page = at(visit, "company")
    control(page, "tax_id").fill("123-45-6789")
    control(page, "legal_name").click()
    expect(found(page, "tax_id")).to_contain_text("social security number")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_focused()
    expect(found(page, "tax_id")).to_be_empty()
    expect(page.locator("#id_tax_id_error")).to_contain_text("social security number")


def test_a_radio_button_is_answered_at_once_and_keeps_its_focus(visit: Visit) -> None:
    page = at(visit, "company")
    control(page, "legal_name").fill("City of Larkspur LLC")
    choice = page.locator("[name=entity_type][value=GOVERNMENT]")
    choice.check()
    expect(found(page, "entity_type")).to_contain_text("ends like a company for profit")
    expect(choice).to_be_focused()


def test_the_enter_key_still_goes_on(visit: Visit) -> None:
    page = at(visit, "contact")
    control(page, "email").fill("acme@gmail.com")
    control(page, "email").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")


def test_a_sign_in_that_ended_takes_nobody_away_from_what_they_type(visit: Visit) -> None:
    page = at(visit, "contact")
    page.context.clear_cookies(name="session")
    control(page, "email").fill("acme@gmail.com")
    with page.expect_response("**/findings/"):
        control(page, "phone").click()
    page.wait_for_timeout(500)
    expect(control(page, "email")).to_have_value("acme@gmail.com")
    assert page.url.endswith("/contact/")


def test_what_is_likely_rejected_is_sent_on_by_one_deliberate_click(visit: Visit) -> None:
    page = visit("/")
    given = answers("Shortened Shoes")
    brand = draft(
        page.context, given.but("business", website="https://bit.ly/3xYz").but("contact", email="a@gmail.com")
    )
    page.goto(f"/brands/drafts/{brand}/check/")
    panel = page.get_by_role("region", name="Our check before sending")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel.get_by_role("listitem").first).to_contain_text("Likely rejected")
    assert axe_findings(page) == []
    picture(page, "check-likely-rejected")
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_focused()
    assert axe_findings(page) == []
    page.get_by_role("link", name=re.compile("Tick “Send it anyway”")).click()
    expect(page.get_by_role("checkbox", name="Send it anyway")).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_label("Why you send it anyway").fill("It is our own product.")
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page).to_have_url(re.compile(f"/brands/{brand}/$"))
    expect(page.locator("#record")).to_contain_text("It is our own product.")


def test_change_leads_to_the_field_and_back_and_the_finding_is_gone(visit: Visit) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Changing Chairs").but("contact", email="a@gmail.com"))
    page.goto(f"/brands/drafts/{brand}/check/")
    panel = page.get_by_role("region", name="Our check before sending")
    expect(panel).to_contain_text("At risk")
    panel.get_by_role("link", name="Change Support e-mail").click()
    answer(page, {"email": "care@acme.example"})
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(panel).to_contain_text("No known problem")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_findings_fit_a_narrow_screen_and_both_themes(visit: Visit, scheme: str) -> None:
    page = visit("/", color_scheme=scheme)
    given = answers("Narrow Nuts").but("address", street="PO Box 12", postal_code="97201")
    brand = draft(page.context, given.but("business", website="https://bit.ly/3xYz"))
    for path in ("check", "address", "business"):
        page.goto(f"/brands/drafts/{brand}/{path}/")
        assert axe_findings(page) == []
        assert overflow(page, 390) == []
        picture(page, f"findings-{path}-{scheme}-390")


def test_without_a_script_findings_stand_in_the_step_and_on_the_check_page(visit: Visit) -> None:
    page = visit("/", java_script_enabled=False)
    brand = draft(page.context, answers("Scriptless Scones"), until="contact")
    page.goto(f"/brands/drafts/{brand}/contact/")
    expect(page.locator("[data-findings]")).to_be_hidden()
    answer(page, answers("Scriptless Scones").steps["contact"] | {"email": "scones@gmail.com"})
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("region", name="Our check before sending")).to_contain_text(FREE)
    page.go_back()
    page.reload()
    expect(found(page, "email")).to_contain_text(FREE)
