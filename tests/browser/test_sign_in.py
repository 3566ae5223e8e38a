"""Signing in as people do it: by keyboard, with an app, with a passkey; and what happens when the time is up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.accounts.proving import code
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.newcomers import newcomer
from tests.browser.running import Portal, SignIn
from tests.browser.walking import picture, sign_in, skip_to_content, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def press(page: Page, words: str) -> None:
    """Walk to the button or link of that name with Tab, and press Enter; wait until another page is there."""
    found = page.get_by_role("main").get_by_role("button", name=words, exact=True)
    target = found.or_(page.get_by_role("main").get_by_role("link", name=words, exact=True))
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Page, label: str, text: str) -> None:
    """Walk to the field of that label with Tab, and type."""
    field = page.get_by_label(label, exact=True)
    tab_to(page, field)
    page.keyboard.type(text)
    expect(field).to_have_value(text)


def sign_in_by_keyboard(page: Page, person: SignIn) -> None:
    page.goto("/account/login/")
    type_into(page, "E-mail address", person.email)
    type_into(page, "Password", person.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    press(page, "Sign out")


def test_an_app_is_set_up_and_used_with_the_keyboard_alone(visit: Visit, portal: Portal) -> None:
    page = visit("/account/login/", who=None)
    person = newcomer(portal, page)
    sign_in_by_keyboard(page, person)
    page.goto("/account/profile/")
    skip_to_content(page)
    press(page, "Set up two-step sign-in")
    skip_to_content(page)
    press(page, "Set up an app")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up an authenticator app")
    assert page.locator("img").evaluate("(one) => one.complete && one.naturalWidth > 0"), (
        "the code can be scanned"
    )
    key = page.locator(".copyable__text").inner_text()
    # Wrong first: the key stays, the focus goes to what is wrong.
    type_into(page, "Code that the app shows", "000000")
    press(page, "Turn it on")
    expect(page.locator(".errors")).to_be_focused()
    assert page.locator(".copyable__text").inner_text() == key
    field = page.get_by_label("Code that the app shows", exact=True)
    tab_to(page, field)
    page.keyboard.press("Control+A")
    page.keyboard.type(code(key))
    press(page, "Turn it on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    press(page, "I have kept them")

    sign_out(page)
    sign_in_by_keyboard(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    page.keyboard.type(code(key, periods=1))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")

    sign_out(page)
    sign_in_by_keyboard(page, person)
    page.keyboard.type(codes[0])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.goto("/account/profile/")
    expect(page.get_by_role("main")).to_contain_text("9 of 10 left")


def test_recovery_codes_can_be_kept_in_three_ways(visit: Visit, portal: Portal) -> None:
    page = visit("/account/login/", who=None, permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, newcomer(portal, page))
    page.goto("/account/two-step/totp/activate/")
    page.get_by_label("Code that the app shows").fill(code(page.locator(".copyable__text").inner_text()))
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".codes li").all_inner_texts()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("[data-toasts]")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").split() == codes
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    assert download.value.suggested_filename == "clearline-recovery-codes.txt"
    assert download.value.path().read_text().split() == codes
    page.emulate_media(media="print")
    expect(page.locator(".codes")).to_be_visible()
    expect(page.get_by_role("button", name="Save as a file")).to_be_hidden()
    page.emulate_media(media="screen")
    # Back does not bring them out of the browser's memory.
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two-step sign-in")
    page.go_back()
    expect(page.get_by_role("main")).to_contain_text("cannot be shown again")
    assert not any(one in page.content() for one in codes)


@pytest.fixture
def by_name(chromium: Browser, portal: Portal) -> Iterator[Page]:
    """A page at http://localhost, where passkeys work. No page may complain."""
    complaints: list[str] = []
    context = chromium.new_context(base_url=portal.url.replace("127.0.0.1", "localhost"))
    context.set_default_timeout(PATIENCE)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on(
        "console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None
    )
    yield context.new_page()
    context.close()
    assert complaints == []


def authenticator(page: Page, *, proves_the_person: bool = True) -> CDPSession:
    """A passkey device inside Chromium, which answers by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": proves_the_person,
        "isUserVerified": proves_the_person,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def add_passkey(page: Page, name: str) -> None:
    page.goto("/account/two-step/")
    page.get_by_role("link", name=re.compile("Add (a|another) passkey")).click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the passkey").click()


def test_a_passkey_is_added_and_signs_in_alone(by_name: Page, portal: Portal) -> None:
    page = by_name
    authenticator(page)
    person = newcomer(portal, page, by_name=True)
    sign_in(page, person)
    add_passkey(page, "Work laptop")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("main")).to_contain_text("Work laptop")
    expect(page.get_by_role("main")).to_contain_text("signs you in without a password")
    findings = axe_findings(page)
    picture(page, "two-step-with-passkey")
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/sms-campaigns/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SMS campaigns")
    # It is the second step after a password, too, and a fresh proof.
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    findings += axe_findings(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.goto("/account/two-step/webauthn/reauthenticate/?next=/account/profile/")
    findings += axe_findings(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    # Renamed, and removed with the recovery codes that hang on it.
    page.goto("/account/two-step/")
    page.get_by_role("link", name="Rename Work laptop").click()
    page.get_by_label("Name").fill("Old laptop")
    findings += axe_findings(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Old laptop").click()
    expect(page.get_by_role("main")).to_contain_text("your 10 recovery codes go too")
    findings += axe_findings(page) + overflow(page, 320)
    page.get_by_role("button", name="Remove it").click()
    page.goto("/account/profile/")
    expect(page.get_by_role("main")).to_contain_text("None")
    assert findings == []


def test_a_device_that_has_no_passkey_is_told_so(by_name: Page, portal: Portal) -> None:
    page = by_name
    authenticator(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-passkey-problem]")).to_contain_text("Nothing came back")
    assert axe_findings(page) == []


def test_a_device_that_has_one_already_is_told_so(by_name: Page, portal: Portal) -> None:
    page = by_name
    authenticator(page)
    sign_in(page, newcomer(portal, page, by_name=True))
    add_passkey(page, "One")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes")
    add_passkey(page, "The same again")
    expect(page.locator("[data-passkey-problem]")).to_contain_text("has a passkey for your account already")


def test_a_device_that_proves_nobody_makes_no_passkey_that_signs_in_alone(
    by_name: Page, portal: Portal
) -> None:
    page = by_name
    authenticator(page, proves_the_person=False)
    sign_in(page, newcomer(portal, page, by_name=True))
    add_passkey(page, "Bare key")
    expect(page.locator("[data-passkey-problem]")).to_be_visible()
    page.get_by_role("checkbox", name="Sign in with this passkey alone").uncheck()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes")


def test_at_a_number_the_page_says_where_passkeys_work(visit: Visit, portal: Portal) -> None:
    page = visit("/account/login/", who=None)
    page.get_by_role("button", name="Sign in with a passkey").click()
    link = page.locator("[data-passkey-problem]").get_by_role("link")
    expect(link).to_have_attribute("href", f"http://localhost:{urlsplit(portal.url).port}/account/login/")
    link.click()
    expect(page).to_have_url(re.compile("http://localhost:"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
