"""One brand from the wizard to the registry's verdict: by mouse, by keyboard alone, and without scripts."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.running import Portal
from tests.browser.walking import (
    STEPS,
    Answers,
    accept_terms,
    answer,
    answer_by_keyboard,
    answers,
    control,
    draft,
    go_on,
    skip_to_content,
    submit,
    tab_to,
    walk,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# Notes on the page what its status region says, and stays only as long as the document does.
LISTEN = """() => {
    window.said = [];
    new MutationObserver(() => {
        const words = document.getElementById('announce').innerText.trim();
        if (words) window.said.push(words);
    }).observe(document.getElementById('announce'), { childList: true, characterData: true, subtree: true });
}"""


def badge(page: Page) -> Locator:
    """The badge beside the title of a brand's page."""
    return page.locator("#brand-badge")


def filed(portal: Portal, given: Answers) -> dict[str, Any]:
    """The one brand of that name which the registry has."""
    found = portal.registry.brands(name=given.name)
    assert len(found) == 1
    posts = portal.registry.ledger(method="POST", key=found[0]["key"])
    assert [post["path"] for post in posts] == ["/v2/10dlc/brand"]
    return found[0]


def test_a_brand_goes_from_the_wizard_to_verified_before_ones_eyes(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Mousetown Bakery", public=True)
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="SMS campaigns").click()
    walk(page, given)

    page.get_by_role("link", name="Change Support e-mail").click()
    expect(control(page, "email")).to_have_value(given.steps["contact"]["email"])
    answer(page, {"email": "hello@mousetown.example"})
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.get_by_text("hello@mousetown.example")).to_be_visible()

    went: list[str] = []
    with portal.paused("celery", "worker"):
        page.get_by_role("button", name="Confirm and submit").click()
        expect(badge(page)).to_have_text("Submitting")
        page.evaluate(LISTEN)
        page.on("framenavigated", lambda frame: went.append(frame.url))
    expect(badge(page)).to_have_text("In review")
    # A look that finds nothing new must say nothing.
    with page.expect_response(re.compile("/status/")):
        pass
    brand = filed(portal, given)
    assert brand["filed"]["email"] == "hello@mousetown.example"
    assert brand["filed"]["stockSymbol"] == "ACME"

    portal.registry.approve(brand["id"])
    # A listed company's contact has to follow the link in the registry's e-mail.
    expect(badge(page)).to_have_text("Needs authentication", timeout=30_000)
    portal.registry.confirm_email(brand["id"])
    expect(badge(page)).to_have_text("Verified", timeout=30_000)
    expect(page.locator("#record")).to_contain_text("The registry verified the brand")
    assert went == []
    said = [words for words in page.evaluate("window.said") if "is now" in words]
    words = ("In review", "Needs authentication", "Verified")
    assert said == [f"{given.name} is now: {word}" for word in words]
    # Nothing can change any more, so nothing asks any more.
    expect(page.locator("[data-refresh]")).to_have_count(0)


