"""The operator's own work in the browser: looking at an organization from inside."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import axe_findings, overflow
from tests.browser.running import Portal
from tests.browser.walking import picture, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

REASON = "Bo cannot find the brand, ticket 12"


def test_a_visit_is_announced_shows_everything_and_changes_nothing(visit: Visit, portal: Portal) -> None:
    page = visit("/account/login/", who=None)
    sign_in(page, portal.people["olu"])
    page.goto("/operations/organizations/")
    page.get_by_role("link", name="Larkspur Dental Group", exact=True).click()
    page.get_by_role("link", name="Look from inside").click()
    page.get_by_role("button", name="Tell them and look").click()
    expect(page.get_by_role("alert")).to_contain_text("Reason")
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Tell them and look").click()

    bar = page.get_by_role("complementary", name="Your visit")
    expect(bar).to_contain_text("Larkspur Dental Group as operator, read only")
    for path in ("/", "/sms-campaigns/", "/organization/members/"):
        page.goto(path)
        expect(bar).to_be_visible()
        expect(
            page.get_by_role("main").get_by_role("link", name=re.compile("create|invite|change"))
        ).to_have_count(0)
        assert axe_findings(page) == []
        assert overflow(page, 320) == []
    picture(page, "visit")
    assert page.goto("/brands/new/").status == 403  # type: ignore[union-attr]
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.goto("/")
    bar.get_by_role("button", name="Leave").click()
    expect(bar).to_have_count(0)

    owner = visit("/notifications/", who="ada")
    expect(owner.get_by_role("main")).to_contain_text(REASON)
    owner.goto("/organization/audit/")
    expect(owner.get_by_role("main")).to_contain_text("Olu Brandt (operator)")
