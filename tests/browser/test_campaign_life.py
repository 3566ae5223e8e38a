"""A campaign's life before one's eyes, on a clock that is moved: active, expired, submitted again with the same
numbers; rejected, fixed, active."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from portal.embedded.home import Home
from portal.lib.phones import shown
from tests.browser.campaigning import campaign, submit_campaign, with_a_verified_brand
from tests.browser.conftest import PATIENCE
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal
from tests.browser.walking import control, go_on, picture, skip_to_content, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# Milliseconds until a verdict of the practice registry stands on the page.
SOON = 30_000
MONTHS = 93
NUMBERS = ("+12065550131", "+12065550132", "+12065550133")
SAMPLE = (
    "Acme Plumbing: your appointment is on Monday at 8 AM. Reply YES to confirm it. Reply STOP to opt out."
)


@pytest.fixture(scope="module")
def own(chromium: Browser) -> Iterator[Portal]:
    """A portal of its own: its clock runs months ahead, which no other test could bear."""
    with Portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def context(chromium: Browser, own: Portal) -> Iterator[BrowserContext]:
    """The browser of somebody whose organization has one verified brand."""
    context = chromium.new_context(base_url=own.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    with_a_verified_brand(own, context)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


def badge(page: Page) -> Locator:
    return page.locator("#campaign-badge")


def look(page: Page, name: str) -> None:
    """Accessible and narrow enough, in both themes."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += axe_findings(page)
        for width in (1280, 390):
            found += overflow(page, width)
            picture(page, f"life-{name}-{scheme}-{width}")
    found += overflow(page, 320)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert found == []


def decide(page: Page, own: Portal, word: str, act: str, **order: object) -> None:
    """Let the registry decide about the campaign on the page, and watch the badge follow by itself."""
    name = page.get_by_role("heading", level=1).inner_text()
    there = registered(own, page)[-1]["id"]
    own.registry.decide_campaign(there, act, **order)
    own.registry.advance(seconds=7)
    expect(badge(page)).to_have_text(word, timeout=SOON)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def registered(own: Portal, page: Page) -> list[dict[str, str]]:
    """What the registry has of the campaign on the page, oldest first."""
    found = re.search(r"/campaigns/([0-9a-f-]{36})/", page.url)
    assert found
    with psycopg.connect(Home(own._data).owner_url) as database:
        keys = _in_tenant(
            database,
            found[1],
            "SELECT key FROM campaigns_registration WHERE campaign_id = %(campaign)s ORDER BY number",
        )
    return [one for key in keys for one in own.registry.campaigns(key=str(key))]


def account_there(own: Portal) -> str:
    """What the registry calls the portal's account."""
    (account,) = {one["account"] for one in own.registry.control("numbers")["numbers"]}
    return str(account)


def put_numbers_on(page: Page, own: Portal) -> None:
    """Three numbers of the carrier's account into the inventory and onto the campaign on the page, as a person does."""
    there = page.url
    name = page.get_by_role("heading", level=1).inner_text()
    account = account_there(own)
    own.registry.control("numbers", json={"account": account, "numbers": list(NUMBERS), "tags": []})
    page.goto("/numbers/new/")
    page.get_by_label("Phone numbers").fill("\n".join(NUMBERS))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("[data-bulk] output")).to_contain_text("3 of")
    page.get_by_role("button", name="Assign SMS/MMS campaign").click()
    chosen = page.get_by_role("radio", name=re.compile(re.escape(name)))
    if not chosen.is_checked():
        chosen.check()
    expect(page.locator("#preview")).to_contain_text("3 will be assigned")
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("dialog", name="Your request has been submitted.").get_by_role(
        "link", name="Close"
    ).click()
    live = page.locator("#order-live")
    for _second in range(60):
        # Each is decided when it has arrived there.
        own.registry.control("numbers/settle", json={"account": account_there(own)})
        own.registry.advance(seconds=60)
        page.wait_for_timeout(1_000)
        if "3 can text" in live.inner_text():
            break
    expect(live).to_contain_text("3 can text")
    page.goto(there)


def woken(page: Page, own: Portal) -> None:
    """Wait until the carrier has put the campaign's numbers on its new registration."""
    there = page.url
    for _second in range(30):
        own.registry.control("numbers/settle", json={"account": account_there(own)})
        own.registry.advance(seconds=600)
        page.goto(f"{there}numbers/")
        if page.get_by_text("3 of 3 can send.").count():
            break
        page.wait_for_timeout(1_000)
    page.goto(there)