def test_the_keyboard_alone_is_enough(visit: Visit, portal: Portal) -> None:
    page = visit("/sms-campaigns/", who=None)
    given = answers("Keyfield Motors", public=True)
    person = portal.people["ada"]
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(person.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(person.password)
    _enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("SMS campaigns")

    tab_to(page, page.get_by_role("link", name="Create 10DLC brand"))
    _enter(page)
    tab_to(page, page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    _go_on_by_keyboard(page)
    for slug in STEPS:
        skip_to_content(page)
        answer_by_keyboard(page, given.steps[slug])
        _go_on_by_keyboard(page)
    skip_to_content(page)
    tab_to(page, page.get_by_role("link", name="Change City"))
    _enter(page)
    expect(control(page, "city")).to_have_value("Seattle")
    tab_to(page, control(page, "city"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Tacoma")
    _go_on_by_keyboard(page)
    skip_to_content(page)
    tab_to(page, page.get_by_role("button", name="Confirm and submit"))
    _enter(page)
    expect(badge(page)).to_have_text("In review")

    # A refresh must not take the focus away from somebody who stands on the link.
    skip_to_content(page)
    check = page.get_by_role("link", name="Check now")
    tab_to(page, check)
    with page.expect_response(lambda response: "/status/" in response.url and response.status == 200):
        page.keyboard.press("Enter")
    expect(check).to_be_focused()
    brand = filed(portal, given)
    assert brand["filed"]["city"] == "Tacoma"
    portal.registry.approve(brand["id"])
    expect(badge(page)).to_have_text("Needs authentication", timeout=30_000)
    portal.registry.confirm_email(brand["id"])
    expect(badge(page)).to_have_text("Verified", timeout=30_000)


def _go_on_by_keyboard(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Continue"))
    _enter(page)


def _enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_it_works_without_scripts(visit: Visit, portal: Portal) -> None:
    page = visit("/sms-campaigns/", java_script_enabled=False)
    given = answers("Plainview Dairy")
    _walk_without_scripts(page, given)
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page).to_have_title(re.compile(given.name))
    _look_until(page, "In review")
    portal.registry.approve(filed(portal, given)["id"])
    _look_until(page, "Verified")
    expect(page.get_by_role("link", name="Check now")).to_have_count(0)


def _walk_without_scripts(page: Page, given: Answers) -> None:
    page.get_by_role("link", name="Create 10DLC brand").click()
    accept_terms(page)
    for slug in STEPS:
        for name, value in given.steps[slug].items():
            found = control(page, name)
            kind = found.first.get_attribute("type")
            if kind == "radio":
                page.locator(f"[name={name}][value={value}]").check()
            elif kind is None:
                found.select_option(value)
            else:
                found.fill(value)
        go_on(page)


def _look_until(page: Page, word: str) -> None:
    """Press "Check now" as an impatient person does, until the badge says `word`."""
    give_up = time.monotonic() + 30
    while badge(page).inner_text().strip() != word:
        assert time.monotonic() < give_up, f"the badge still says {badge(page).inner_text()}"
        with page.expect_navigation():
            page.get_by_role("link", name="Check now").click()


def test_badges_in_lists_follow_along(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Listed Florists")
    brand = draft(page.context, given)
    pages = [page, page.context.new_page()]
    with portal.paused("celery", "worker"):
        submit(page.context, brand)
        for one, path in zip(pages, ["/", "/sms-campaigns/"], strict=True):
            one.goto(path)
            expect(one.locator(f"#badge-{brand}")).to_have_text("Submitting")
            one.evaluate(LISTEN)
    for one in pages:
        one.bring_to_front()
        expect(one.locator(f"#badge-{brand}")).to_have_text("In review", timeout=30_000)
    with page.expect_response(re.compile("/badges/")):
        page.bring_to_front()
    portal.registry.reject(filed(portal, given)["id"], text="No such company in our records.")
    for one in pages:
        one.bring_to_front()
        expect(one.locator(f"#badge-{brand}")).to_have_text("Rejected", timeout=30_000)
        said = [words for words in one.evaluate("window.said") if given.name in words]
        assert said == [f"{given.name} is now: In review", f"{given.name} is now: Rejected"]
    page.goto(f"/brands/{brand}/")
    expect(page.get_by_text("No such company in our records.")).to_be_visible()


def test_deciding_on_the_registrys_own_page_reaches_the_portal(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    given = answers("Handmade Verdicts")
    brand = draft(page.context, given)
    submit(page.context, brand)
    page.goto(f"/brands/{brand}/")
    expect(badge(page)).to_have_text("In review")

    # Same machine, other port: cookies of the one must not disturb the other.
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Practice registry").click(modifiers=["ControlOrMeta"])
    registry = opened.value
    registry.get_by_role("row", name=given.name).get_by_role("button", name="Verify").click()
    expect(registry.get_by_role("heading", level=1)).to_have_text(given.name)
    expect(registry.locator(".badge").first).to_have_text("Verified")
    expect(badge(page)).to_have_text("Verified", timeout=30_000)
    page.reload()
    expect(badge(page)).to_have_text("Verified")


def test_a_submission_wakes_the_worker_instead_of_waiting_for_the_tick(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Nudge Nurseries"))
    submit(page.context, brand)
    page.goto(f"/brands/{brand}/")
    expect(badge(page)).to_have_text("In review")
    assert "tasks.look" in portal.log("worker")
    assert "nudge lost" not in portal.log("web")
