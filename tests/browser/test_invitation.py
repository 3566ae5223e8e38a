"""From an invitation to the first sign-in, as two people do it; and the owner who cannot go."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Visit
from tests.browser.looking import overflow
from tests.browser.running import Portal, SignIn
from tests.browser.walking import picture, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

COMPANY = "Larkspur Dental Group"


def signed_in_now(visit: Visit, portal: Portal, who: str) -> Page:
    """Somebody who has just signed in: acts on owners ask for that."""
    page = visit("/", who=None)
    sign_in(page, portal.people[who])
    return page


def invite(page: Page, email: str, role: str) -> None:
    """From anywhere to an invitation that is under way."""
    page.get_by_role("link", name="Members").first.click()
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill(email)
    page.locator(".choice", has_text=role).first.click()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator("[data-toast]")).to_contain_text(f"{email} is invited")


def link_in_mail(page: Page, email: str) -> str:
    """Wait for the mail in the outbox, open it, and read the address of its link."""
    mail = page.locator("main li", has_text=email)
    deadline = time.monotonic() + PATIENCE / 1000
    page.goto("/outbox/")
    while not mail.count() and time.monotonic() < deadline:
        time.sleep(0.5)
        page.reload()
    mail.get_by_role("link").first.click()
    found = re.search(r"http://\S+/organization/join/[\w.=-]+/", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    assert overflow(page, 390) == [], "the link is longer than the screen is wide"
    return found[0]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_invitation_leads_to_a_first_sign_in(visit: Visit, portal: Portal, script: bool) -> None:
    ada = visit("/")
    email = f"noor-{uuid4().hex[:6]}@larkspur.example"
    invite(ada, email, "Submitter")
    expect(ada.locator(".line", has_text=email)).to_contain_text(re.compile("Mail (waiting|sent)"))
    picture(ada, "members-with-invitation")
    link = link_in_mail(ada, email)

    noor = visit("/account/login/", who=None, java_script_enabled=script)
    noor.goto(link)
    expect(noor.get_by_role("heading", level=1)).to_have_text(f"Join {COMPANY}")
    expect(noor.locator("main")).to_contain_text("Ada Osei invites you")
    picture(noor, "join")
    noor.get_by_role("button", name="Join").click()
    expect(noor.locator(".errors")).to_contain_text("Fill in “Your name”.")
    if script:
        expect(noor.locator(".errors")).to_be_focused()
    noor.get_by_label("Your name").fill("Noor Haddad")
    noor.get_by_label("Password").fill("four words for a door")
    noor.get_by_role("button", name="Join").click()
    expect(noor.get_by_role("heading", level=1)).to_have_text("Overview")
    expect(noor.locator(".rail .menu__who")).to_contain_text("Noor Haddad")
    expect(noor.locator("body")).to_contain_text(f"Welcome to {COMPANY}.")

    again = visit("/account/login/", who=None, java_script_enabled=script)
    sign_in(again, SignIn(email, "four words for a door"))
    expect(again.get_by_role("heading", level=1)).to_have_text("Overview")
    nobody = visit("/account/login/", who=None)
    nobody.goto(link)
    expect(nobody.get_by_role("heading", level=1)).to_have_text("This invitation has been used")

    ada.goto("/organization/members/")
    row = ada.get_by_role("row", name=email)
    expect(row).to_contain_text("Submitter")
    expect(ada.locator(".line", has_text=email)).to_have_count(0)
    row.get_by_role("link", name="Remove").click()
    ada.get_by_role("button", name="Remove Noor Haddad").click()
    expect(ada.locator("[data-toast]")).to_contain_text("Noor Haddad was removed")
    noor.goto("/")
    expect(noor.get_by_role("heading", level=1)).to_have_text("You belong to no organization yet")


def test_the_last_owner_is_refused(visit: Visit, portal: Portal) -> None:
    page = signed_in_now(visit, portal, "ada")
    page.goto("/organization/members/")
    row = page.get_by_role("row", name="Ada Osei")
    row.get_by_role("link", name="Leave").click()
    expect(page.locator("main .note").last).to_contain_text(f"{COMPANY} always needs an owner.")
    expect(page.get_by_role("button", name="Leave")).to_have_count(0)
    page.get_by_role("link", name="To the members").click()
    row.get_by_role("link", name="Change role").click()
    page.locator(".choice", has_text="Admin").first.click()
    page.get_by_role("button", name="Change role").click()
    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator(".errors")).to_contain_text("needs an owner. Make somebody else an owner first.")
    expect(page).to_have_title(re.compile("^Error:"))
    picture(page, "last-owner")
    page.goto("/organization/members/")
    expect(row).to_contain_text("Owner")
