"""The components in Chromium: accessibility, narrow screens, themes, and life without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ["/ui/specimen/", "/account/login/", "/account/password/reset/", "/no/such/page/"]
OpenPage = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Open a path in a browser context of its own, with Playwright's options. Fails on script errors."""
    contexts, errors = [], []

    def open_page(path: str, **options: Any) -> Page:
        context = chromium.new_context(base_url=site, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(visit: OpenPage, path: str, scheme: str, width: int) -> None:
    page = visit(path, color_scheme=scheme, viewport={"width": width, "height": 900})
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_at_400_percent_zoom(visit: OpenPage, path: str) -> None:
    page = visit(path, viewport={"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_target_is_large_enough_for_a_finger(visit: OpenPage) -> None:
    page = visit("/ui/specimen/", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    small = page.evaluate(
        """[...document.querySelectorAll('.btn, .control, .choice, .nav__item, summary, .icon-button')]
           .filter((one) => one.checkVisibility() && !one.closest('.fold'))
           .filter((one) => one.getBoundingClientRect().height < 43.5)
           .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_theme_switch_works_with_scripts_and_survives_a_reload(visit: OpenPage) -> None:
    page = visit("/ui/specimen/", color_scheme="light", viewport={"width": 390, "height": 844})
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_theme_switch_works_without_scripts(visit: OpenPage) -> None:
    page = visit("/ui/specimen/", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/ui/specimen/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_what_needs_a_script_is_away_without_one(visit: OpenPage) -> None:
    page = visit("/ui/specimen/", java_script_enabled=False)
    expect(page.locator(".copyable__button").first).to_be_hidden()
    expect(page.get_by_text("4b20017f-8da9-4992-a6c0")).to_be_visible()


def test_the_error_summary_has_focus_and_leads_to_the_first_control(visit: OpenPage) -> None:
    page = visit("/ui/specimen/")
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_role("link", name="Choose an answer for “Legal form”.").click()
    expect(page.locator("#bad_entity_0")).to_be_focused()


def test_a_dialog_opens_on_cancel_and_escape_gives_focus_back(visit: OpenPage) -> None:
    page = visit("/ui/specimen/")
    opener = page.get_by_role("link", name="Open dialog")
    opener.click()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_escape_closes_the_menu_and_gives_focus_back(visit: OpenPage) -> None:
    page = visit("/ui/specimen/", viewport={"width": 390, "height": 844})
    summary = page.locator(".topbar summary")
    summary.click()
    page.locator(".topbar").get_by_role("link", name="Overview").focus()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(page.locator(".topbar details")).not_to_have_attribute("open", "")


def test_the_first_stop_of_the_keyboard_is_the_way_to_the_content(visit: OpenPage) -> None:
    page = visit("/account/login/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["width"] > 100  # type: ignore[index]
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_copying_puts_the_text_on_the_clipboard_and_says_so(visit: OpenPage) -> None:
    page = visit("/ui/specimen/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy brand id").click()
    expect(page.locator("#announce")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "4b20017f-8da9-4992-a6c0"


def test_refreshing_rests_while_the_page_is_out_of_sight(visit: OpenPage) -> None:
    page = visit("/ui/specimen/")
    page.evaluate(
        """() => {
            window.hits = 0;
            const one = document.createElement('div');
            one.dataset.refresh = '1';
            one.addEventListener('refresh', () => { window.hits += 1; });
            document.body.append(one);
            Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true });
            window.away = true;
        }"""
    )
    page.wait_for_timeout(2500)
    assert page.evaluate("window.hits") == 0
    page.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")
    assert page.evaluate("window.hits") == 1
    page.wait_for_timeout(2500)
    assert page.evaluate("window.hits") in {2, 3}


def test_a_failed_part_request_is_shown_with_its_reference(visit: OpenPage) -> None:
    page = visit("/ui/specimen/")
    page.evaluate(
        """() => {
            const link = document.createElement('a');
            link.href = '/no/such/part/';
            link.id = 'probe';
            link.textContent = 'probe';
            link.setAttribute('hx-get', '/no/such/part/');
            document.querySelector('#main').prepend(link);
            window.htmx.process(link);
            link.click();
        }"""
    )
    problem = page.locator("[data-problem]")
    expect(problem).to_contain_text("no longer exists")
    expect(problem).to_contain_text("Reference: ")
    problem.get_by_role("button", name="Close").click()
    expect(problem).to_be_hidden()


def test_a_toast_stays_while_somebody_is_on_it(visit: OpenPage) -> None:
    page = visit("/ui/specimen/")
    page.evaluate(
        """document.body.dispatchEvent(new CustomEvent('toast', {
            bubbles: true, detail: { message: 'Saved <b>', link: 'Undo', url: '#undo' } }))"""
    )
    toast = page.locator("[data-toasts] [data-toast]")
    expect(toast).to_contain_text("Saved <b>")
    expect(toast.get_by_role("link", name="Undo")).to_have_attribute("href", "#undo")
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


def test_one_can_read_it_in_forced_colours(visit: OpenPage) -> None:
    page = visit("/ui/specimen/", forced_colors="active")
    border = page.locator(".badge").first.evaluate("(one) => getComputedStyle(one).borderTopColor")
    assert border != "rgba(0, 0, 0, 0)"


def test_nothing_moves_for_those_who_asked_for_it(visit: OpenPage) -> None:
    page = visit("/ui/specimen/", reduced_motion="reduce")
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].map((one) => getComputedStyle(one)).filter((style) =>
            style.transitionDuration !== '0s' || style.animationName !== 'none').length"""
    )
    assert moving == 0
