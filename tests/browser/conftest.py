"""The real product in a real browser: one `manage.py up` and one Chromium for all tests of this folder.

Both end with the folder, not with the run: while Playwright is open, no other test could use asyncio.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, expect, sync_playwright

from tests.browser.running import Portal
from tests.browser.walking import sign_in

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    # Chromium refuses to run as root with its sandbox; the pages are our own.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # It talks to nobody but us.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Milliseconds. For a slow machine under load; a person would have given up by then.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


class Visit(Protocol):
    """Opens a path as a person (None: nobody) in a browser context of its own."""

    def __call__(self, path: str = "/", who: str | None = "ada", **options: Any) -> Page: ...


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of this machine. Skips with the reason where there is none, unless REQUIRE_BROWSER=1."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = f"no browser: CHROMIUM is not set, and none of {', '.join(NAMES)} is on the path"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def portal(chromium: Browser) -> Iterator[Portal]:
    """Everything that `manage.py up` starts. After the tests nothing of it may be left."""
    with Portal() as portal:
        yield portal


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, portal: Portal) -> dict[str, StorageState]:
    """The cookies of everybody who has an account, after signing in by the form."""
    cookies = {}
    for name, person in portal.people.items():
        context = chromium.new_context(base_url=portal.url)
        page = context.new_page()
        page.goto("/")
        sign_in(page, person)
        cookies[name] = context.storage_state()
        context.close()
    return cookies


@pytest.fixture
def visit(chromium: Browser, portal: Portal, signed_in: dict[str, StorageState]) -> Iterator[Visit]:
    """See Visit. At the end no page may have complained: no script error, no violation of the policy."""
    contexts, complaints = [], []

    def note(message: ConsoleMessage) -> None:
        # The browser writes a line for every page that is an answer to a mistake; those are tested elsewhere.
        a_refusal = re.search(r"server responded with a status of 4\d\d", message.text)
        a_file = "/static/" in message.location["url"]
        if message.type in {"error", "warning"} and (a_file or not a_refusal):
            complaints.append(f"{message.type}: {message.text} {message.location['url']}")

    def open_page(path: str = "/", who: str | None = "ada", **options: Any) -> Page:
        if who is not None:
            options["storage_state"] = signed_in[who]
        context = chromium.new_context(base_url=portal.url, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("console", note)
        context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
