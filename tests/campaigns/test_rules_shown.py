"""Findings on the check page: each under the question that was asked, with the way to change it."""

from __future__ import annotations

import pytest

from campaigns.rules_applied import findings_of
from campaigns.rules_shown import shown
from tests.factories import campaign_draft
from tests.people import Person

pytestmark = pytest.mark.django_db


def test_a_finding_about_what_was_not_asked_stands_under_the_question_that_it_follows_from(
    ada: Person,
) -> None:
    campaign = campaign_draft(ada, categories_fit=True, sub_use_cases=["ACCOUNT_NOTIFICATION", "MARKETING"])
    with ada.acting():
        rows = [one for one in shown(campaign, findings_of(campaign)) if one.finding.field == "sub_use_cases"]
    assert rows
    for row in rows:
        assert str(row.label)
        assert "/questions/" in row.change_url
