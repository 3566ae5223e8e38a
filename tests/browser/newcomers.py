"""People of their own for tests that change how somebody signs in."""

from __future__ import annotations

import itertools

import psycopg
from playwright.sync_api import Page, expect

from portal.embedded.home import Home
from tests.browser.running import Portal, SignIn

PASSWORD = "a long and quiet password"
_NUMBER = itertools.count(1)


def newcomer(portal: Portal, page: Page, *, by_name: bool = False) -> SignIn:
    """Somebody of a new organization, who has chosen a password and is on the sign-in page.

    `by_name`: at localhost instead of 127.0.0.1, where passkeys work.
    """
    number = next(_NUMBER)
    email = f"kim{number}@factors.example"
    link = portal.enrol(f"Factors {number}", email, name="Kim Factor")
    page.goto(link.replace("127.0.0.1", "localhost") if by_name else link)
    for field in page.locator("#main input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("link", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    return SignIn(email, PASSWORD)


def age(portal: Portal, email: str, idle: str) -> None:
    """Let the last activity of everybody who signed in as `email` be so long ago."""
    with psycopg.connect(Home(portal._data).owner_url) as database:
        changed = database.execute(
            "UPDATE usersessions_usersession s SET last_seen_at = clock_timestamp() - %s::interval"
            " FROM accounts_user u WHERE u.id = s.user_id AND u.email = %s",
            [idle, email],
        ).rowcount
    assert changed
