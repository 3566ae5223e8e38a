"""Every page in every state: for axe, narrow, light and dark, in high contrast; and as pictures for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal, SignIn
from tests.browser.walking import answers, draft, picture, sign_in, submit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

WORDS = "The company's name on record is spelled differently: Larkspur Orchards Limited."
PASSWORD = "a long and quiet password"


class Gallery:
    """What the pages show: one brand in each state, and a person in a new organization."""

    def __init__(self, page: Page, portal: Portal, operator: Page) -> None:
        context = page.context
        self.page, self.portal = page, portal
        operator.goto("/operations/organizations/")
        larkspur = operator.get_by_role("link", name="Larkspur Dental Group", exact=True)
        self.organization = str(larkspur.get_attribute("href"))
        self.brands: dict[str, str] = {
            "draft": draft(context, answers("Draft Distillers", public=True)),
            "half": draft(context, answers("Halfdone Hardware"), until="business"),
        }
        ids = {}
        for state in ("review", "verified", "rejected", "odd"):
            given = answers(f"{state.title()} Orchards")
            self.brands[state] = draft(context, given)
            submit(context, self.brands[state])
            ids[state] = given.name
        for state, name in ids.items():
            page.goto(f"/brands/{self.brands[state]}/")
            expect(page.locator("#brand-badge")).to_have_text("In review")
            ids[state] = portal.registry.brands(name=name)[0]["id"]
        portal.registry.approve(ids["verified"])
        portal.registry.reject(ids["rejected"], code="TAX_ID", text=WORDS)
        portal.registry.say(ids["odd"])
        self.filed = ids
        for state, word in {"verified": "Verified", "rejected": "Rejected"}.items():
            page.goto(f"/brands/{self.brands[state]}/")
            expect(page.locator("#brand-badge")).to_have_text(word, timeout=30_000)
        page.goto(f"/brands/{self.brands['odd']}/")
        expect(page.get_by_role("blockquote")).to_contain_text("UNDER_MANUAL_SCRUTINY", timeout=30_000)
        # Those of the demo company: one that is active with numbers on it, one that waits, one that is a draft.
        page.goto("/sms-campaigns/")
        links = page.locator("#sms-campaigns th[scope=row] a").all()
        self.campaigns = {one.inner_text(): str(one.get_attribute("href")) for one in links}
        # The first of them is on a campaign, and the last on none.
        page.goto("/numbers/?size=200")
        found = [str(one.get_attribute("href")).split("/")[2] for one in page.locator("th a.mono").all()]
        self.number, self.free_number = found[0], found[-1]
        self.ticket = self._ask(page)
        self.choose_password = portal.enrol("Rival Rowing Club", "cy@rival.example", name="Cy Tran")

    def _ask(self, page: Page) -> str:
        """A request for more numbers, as its own people make it."""
        page.goto(f"/numbers/pool{_campaign('phone')(self).removeprefix('/campaigns')}")
        page.get_by_label("Numbers planned in total").fill("200")
        page.get_by_label("What are they used for?").select_option("agents")
        page.get_by_label("Why does this campaign need them?").fill("Every desk has a number of its own.")
        page.get_by_role("button", name="Send to the porting desk").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Number pool for")
        return page.url.rstrip("/").rpartition("/")[2]


@pytest.fixture(scope="module")
def gallery(chromium: Browser, portal: Portal, signed_in: dict[str, StorageState]) -> Iterator[Gallery]:
    """See Gallery; adds Cy, who chooses a password by the link that an operator sends."""
    contexts = [
        chromium.new_context(base_url=portal.url, storage_state=signed_in[who]) for who in ("ada", "olu")
    ]
    page, operator = (context.new_page() for context in contexts)
    page.goto("/")
    yield Gallery(page, portal, operator)
    for context in contexts:
        context.close()


def _cy(gallery: Gallery, signed_in: dict[str, StorageState], page: Page) -> None:
    """Let Cy choose a password and sign in, once."""
    page.goto(gallery.choose_password)
    for field in page.locator("#main input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("#main button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Choose a password")
    page.goto("/account/login/")
    cy = SignIn("cy@rival.example", PASSWORD)
    sign_in(page, cy)
    gallery.portal.people["cy"] = cy
    signed_in["cy"] = page.context.storage_state()


# Name of the page → who looks, and where; the address may depend on the gallery.
Where = Callable[[Gallery], str]


def _at(path: str) -> Where:
    return lambda gallery: path


def _of(state: str, path: str = "/brands/{}/") -> Where:
    return lambda gallery: path.format(gallery.brands[state])


def _campaign(name: str, path: str = "") -> Where:
    return lambda gallery: gallery.campaigns[f"Larkspur Dental {name} campaign"] + path


def _organization(path: str = "") -> Where:
    return lambda gallery: gallery.organization + path


def _number(path: str) -> Where:
    return lambda gallery: f"/numbers/{gallery.number}/{path}"


def _ticket(path: str) -> Where:
    return lambda gallery: path.format(gallery.ticket)


def _pool(name: str) -> Where:
    return lambda gallery: f"/numbers/pool{_campaign(name)(gallery).removeprefix('/campaigns')}"


def _registry(path: str) -> Where:
    return lambda gallery: gallery.portal.registry.url + path.format(**gallery.filed)


PAGES: dict[str, tuple[str | None, Where]] = {
    "sign-in": (None, _at("/account/login/")),
    "password-forgotten": (None, _at("/account/password/reset/")),
    "password-choose": (None, lambda gallery: gallery.choose_password),
    "overview-new": ("cy", _at("/")),
    "campaigns-new": ("cy", _at("/sms-campaigns/")),
    "overview": ("ada", _at("/")),
    "campaigns": ("ada", _at("/sms-campaigns/")),
    "check-message": ("ada", _at("/check/")),
    "check-campaign": ("ada", _at("/check/campaign/")),
    "check-rules": ("ada", _at("/check/rules/")),
    "step-1-terms": ("ada", _at("/brands/new/")),
    "step-1-terms-accepted": ("ada", _of("draft", "/brands/drafts/{}/terms/")),
    "step-2-company": ("ada", _of("draft", "/brands/drafts/{}/company/")),
    "step-3-address": ("ada", _of("draft", "/brands/drafts/{}/address/")),
    "step-4-business": ("ada", _of("draft", "/brands/drafts/{}/business/")),
    "step-4-business-empty": ("ada", _of("half", "/brands/drafts/{}/business/")),
    "step-5-contact": ("ada", _of("draft", "/brands/drafts/{}/contact/")),
    "check": ("ada", _of("draft", "/brands/drafts/{}/check/")),
    "check-incomplete": ("ada", _of("half", "/brands/drafts/{}/check/")),
    "delete-draft": ("ada", _of("half", "/brands/drafts/{}/deletion/")),
    "already-submitted": ("ada", _of("verified", "/brands/drafts/{}/check/")),
    "brand-submitting": ("ada", _of("submitting")),
    "brand-in-review": ("ada", _of("review")),
    "brand-verified": ("ada", _of("verified")),
    "brand-rejected": ("ada", _of("rejected")),
    "brand-unknown-word": ("ada", _of("odd")),
    "fix-and-resubmit": ("ada", _of("rejected", "/brands/drafts/{}/check/")),
    "step-with-objection": ("ada", _of("rejected", "/brands/drafts/{}/company/")),
    "brand-versions": ("ada", _of("rejected", "/brands/{}/versions/")),
    "brand-version": ("ada", _of("rejected", "/brands/{}/versions/1/")),
    "brand-deletion": ("ada", _of("verified", "/brands/{}/deletion/")),
    "campaigns-filtered": ("ada", _at("/sms-campaigns/?status=rejected&sort=name")),
    "brand-for-viewer": ("bo", _of("review")),
    "overview-for-viewer": ("bo", _at("/")),
    "campaign-active": ("ada", _campaign("phone")),
    "campaign-waiting": ("ada", _campaign("contact center")),
    "campaign-for-viewer": ("bo", _campaign("phone")),
    "campaign-numbers": ("ada", _campaign("phone", "numbers/")),
    "campaign-no-numbers": ("ada", _campaign("contact center", "numbers/")),
    "numbers": ("ada", _at("/numbers/")),
    "numbers-for-viewer": ("bo", _at("/numbers/?tab=assigned")),
    "numbers-found": ("ada", _at("/numbers/?q=555+01&campaign=any&status=on&sort=-number&size=100")),
    "numbers-none": ("ada", _at("/numbers/?product=contact_center")),
    "numbers-wrong-filter": ("ada", _at("/numbers/?q=12")),
    "numbers-new": ("ada", _at("/numbers/new/")),
    "numbers-imports": ("ada", _at("/numbers/imports/")),
    "numbers-import-new": ("ada", _at("/numbers/imports/new/")),
    "numbers-import-assign": ("ada", _at("/numbers/imports/assignment/")),
    "numbers-sync": ("ada", _at("/numbers/sync/")),
    "numbers-assignment-none": ("ada", _at("/numbers/assignment/")),
    "numbers-removal-none": ("ada", _at("/numbers/removal/")),
    "number": ("ada", _number("")),
    "number-change": ("ada", _number("change/")),
    "number-for-viewer": ("bo", _number("")),
    "number-removal": ("ada", lambda gallery: f"/numbers/removal/?number={gallery.number}"),
    "number-assignment": ("ada", lambda gallery: f"/numbers/assignment/?number={gallery.free_number}"),
    "campaign-versions": ("ada", _campaign("phone", "versions/")),
    "campaign-version": ("ada", _campaign("phone", "versions/1/")),
    "campaign-deletion": ("ada", _campaign("phone", "deletion/")),
    "campaigns-of-one-status": ("ada", _at("/sms-campaigns/?campaigns_status=active&campaigns_sort=name")),
    "campaigns-calendar": ("ada", _at("/campaigns/calendar/")),
    "campaigns-calendar-other": ("bo", _at("/campaigns/calendar/?month=2027-02")),
    "campaigns-throughput": ("ada", _at("/campaigns/throughput/?use_case=MIXED&score=60&recipients=20000")),
    "campaigns-throughput-wrong": ("ada", _at("/campaigns/throughput/?score=ten")),
    "guide-use-cases": ("bo", _at("/campaigns/guide/use-cases/")),
    "guide-conversational": ("bo", _at("/campaigns/guide/conversational/")),
    "guide-group-messages": ("bo", _at("/campaigns/guide/group-messages/")),
    "guide-glossary": ("bo", _at("/campaigns/guide/glossary/")),
    "account": ("ada", _at("/account/profile/")),
    "account-details": ("ada", _at("/account/profile/details/")),
    "account-password": ("ada", _at("/account/password/change/")),
    "account-email": ("ada", _at("/account/email/")),
    "account-sessions": ("ada", _at("/account/sessions/")),
    "account-two-step": ("ada", _at("/account/two-step/")),
    "account-again": ("ada", _at("/account/reauthenticate/?next=/account/profile/")),
    "account-passkey-elsewhere": ("cy", _at("/account/two-step/webauthn/add/")),
    "account-app": ("cy", _at("/account/two-step/totp/activate/")),
    "account-closed": (None, _at("/account/inactive/")),
    "members": ("ada", _at("/organization/members/")),
    "members-for-viewer": ("bo", _at("/organization/members/")),
    "member-invite": ("ada", _at("/organization/invitations/new/")),
    "member-leave": ("bo", _at("/organization/leave/")),
    "member-last-owner": ("ada", _at("/organization/leave/")),
    "organizations": ("ada", _at("/organization/")),
    "organization-settings": ("ada", _at("/organization/settings/")),
    "organization-two-step": ("ada", _at("/organization/settings/two-step/")),
    "audit-log": ("ada", _at("/organization/audit/")),
    "audit-log-of-one-kind": ("ada", _at("/organization/audit/?kind=brand")),
    "notifications": ("bo", _at("/notifications/")),
    "account-notifications": ("ada", _at("/account/notifications/")),
    "outbox": (None, _at("/outbox/")),
    "operations": ("olu", _at("/operations/")),
    "operations-organizations": ("olu", _at("/operations/organizations/")),
    "operations-new": ("olu", _at("/operations/organizations/new/")),
    "operations-organization": ("olu", _organization()),
    "operations-log": ("olu", _organization("log/")),
    "operations-suspension": ("olu", _organization("suspension/")),
    "operations-visit": ("olu", _organization("visit/")),
    "operations-carriers": ("olu", _at("/operations/carriers/")),
    "operations-carriers-pause": ("olu", _at("/operations/carriers/telnyx/pause/")),
    "operations-notices": ("olu", _at("/operations/notices/")),
    "operations-notice": ("olu", _at("/operations/notices/new/")),
    "operations-house": ("olu", _at("/operations/house/")),
    "operations-staff": ("olu", _at("/operations/staff/")),
    "operations-desk": ("pia", _at("/operations/desk/")),
    "operations-desk-all": ("pia", _at("/operations/desk/?show=all")),
    "operations-desk-ticket": ("pia", _ticket("/operations/desk/{}/")),
    "operations-desk-approval": ("pia", _ticket("/operations/desk/{}/approval/")),
    "operations-desk-rejection": ("pia", _ticket("/operations/desk/{}/rejection/")),
    "tickets": ("ada", _at("/support/")),
    "tickets-for-viewer": ("bo", _at("/support/?show=open")),
    "ticket": ("ada", _ticket("/support/{}/")),
    "ticket-new": ("ada", _at("/support/new/")),
    "ticket-end": ("ada", _ticket("/support/{}/end/")),
    "number-pool": ("ada", _pool("contact center")),
    "nothing-here": ("ada", _at("/no/such/page/")),
    "refused": ("bo", _at("/brands/new/")),
    "sign-out": ("ada", _at("/account/logout/")),
    "registry": (None, _registry("/")),
    "registry-brand": (None, _registry("/brands/{review}/")),
    "registry-brand-decided": (None, _registry("/brands/{rejected}/")),
    "registry-ledger": (None, _registry("/ledger/")),
    "registry-names": (None, _registry("/names/")),
    "registry-faults": (None, _registry("/faults/")),
    "registry-webhooks": (None, _registry("/webhooks/")),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(
    visit: Visit, gallery: Gallery, signed_in: dict[str, StorageState], name: str
) -> None:
    who, where = PAGES[name]
    if who == "cy" and "cy" not in signed_in:
        _cy(gallery, signed_in, visit("/account/login/", who=None))
    held = gallery.portal.paused("celery", "worker") if name == "brand-submitting" else nullcontext()
    with held:
        if name == "brand-submitting":
            gallery.brands["submitting"] = draft(gallery.page.context, answers("Submitting Orchards"))
            submit(gallery.page.context, gallery.brands["submitting"])
        page = visit(where(gallery), who=who, viewport={"width": 1280, "height": 800})
        _look(page, name)


def _look(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            found += overflow(page, width)
            # Light and wide, dark and narrow: both themes and both layouts, at half the price.
            if (scheme, width) in {("light", 1280), ("dark", 390)}:
                found += axe_findings(page)
            picture(page, f"{name}-{scheme}-{width}")
    # 400 % zoom of a window 1280 wide.
    found += overflow(page, 320)
    assert found == []


MENUS = {"person-menu": 1280, "narrow-menu": 390}


@pytest.mark.parametrize("name", MENUS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_menus_are_accessible_when_open(visit: Visit, name: str, scheme: str) -> None:
    page = visit("/", viewport={"width": MENUS[name], "height": 800}, color_scheme=scheme)
    page.locator("details[data-menu] > summary").filter(visible=True).click()
    expect(page.get_by_role("button", name="Sign out").filter(visible=True)).to_be_visible()
    assert axe_findings(page) == []
    assert overflow(page, MENUS[name]) == []
    picture(page, f"{name}-{scheme}-{MENUS[name]}")


def test_on_a_narrow_screen_everybody_is_told_which_step_it_is(visit: Visit, gallery: Gallery) -> None:
    page = visit(f"/brands/drafts/{gallery.brands['draft']}/address/", viewport={"width": 390, "height": 800})
    told = page.get_by_role("navigation", name="Progress").aria_snapshot()
    assert "Step 3 of 6" in told


def test_in_forced_colours_a_status_has_an_outline_and_a_word(visit: Visit, gallery: Gallery) -> None:
    page = visit(f"/brands/{gallery.brands['verified']}/", forced_colors="active")
    badge = page.locator("#brand-badge")
    expect(badge).to_have_text("Verified")
    border, background, width, style = badge.evaluate(
        """(one) => {
            const style = getComputedStyle(one);
            return [style.borderTopColor, style.backgroundColor, style.borderTopWidth, style.borderTopStyle];
        }"""
    )
    assert border not in {"rgba(0, 0, 0, 0)", background}
    assert (width, style) == ("1px", "solid")
    picture(page, "brand-verified-forced-colours")


@pytest.mark.parametrize("path", ["/", "/brands/new/"])
def test_nothing_moves_for_those_who_asked_for_it(visit: Visit, gallery: Gallery, path: str) -> None:
    for where in (path, f"/brands/{gallery.brands['review']}/"):
        page = visit(where, reduced_motion="reduce")
        moving = page.evaluate(
            """[...document.querySelectorAll('*')].filter((one) => {
                const style = getComputedStyle(one);
                const lasts = (times) => times.split(',').some((time) => parseFloat(time) > 0.01);
                const animated = style.animationName !== 'none' && lasts(style.animationDuration);
                return animated || lasts(style.transitionDuration);
            }).map((one) => one.outerHTML.slice(0, 100))"""
        )
        assert moving == []
