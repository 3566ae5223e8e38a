"""Going through the wizard: what a person answers, and the ways to give the answers."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass, field, replace
from uuid import uuid4

from playwright.sync_api import APIResponse, BrowserContext, Locator, Page, expect

from tests.browser.running import SignIn
from tests.factories import ADDRESS, BUSINESS, COMPANY, CONTACT, PUBLIC

STEPS = ("company", "address", "business", "contact")
TITLES = {
    "terms": "Terms and guidelines",
    "company": "Company",
    "address": "Address",
    "business": "Brand information",
    "contact": "Contact",
}
_COUNT = itertools.count(1)


@dataclass(frozen=True)
class Answers:
    """What a person answers, by step and field. The name is nobody else's in this run."""

    name: str
    steps: dict[str, dict[str, str]] = field(default_factory=dict)

    def but(self, step: str, **other: str) -> Answers:
        """The same with `other` answers in one step."""
        return replace(self, steps=self.steps | {step: self.steps[step] | other})


def answers(stem: str, *, public: bool = False) -> Answers:
    """Complete answers of a company called after `stem`, with its own tax id; listed on an exchange if `public`."""
    count = next(_COUNT)
    name = f"{stem} {count}{uuid4().hex[:3]}"
    own = {"legal_name": f"{name}, LLC", "display_name": name, "tax_id": f"92-45{count:05}"}
    steps = {
        "company": COMPANY | own,
        "address": dict(ADDRESS),
        "business": dict(BUSINESS),
        "contact": CONTACT | {"phone": "(206) 555-0142"},
    }
    if public:
        steps["company"]["entity_type"] = PUBLIC["entity_type"]
        steps["business"] |= {key: PUBLIC[key] for key in ("stock_exchange", "stock_symbol")}
        steps["contact"]["business_contact_email"] = PUBLIC["business_contact_email"]
    return Answers(name, steps)


# --- by hand ---------------------------------------------------------------------------------------


def sign_in(page: Page, person: SignIn) -> None:
    """Fill in the sign-in page and wait until it is left."""
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Password")).to_have_count(0)


def control(page: Page, name: str) -> Locator:
    """The control, or the group of radio buttons, that a form calls `name`."""
    return page.locator(f"#main form[method=post] [name={name}]")


def accept_terms(page: Page) -> None:
    """Tick the box of the first step and go on."""
    page.get_by_role("checkbox", name=re.compile("I have read")).check()
    go_on(page)


def answer(page: Page, step: dict[str, str]) -> None:
    """Fill in the fields of one step with the mouse and by typing."""
    for name, value in step.items():
        found = control(page, name)
        if found.first.get_attribute("type") == "radio":
            # The whole row is the target, not only the small circle.
            page.locator(".choice", has=page.locator(f"[name={name}][value={value}]")).click()
        elif found.evaluate("(one) => one.matches('select')"):
            found.select_option(value)
        else:
            found.click()
            found.fill(value)


def go_on(page: Page) -> None:
    """Press Continue and wait until another page is there."""
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()


def walk(page: Page, given: Answers) -> None:
    """From SMS campaigns through every step to the page with all answers."""
    page.get_by_role("link", name="Create 10DLC brand").click()
    expect(page).to_have_title(re.compile(TITLES["terms"]))
    accept_terms(page)
    for slug in STEPS:
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[slug])
        answer(page, given.steps[slug])
        go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")


# --- by the keyboard -------------------------------------------------------------------------------

# Where is the focus: [on the target, in the page at all, can one see it, its element].
_FOCUS = """(target) => {
    const one = document.activeElement;
    const shown = one.closest('.choice') ?? one;
    const style = getComputedStyle(shown);
    const box = shown.getBoundingClientRect();
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const inside = box.width > 0 && box.top >= 0 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1;
    return [one === target, one !== document.body, ring && inside, one.outerHTML.slice(0, 120)];
}"""


def tab_to(page: Page, target: Locator, most: int = 60) -> None:
    """Press Tab until `target` has the focus, unless it has it already. At every stop one must see it."""
    if target.evaluate(_FOCUS)[0]:
        return
    for _stop in range(most):
        page.keyboard.press("Tab")
        there, in_page, visible, words = target.evaluate(_FOCUS)
        # After the last stop the browser itself has the focus, for one press.
        assert visible or not in_page, f"one cannot see the focus on {words}"
        if there:
            return
    raise AssertionError(f"{most} times Tab did not lead to {target}")


def skip_to_content(page: Page) -> None:
    """Take the first stop of every page, which leads past the navigation, unless the last page did so already."""
    if not page.url.endswith("#main"):
        tab_to(page, page.get_by_role("link", name="Skip to the content"), most=1)
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()


def answer_by_keyboard(page: Page, step: dict[str, str]) -> None:
    """Fill in the fields of one step, in their order, with keys only."""
    for name, value in step.items():
        found = control(page, name)
        if found.first.get_attribute("type") == "radio":
            tab_to(page, found.first)
            page.keyboard.press("Space")
            while control(page, name).and_(page.locator(":checked")).get_attribute("value") != value:
                page.keyboard.press("ArrowDown")
        else:
            tab_to(page, found)
            is_list = found.evaluate("(one) => one.matches('select')")
            page.keyboard.type(_label(found, value) if is_list else value)
            if is_list:
                expect(found).to_have_value(value)


def _label(found: Locator, value: str) -> str:
    label: str = found.locator(f"option[value={value}]").inner_text()
    return label


# --- without a person ------------------------------------------------------------------------------


def draft(context: BrowserContext, given: Answers, *, until: str = "") -> str:
    """Make a draft by plain requests, answered up to and without the step `until`; its id."""
    answered = _post(context, "/brands/new/", {"accept": "on"})
    found = re.search(r"/brands/drafts/([0-9a-f-]{36})/", answered.url)
    assert found, f"no draft was made: {answered.status} {answered.url}"
    for slug in STEPS:
        if slug == until:
            break
        answered = _post(context, f"/brands/drafts/{found[1]}/{slug}/", given.steps[slug])
        assert answered.ok, f"{slug}: {answered.status}\n{answered.text()[-3000:]}"
    return found[1]


def submit(context: BrowserContext, brand: str) -> None:
    """Submit a complete draft."""
    answered = _post(context, f"/brands/drafts/{brand}/submission/", {})
    assert answered.url.endswith(f"/brands/{brand}/"), f"{answered.status} {answered.url}"


def _post(context: BrowserContext, path: str, form: dict[str, str]) -> APIResponse:
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    return context.request.post(path, form=form | {"csrfmiddlewaretoken": cookies["csrf"]})


# --- looking ---------------------------------------------------------------------------------------


def picture(page: Page, name: str) -> None:
    """Write the page as `name`.png into the folder that SCREENSHOTS names, if it is set."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=os.path.join(folder, f"{name}.png"), full_page=True, animations="disabled")