def test_from_a_draft_to_active_expired_resubmitted_and_active_with_the_same_numbers(
    page: Page, context: BrowserContext, own: Portal
) -> None:
    campaign_id = campaign(context, name="Acme Plumbing reminders")
    page.goto(f"/campaigns/drafts/{campaign_id}/check/")
    page.get_by_role("button", name="Confirm and submit").click()
    expect(badge(page)).to_have_text("With the registry", timeout=SOON)
    look(page, "in-review")
    decide(page, own, "Active", "accept", stage="carriers")
    put_numbers_on(page, own)
    expect(page.get_by_role("link", name="3 phone numbers assigned")).to_be_visible()
    look(page, "active")

    own.registry.advance(days=MONTHS)
    # The portal follows the registry's clock within seconds; nothing that waits is on the page, so it stays as it is.
    for _second in range(20):
        page.wait_for_timeout(1_000)
        page.reload()
        if badge(page).inner_text().strip() == "Expired":
            break
    expect(badge(page)).to_have_text("Expired")
    numbers = page.get_by_role("link", name="3 phone numbers assigned")
    numbers.click()
    dialog = page.get_by_role("dialog", name="Assigned phone numbers")
    expect(dialog).to_contain_text("They are asleep")
    look(page, "expired-numbers")
    page.keyboard.press("Escape")
    look(page, "expired")

    page.get_by_role("link", name="Resubmit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Submit this campaign again?")
    expect(dialog).to_contain_text("3 phone numbers are assigned to it. They sleep until")
    look(page, "resubmit-dialog")
    dialog.get_by_role("button", name="Resubmit").click()
    expect(badge(page)).to_have_text("With the registry", timeout=SOON)
    assert len(registered(own, page)) == 2
    decide(page, own, "Active", "accept", stage="carriers")
    woken(page, own)
    page.get_by_role("link", name="3 phone numbers assigned").click()
    dialog = page.get_by_role("dialog", name="Assigned phone numbers")
    expect(dialog).to_contain_text("3 of 3 can send.")
    for e164 in NUMBERS:
        expect(dialog).to_contain_text(shown(e164))


def test_rejected_explained_fixed_by_keyboard_and_active(
    page: Page, context: BrowserContext, own: Portal
) -> None:
    campaign_id = campaign(context, name="Acme Plumbing notices")
    submit_campaign(context, campaign_id)
    page.goto(f"/campaigns/{campaign_id}/")
    expect(badge(page)).to_have_text("With the registry", timeout=SOON)
    reasons = [{"code": "602", "text": "Sample messages are not in line with the use case."}]
    decide(page, own, "Rejected", "reject", stage="provider", reasons=reasons)
    why = page.get_by_role("region", name="Why it was rejected")
    expect(why.locator("blockquote[lang=en]")).to_contain_text("not in line with the use case")
    look(page, "rejected")

    skip_to_content(page)
    tab_to(page, page.get_by_role("link", name="Fix and resubmit"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No changes yet")).to_be_visible()
    look(page, "nothing-changed")
    page.get_by_role("button", name="Resubmit version 2").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing has been changed")).to_be_visible()
    # The problem has the focus; from there the ways to mend it follow.
    tab_to(page, page.get_by_role("link", name="Samples", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sample messages")
    look(page, "step-with-objection")
    field = control(page, "sample_1")
    tab_to(page, field)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(SAMPLE)
    go_on(page)
    row = page.get_by_role("row").filter(has_text="Sample message 1")
    expect(row).to_contain_text("Changed")
    look(page, "difference")
    page.get_by_role("button", name="Resubmit version 2").click()
    expect(badge(page)).to_have_text("Provider review", timeout=SOON)
    decide(page, own, "Active", "accept", stage="carriers")
    assert len(registered(own, page)) == 1
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_role("region", name="Why it was rejected")).to_contain_text("not in line")
    look(page, "version")


@pytest.mark.parametrize("where", ["appeal", "discard", "deletion", "resubmission"])
def test_the_pages_on_the_way_back_are_accessible(
    page: Page, context: BrowserContext, own: Portal, where: str
) -> None:
    campaign_id = campaign(context, name=f"Acme Plumbing {where}")
    submit_campaign(context, campaign_id)
    page.goto(f"/campaigns/{campaign_id}/")
    expect(badge(page)).to_have_text("With the registry", timeout=SOON)
    if where == "resubmission":
        decide(page, own, "Expired", "expire")
    else:
        reasons = [{"code": "703", "text": "The website does not work."}]
        decide(page, own, "Rejected", "reject", stage="provider", reasons=reasons)
    path = f"/campaigns/{campaign_id}/{where}/"
    if where == "discard":
        path = f"/campaigns/drafts/{campaign_id}/discarding/"
        page.goto(f"/campaigns/drafts/{campaign_id}/samples/?return=check")
        control(page, "sample_1").fill(SAMPLE)
        go_on(page)
    page.goto(path)
    look(page, where)
    if where == "appeal":
        page.get_by_role("button", name="Send the appeal").click()
        expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_visible()
        look(page, "appeal-wrong")


def _in_tenant(
    database: psycopg.Connection, campaign_id: str, statement: str, **values: object
) -> list[object]:
    """Run `statement` with the campaign's id, inside the organization that it belongs to; the first column."""
    for (organization,) in database.execute("SELECT id FROM tenancy_organization").fetchall():
        database.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization)])
        if database.execute("SELECT 1 FROM campaigns_campaign WHERE id = %s", [campaign_id]).fetchone():
            found = database.execute(statement, {"campaign": campaign_id, **values}).fetchall()
            database.commit()
            return [row[0] for row in found]
    raise AssertionError("there is no such campaign")
