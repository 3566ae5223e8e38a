"""Campaigns without a person at the screen: what a test needs before the part that it looks at."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, expect

from tests.browser.newcomers import newcomer
from tests.browser.running import Portal, SignIn
from tests.browser.walking import _post, answers, draft, sign_in, submit
from tests.campaigns.answers import REQUIREMENTS, STEPS

# The company that the answers of the campaign name, so that no rule misses it in them.
COMPANY = "Acme Plumbing"


def with_a_verified_brand(portal: Portal, context: BrowserContext) -> SignIn:
    """Somebody of a new organization whose one brand is verified, signed in within `context`."""
    page = context.new_page()
    person = newcomer(portal, page)
    sign_in(page, person)
    brand = draft(context, answers("Wizard Waterworks").but("company", display_name=COMPANY))
    submit(context, brand)
    page.goto(f"/brands/{brand}/")
    expect(page.locator("#brand-badge")).to_have_text("In review")
    portal.registry.approve(portal.registry.brands(name=COMPANY)[-1]["id"])
    expect(page.locator("#brand-badge")).to_have_text("Verified", timeout=30_000)
    page.close()
    return person


def one(answers: dict[str, object]) -> dict[str, str]:
    """As plain requests send them: of several choices the first."""
    return {name: value[0] if isinstance(value, list) else str(value) for name, value in answers.items()}


def campaign(context: BrowserContext, *, until: str = "check", **details: str) -> str:
    """A draft by plain requests, answered up to and without the step `until`, with `details` of one's own; its id."""
    answered = _post(context, "/campaigns/new/", one(REQUIREMENTS))
    found = re.search(r"/campaigns/drafts/([0-9a-f-]{36})/", answered.url)
    assert found, f"no draft was made: {answered.status} {answered.url}"
    path = f"/campaigns/drafts/{found[1]}"
    for slug, given in STEPS.items():
        if slug == until:
            break
        filled = one(given) | (details if slug == "details" else {})
        if slug == "flow":
            page = context.request.get(f"{path}/flow/").text()
            text = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
            assert text
            filled["message_flow"] = text[1]
        answered = _post(context, f"{path}/{slug}/", filled)
        assert answered.ok, f"{slug}: {answered.status}\n{answered.text()[-3000:]}"
    return found[1]


def submit_campaign(context: BrowserContext, campaign_id: str) -> None:
    """Submit a complete draft."""
    answered = _post(context, f"/campaigns/drafts/{campaign_id}/submission/", {})
    assert answered.url.endswith(f"/campaigns/{campaign_id}/"), f"{answered.status} {answered.url}"
