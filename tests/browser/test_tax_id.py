"""The full tax id: one button away after a fresh sign-in, and gone again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal
from tests.browser.walking import answers, draft, picture, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_it_is_shown_on_demand_and_masked_again(visit: Visit, portal: Portal, scripts: bool) -> None:
    page = visit("/account/login/", who=None, java_script_enabled=scripts)
    sign_in(page, portal.people["ada"])
    given = answers("Proofreading Printers")
    tax_id = given.steps["company"]["tax_id"]
    brand = draft(page.context, given)
    page.goto(f"/brands/drafts/{brand}/check/")
    expect(page.locator("#main")).to_contain_text(f"••-•••{tax_id[-4:]}")
    assert tax_id not in page.content()

    page.get_by_role("button", name="Show EIN").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("EIN")
    expect(page.get_by_text(tax_id)).to_have_count(1)
    assert tax_id not in page.title() + page.url
    if scripts:
        assert axe_findings(page) == []
        assert overflow(page, 320) == []
        picture(page, "tax-id")
    page.get_by_role("link", name="Hide it again").click()
    expect(page).to_have_url(re.compile(f"/brands/drafts/{brand}/check/$"))
    assert tax_id not in page.content()
    page.goto("/")
    assert tax_id not in page.content()
