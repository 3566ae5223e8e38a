"""Brands that somebody has to prove: a listed company's contact, and a sole proprietor's mobile phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal
from tests.browser.walking import Answers, accept_terms, answer, answers, draft, go_on, picture, submit
from tests.factories import ALONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def speaking(portal: Portal) -> Iterator[None]:
    """The registry decides by itself: nobody can decide by hand that a phone is still to be proven."""
    portal.registry.silence_all(silent=False)
    yield
    portal.registry.silence_all()


def badge(page: Page) -> Locator:
    """The badge beside the title of a brand's page."""
    return page.locator("#brand-badge")


def look(page: Page, name: str) -> None:
    """Accessible and not too wide, light and dark, wide and at 390 px."""
    found = []
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += overflow(page, width)
        found += axe_findings(page)
        picture(page, f"{name}-{scheme}-{width}")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    assert found == []


def filed(portal: Portal, name: str) -> str:
    """The registry's id of the brand with this display name."""
    (brand,) = portal.registry.brands(name=name)
    return str(brand["id"])


def alone(stem: str) -> Answers:
    """What a sole proprietor answers."""
    given = answers(stem)
    company = {
        "entity_type": ALONE["entity_type"],
        "first_name": "Ada",
        "last_name": "Osei",
        "display_name": given.name,
        "country": "US",
    }
    contact = {
        "email": "ada@osei.example",
        "phone": "(206) 555-0142",
        "mobile_phone": "(206) 555-0177",
    }
    return Answers(given.name, given.steps | {"company": company, "contact": contact})


def test_a_listed_company_is_verified_once_its_contact_has_followed_the_link(
    visit: Visit, portal: Portal
) -> None:
    page = visit("/")
    given = answers("Contact Cannery", public=True)
    brand = draft(page.context, given)
    submit(page.context, brand)
    page.goto(f"/brands/{brand}/")
    expect(badge(page)).to_have_text("In review")
    portal.registry.approve(filed(portal, given.name))
    expect(badge(page)).to_have_text("Needs authentication", timeout=30_000)
    panel = page.locator("#proof")
    expect(panel).to_contain_text("ada.osei@acme.example")
    expect(page.locator("#live")).to_contain_text("waiting for the contact person")
    look(page, "proof-mail-sent")

    # By the registry's clock, which everybody follows.
    portal.registry.advance(days=8)
    page.reload()
    expect(panel).to_contain_text("The link in the e-mail has expired.", timeout=30_000)
    look(page, "proof-mail-expired")
    page.get_by_role("link", name=re.compile("^Change .*contact person's e-mail")).click()
    page.get_by_label("Contact person's own e-mail").fill("nobody")
    page.get_by_role("button", name="File the new address").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, "proof-contact-error")
    page.get_by_role("link", name="Keep the old one").click()
    page.get_by_role("button", name="Send the e-mail again").click()
    expect(panel).to_contain_text("The e-mail was sent again.", timeout=30_000)
    expect(page.get_by_role("button", name="Send the e-mail again")).to_have_count(0)
    look(page, "proof-mail-again")

    portal.registry.confirm_email(filed(portal, given.name))
    portal.registry.advance(hours=2)
    expect(badge(page)).to_have_text("Verified", timeout=30_000)
    expect(panel).to_be_empty()
    expect(page.get_by_role("heading", name="Vetting score")).to_be_visible()
    look(page, "proof-mail-verified")


@pytest.mark.usefixtures("speaking")
def test_a_sole_proprietor_proves_a_phone_by_one_time_password(visit: Visit, portal: Portal) -> None:
    page = visit("/sms-campaigns/")
    given = alone("Osei Flowers")
    page.get_by_role("link", name="Create 10DLC brand").click()
    accept_terms(page)
    expect(page.get_by_label("Legal company name")).to_be_visible()
    expect(page.get_by_label("First name")).to_be_hidden()
    page.locator(".choice", has=page.locator("[value=SOLE_PROPRIETOR]")).click()
    expect(page.get_by_label("Legal company name")).to_be_hidden()
    expect(page.get_by_label(re.compile("Employer Identification"))).to_be_hidden()
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("Enter the proprietor's first name.")
    look(page, "alone-company-error")
    for slug in ("company", "address", "business", "contact"):
        answer(page, given.steps[slug])
        go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    look(page, "alone-check")
    page.get_by_role("button", name="Confirm and submit").click()
    expect(badge(page)).to_have_text("In review", timeout=30_000)
    portal.registry.advance(seconds=130)
    expect(badge(page)).to_have_text("Needs one-time password", timeout=30_000)
    look(page, "alone-password-none")

    page.get_by_role("button", name="Send the one-time password").click()
    digits = page.get_by_label("The six digits")
    expect(digits).to_be_visible(timeout=30_000)
    # What is typed stays while the page follows the text message.
    digits.fill("12")
    portal.registry.advance(seconds=15)
    expect(page.locator("#proof-delivery")).to_contain_text("Delivered to +1 206 555 0177", timeout=30_000)
    expect(digits).to_have_value("12")
    look(page, "alone-password-sent")

    page.get_by_role("button", name="Check the digits").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    look(page, "alone-password-error")
    pin = portal.registry.pin(filed(portal, given.name))
    digits.fill("111111" if pin != "111111" else "222222")
    page.get_by_role("button", name="Check the digits").click()
    expect(page.locator("#proof")).to_contain_text("Those digits were not right.", timeout=30_000)
    expect(page.locator("#proof")).to_contain_text("4 tries left.")
    look(page, "alone-password-wrong")
    digits.fill(f"{pin[:3]} {pin[3:]}")
    page.get_by_role("button", name="Check the digits").click()
    expect(badge(page)).to_have_text("Verified", timeout=30_000)
    look(page, "alone-verified")


@pytest.mark.usefixtures("speaking")
def test_the_password_works_without_scripts(visit: Visit, portal: Portal) -> None:
    page = visit("/", java_script_enabled=False)
    given = alone("Scriptless Flowers")
    brand = draft(page.context, given)
    submit(page.context, brand)
    page.goto(f"/brands/{brand}/")
    _press_until(page, badge(page), "In review")
    portal.registry.advance(seconds=130)
    _press_until(page, badge(page), "Needs one-time password")
    page.get_by_role("button", name="Send the one-time password").click()
    _press_until(page, page.locator("#proof"), "The six digits")
    page.get_by_label("The six digits").fill(portal.registry.pin(filed(portal, given.name)))
    page.get_by_role("button", name="Check the digits").click()
    _press_until(page, badge(page), "Verified")


def _press_until(page: Page, place: Locator, words: str) -> None:
    """Press "Check now" as an impatient person does, until `place` shows `words`."""
    for _look in range(60):
        if words in place.inner_text():
            return
        with page.expect_navigation():
            page.get_by_role("link", name="Check now").click()
        page.wait_for_timeout(500)
    expect(place).to_contain_text(words)
