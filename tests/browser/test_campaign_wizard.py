"""The campaign wizard in a browser: by the keyboard alone, without scripts, and with a caret that stays where it is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.browser.campaigning import campaign, submit_campaign, with_a_verified_brand
from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal
from tests.browser.walking import answer, control, go_on, picture, skip_to_content, tab_to
from tests.campaigns.answers import DETAILS, QUESTIONS, REQUIREMENTS, SAMPLES, STEPS, TEXTS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

PLAIN = "Acme Plumbing: your plumber arrives tomorrow at nine, as agreed."
NOT_AT_THE_END = "Cannot be sent"


@pytest.fixture(scope="module")
def kim(chromium: Browser, portal: Portal, signed_in: dict[str, StorageState]) -> str:
    """Somebody of a new organization whose one brand is verified: the key of their cookies."""
    context = chromium.new_context(base_url=portal.url)
    portal.people["kim"] = with_a_verified_brand(portal, context)
    signed_in["kim"] = context.storage_state()
    context.close()
    return "kim"


def at(visit: Visit, kim: str, slug: str, **options: object) -> Page:
    """A draft of its own, opened at one step."""
    page = visit("/", who=kim, **options)
    page.goto(f"/campaigns/drafts/{campaign(page.context, until=slug)}/{slug}/")
    return page


def found(page: Page, name: str) -> Locator:
    """The place below a field."""
    return page.locator(f"#id_{name}_findings")


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def tick(page: Page, name: str, value: str) -> None:
    """Choose one answer of a group with the mouse."""
    page.locator(".choice", has=page.locator(f"[name={name}][value={value}]")).click()


def fill_details(page: Page) -> None:
    tick(page, "product", "phone")
    tick(page, "consent", "website")
    tick(page, "use_case", "LOW_VOLUME")
    answer(page, {name: DETAILS[name] for name in ("consent_website", "evidence_website", "name")})


def fill_questions(page: Page) -> None:
    tick(page, "categories_fit", "no")
    for kind in QUESTIONS["sub_use_cases"]:
        tick(page, "sub_use_cases", kind)
    for name in ("embedded_link", "embedded_phone", "age_gated", "direct_lending", "number_pool"):
        tick(page, name, "no")


# --- by the keyboard alone


def press(page: Page, target: Locator, *keys: str) -> None:
    tab_to(page, target)
    for key in keys:
        page.keyboard.press(key)


def type_into(page: Page, name: str, text: str) -> None:
    tab_to(page, control(page, name))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def choose(page: Page, name: str, value: str) -> None:
    """One radio button of a group, of which none is chosen yet."""
    tab_to(page, control(page, name).first)
    page.keyboard.press("Space")
    while control(page, name).and_(page.locator(":checked")).get_attribute("value") != value:
        page.keyboard.press("ArrowDown")


def continue_by_keyboard(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Continue", exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    skip_to_content(page)


def test_the_keyboard_alone_is_enough(visit: Visit, kim: str) -> None:
    page = visit("/sms-campaigns/", who=kim)
    press(page, page.get_by_role("link", name="Create SMS campaign").first)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    heading(page, "Requirements")
    skip_to_content(page)
    for name in REQUIREMENTS:
        press(page, control(page, name), "Space")
    continue_by_keyboard(page)

    choose(page, "product", "phone")
    press(page, page.locator("[name=consent][value=website]"), "Space")
    for name in ("consent_website", "evidence_website"):
        type_into(page, name, DETAILS[name])
    choose(page, "use_case", "LOW_VOLUME")
    type_into(page, "name", DETAILS["name"])
    continue_by_keyboard(page)

    choose(page, "categories_fit", "no")
    for kind in QUESTIONS["sub_use_cases"]:
        press(page, page.locator(f"[name=sub_use_cases][value={kind}]"), "Space")
    for name in ("embedded_link", "embedded_phone", "age_gated", "direct_lending"):
        choose(page, name, "no")
    continue_by_keyboard(page)

    heading(page, "Sample messages")
    for name, text in SAMPLES.items():
        type_into(page, name, text)
    continue_by_keyboard(page)
    for name in ("privacy_url", "terms_url"):
        type_into(page, name, TEXTS[name])
    continue_by_keyboard(page)
    heading(page, "How people agree to be texted")
    continue_by_keyboard(page)
    choose(page, "auto_renewal", "no")
    continue_by_keyboard(page)

    heading(page, "Check your answers")
    press(page, page.get_by_role("link", name="Change Campaign name"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    type_into(page, "name", "Acme Plumbing by keyboard")
    continue_by_keyboard(page)
    heading(page, "Check your answers")
    expect(page.get_by_role("region", name="Our check before sending")).not_to_contain_text("Must be fixed")
    press(page, page.get_by_role("button", name="Confirm and submit"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/campaigns/[0-9a-f-]{36}/$"))
    heading(page, "Acme Plumbing by keyboard")
    # Back says what became of it, and sends nothing again.
    page.go_back()
    page.reload()
    heading(page, "This campaign has already been submitted")


# --- without scripts


def test_without_scripts_every_step_works_and_samples_come_and_go(visit: Visit, kim: str) -> None:
    page = visit("/campaigns/new/", who=kim, java_script_enabled=False)
    for name in REQUIREMENTS:
        control(page, name).check()
    go_on(page)
    # Without scripts too a question is seen only when its answer is given.
    expect(control(page, "consent_website")).to_be_hidden()
    fill_details(page)
    go_on(page)
    fill_questions(page)
    go_on(page)
    answer(page, {"sample_1": SAMPLES["sample_1"], "sample_2": PLAIN})
    expect(control(page, "sample_3")).to_be_hidden()
    page.get_by_role("button", name="Add another sample message").click()
    expect(control(page, "sample_3")).to_be_focused()
    control(page, "sample_3").fill(f"{PLAIN} STOP")
    page.get_by_role("button", name="Remove Sample message 3").click()
    expect(control(page, "sample_3")).to_be_hidden()
    expect(control(page, "sample_2")).to_have_value(PLAIN)
    expect(found(page, "sample_2")).to_contain_text(NOT_AT_THE_END)
    page.get_by_role("button", name="Correct it for me Sample message 2").click()
    expect(control(page, "sample_2")).to_have_value(re.compile(r"^Acme Plumbing.*STOP.*\.$"))
    expect(found(page, "sample_2")).to_contain_text("GSM-7")
    go_on(page)
    answer(page, {name: TEXTS[name] for name in ("privacy_url", "terms_url")})
    go_on(page)
    control(page, "message_flow").fill("Too short.")
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("needs at least 40 characters")
    page.get_by_role("button", name="Compose again").click()
    expect(control(page, "message_flow")).to_have_value(re.compile("Reply STOP to opt out"))
    go_on(page)
    tick(page, "auto_renewal", "yes")
    go_on(page)
    heading(page, "Check your answers")
    page.get_by_role("link", name="Delete draft").click()
    page.get_by_role("button", name="Delete draft").click()
    heading(page, "SMS campaigns")


# --- live checks


def test_caret_and_focus_stay_while_the_verdict_comes_and_goes(visit: Visit, kim: str) -> None:
    page = at(visit, kim, "samples")
    second = control(page, "sample_2")
    control(page, "sample_1").fill(SAMPLES["sample_1"])
    second.fill(PLAIN)
    control(page, "sample_1").click()
    expect(found(page, "sample_2")).to_contain_text(NOT_AT_THE_END)
    expect(page.locator("#announce")).to_contain_text("Sample message 2")
    expect(control(page, "sample_1")).to_be_focused()
    # Somebody writes in the middle of it; answers arrive meanwhile, and the place is kept.
    second.click()
    second.evaluate("(one) => one.setSelectionRange(14, 14)")
    with page.expect_response("**/findings/"):
        page.keyboard.type(" hello, ", delay=30)
        page.wait_for_timeout(1_200)
    expect(found(page, "sample_2")).to_contain_text(f"{len(PLAIN) + 8} characters")
    expect(second).to_be_focused()
    assert second.evaluate("(one) => [one.selectionStart, one.selectionEnd]") == [22, 22]
    page.keyboard.type("there")
    assert second.input_value() == f"{PLAIN[:14]} hello, there{PLAIN[14:]}"
    assert axe_findings(page) == []
    # Mended while one types, without leaving the field.
    second.press("Control+End")
    with page.expect_response("**/findings/"):
        page.keyboard.type(" Reply STOP to opt out.")
    expect(found(page, "sample_2")).not_to_contain_text(NOT_AT_THE_END)
    expect(second).to_be_focused()


def test_with_scripts_samples_come_and_go_without_a_request_for_the_page(visit: Visit, kim: str) -> None:
    page = at(visit, kim, "samples")
    went: list[str] = []
    page.on("framenavigated", lambda frame: went.append(frame.url))
    answer(page, dict(SAMPLES))
    add = page.get_by_role("button", name="Add another sample message")
    for number in (3, 4, 5):
        add.click()
        expect(control(page, f"sample_{number}")).to_be_focused()
        page.keyboard.type(f"{PLAIN} Visit {number}.")
    expect(add).to_be_hidden()
    page.get_by_role("button", name="Remove Sample message 3").click()
    expect(control(page, "sample_3")).to_be_focused()
    expect(control(page, "sample_3")).to_have_value(f"{PLAIN} Visit 4.")
    expect(control(page, "sample_4")).to_have_value(f"{PLAIN} Visit 5.")
    expect(control(page, "sample_5")).to_be_hidden()
    # The verdicts move along.
    expect(found(page, "sample_4")).to_contain_text(NOT_AT_THE_END)
    expect(found(page, "sample_5")).to_be_empty()
    assert went == []
    assert axe_findings(page) == []


def test_enter_in_a_field_goes_on_though_a_button_stands_before(visit: Visit, kim: str) -> None:
    page = at(visit, kim, "details")
    fill_details(page)
    control(page, "name").press("Enter")
    heading(page, "Carrier questions")


def test_errors_take_the_focus_and_lead_to_a_question_that_an_answer_opened(visit: Visit, kim: str) -> None:
    page = at(visit, kim, "details")
    tick(page, "product", "phone")
    tick(page, "consent", "verbal")
    page.get_by_role("button", name="Continue", exact=True).click()
    summary = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile("Spoken")).click()
    expect(control(page, "consent_verbal")).to_be_focused()
    expect(control(page, "consent_paper")).to_be_hidden()


def test_leaving_the_page_in_the_middle_loses_nothing(visit: Visit, kim: str) -> None:
    page = at(visit, kim, "details")
    fill_details(page)
    expect(page.locator("[data-typed-kept]")).to_contain_text("kept")
    url = page.url
    page.goto("/sms-campaigns/")
    page.goto(url)
    expect(control(page, "consent_website")).to_have_value(DETAILS["consent_website"])
    expect(page.get_by_text("it is not saved yet")).to_be_visible()


# --- looks

WHERE = (*STEPS, "check", "deletion")


@pytest.mark.parametrize("slug", WHERE)
def test_each_step_is_accessible_and_fits_empty_full_and_wrong(visit: Visit, kim: str, slug: str) -> None:
    page = visit("/", who=kim)
    pages = {"full": campaign(page.context)}
    if slug in STEPS and slug != "requirements":
        pages["empty"] = campaign(page.context, until=slug)
    for state, draft_id in pages.items():
        page.goto(f"/campaigns/drafts/{draft_id}/{slug}/")
        _look(page, f"campaign-{slug}-{state}")
    if "empty" in pages and slug != "flow":
        page.evaluate("document.querySelectorAll('textarea').forEach((one) => { one.value = '' })")
        page.get_by_role("button", name="Continue", exact=True).click()
        expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_visible()
        _look(page, f"campaign-{slug}-wrong")


def test_the_pages_before_a_brand_and_after_the_submit_are_accessible(visit: Visit, kim: str) -> None:
    page = visit("/campaigns/new/", who=kim)
    _look(page, "campaign-new")
    campaign_id = campaign(page.context)
    submit_campaign(page.context, campaign_id)
    page.goto(f"/campaigns/drafts/{campaign_id}/check/")
    heading(page, "This campaign has already been submitted")
    _look(page, "campaign-already-submitted")
    page = visit("/campaigns/new/", who="cleo")
    _look(page, "campaign-brand-first")


def _look(page: Page, name: str) -> None:
    wrong: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            wrong += overflow(page, width)
            if (scheme, width) in {("light", 1280), ("dark", 390)}:
                wrong += axe_findings(page)
            picture(page, f"{name}-{scheme}-{width}")
    # 400 % zoom of a window 1280 wide.
    wrong += overflow(page, 320)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert wrong == []
