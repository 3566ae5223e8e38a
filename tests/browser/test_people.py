"""Who may do what, as the browser shows it; and what happens when a session ends while one looks on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.running import Portal
from tests.browser.walking import answers, draft, sign_in, submit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_viewer_sees_everything_and_is_offered_nothing_that_is_refused(visit: Visit) -> None:
    ada = visit("/")
    brand = draft(ada.context, answers("Visible Vineyards"))
    submit(ada.context, brand)
    draft(ada.context, answers("Visible Draft"), until="address")
    page = visit("/", who="bo")
    for path in ["/", "/sms-campaigns/", f"/brands/{brand}/"]:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        main = page.get_by_role("main")
        expect(
            main.get_by_role("button", name=re.compile("submit|delete|continue", re.IGNORECASE))
        ).to_have_count(0)
        expect(
            main.get_by_role("link", name=re.compile(r"create\b|delete\b|change\b", re.IGNORECASE))
        ).to_have_count(0)


def test_no_link_leads_a_viewer_to_a_refusal(visit: Visit) -> None:
    ada = visit("/")
    draft(ada.context, answers("Refusal Rentals"), until="address")
    page = visit("/", who="bo")
    links: set[str] = set()
    for path in ["/", "/sms-campaigns/"]:
        page.goto(path)
        links |= set(page.eval_on_selector_all("a[href^='/']", "(all) => all.map((one) => one.pathname)"))
    answered = {link: page.context.request.head(link).status for link in links}
    refused = {link: status for link, status in answered.items() if status != 200}
    assert refused == {}


def test_a_viewers_forged_order_is_refused_with_a_page(visit: Visit) -> None:
    ada = visit("/")
    brand = draft(ada.context, answers("Forged Furniture"))
    page = visit("/", who="bo")
    for path in ["/brands/new/", f"/brands/drafts/{brand}/submission/", f"/brands/drafts/{brand}/deletion/"]:
        with page.expect_navigation():
            page.evaluate(
                """(path) => {
                    const form = document.createElement('form');
                    Object.assign(form, { method: 'post', action: path });
                    const old = document.querySelector('[name=csrfmiddlewaretoken]');
                    form.append(old.cloneNode());
                    document.body.append(form);
                    form.submit();
                }""",
                path,
            )
        expect(page.get_by_role("heading", level=1)).to_have_text("You may not do this")
        expect(page.get_by_text("Reference for support:")).to_be_visible()
        page.goto("/")
    ada.goto(f"/brands/drafts/{brand}/check/")
    expect(ada.get_by_role("button", name="Confirm and submit")).to_be_visible()


def test_when_the_session_ends_one_signs_in_and_is_back_on_the_page(visit: Visit, portal: Portal) -> None:
    page = visit("/")
    brand = draft(page.context, answers("Sessionless Soap"))
    submit(page.context, brand)
    page.goto(f"/brands/{brand}/")
    page.context.clear_cookies(name="session")
    # By itself: the badge asks every two seconds, and is told to sign in.
    expect(page).to_have_url(re.compile("/account/login/"))
    sign_in(page, portal.people["ada"])
    expect(page).to_have_url(re.compile(f"/brands/{brand}/$"))
    expect(page.locator("#brand-badge")).to_be_visible()


def test_after_signing_out_nothing_is_left_to_see(visit: Visit, portal: Portal) -> None:
    # A session of its own: the others' would end with it.
    page = visit("/", who=None)
    sign_in(page, portal.people["ada"])
    page.locator("summary", has_text="Account and colours").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_text("Larkspur")).to_have_count(0)
