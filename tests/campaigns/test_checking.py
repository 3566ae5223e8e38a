"""The page /check/: anyone who is signed in pastes a text and reads the verdict; nothing of it is kept."""

from __future__ import annotations

import logging
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns import checking, rules
from tests.operations.staff import on_duty
from tests.people import Person

pytestmark = [pytest.mark.django_db]

GOOD = "Acme: your order is ready. Reply STOP to unsubscribe."
SECRET = "Xylophone Zanzibar casino"
HTMX = {"HX-Request": "true"}


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("path", ["/check/", "/check/campaign/", "/check/rules/"])
def test_whoever_is_not_signed_in_signs_in_first(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("path", ["/check/", "/check/campaign/"])
def test_an_empty_page_says_where_the_verdict_will_be(ada: Person, path: str) -> None:
    answer = ada.client.get(path)
    assert answer.status_code == 200
    assert "It appears here while you type" in answer.content.decode()


def test_a_message_gets_its_verdict_its_length_and_its_findings(ada: Person) -> None:
    answer = ada.client.post("/check/", {"sample_1": "Acme: it’s 20% off at bit.ly/a", "brand_name": "Acme"})
    seen = text_of(answer.content.decode())
    assert answer.status_code == 200
    assert "Cannot be sent" in seen
    assert "1 segment · UCS-2 because of ’" in seen
    for words in ("Opt-out at the end", "“bit.ly” shortens links", "C04 · CTIA"):
        assert words in seen
    assert "bit.ly/a" in answer.content.decode()


def test_a_message_without_a_known_problem_is_never_promised_approval(ada: Person) -> None:
    seen = text_of(ada.client.post("/check/", {"sample_1": GOOD, "brand_name": "Acme"}).content.decode())
    assert "No known problem" in seen
    assert "approved" not in seen


def test_a_click_mends_the_text_in_the_page_without_scripts(ada: Person) -> None:
    sent = {"sample_1": "Acme: it’s ready at http://acme.com", "brand_name": "Acme"}
    once = ada.client.post("/check/", {**sent, "mend": "C02:sample_1"}).context["form"]["sample_1"].value()
    assert once == "Acme: it’s ready at http://acme.com. Reply STOP to unsubscribe."
    for mend in ("C05:sample_1", "straight:sample_1"):
        sent["sample_1"] = once
        once = ada.client.post("/check/", {**sent, "mend": mend}).context["form"]["sample_1"].value()
    assert once == "Acme: it's ready at https://acme.com. Reply STOP to unsubscribe."


@pytest.mark.parametrize(
    "mend", ["", "C02", "C02:", ":sample_1", "C99:sample_1", "C02:csrfmiddlewaretoken", "C02:sample_9"]
)
def test_a_forged_click_changes_nothing(ada: Person, mend: str) -> None:
    answer = ada.client.post("/check/", {"sample_1": "Acme: hello there, friend", "mend": mend})
    assert answer.status_code == 200
    assert answer.context["form"]["sample_1"].value() == "Acme: hello there, friend"


def test_while_one_types_only_the_verdict_is_sent_and_spoken_of_when_it_changes(ada: Person) -> None:
    sent = {"sample_1": GOOD, "brand_name": "Acme"}
    first = ada.client.post("/check/", sent, headers=HTMX)
    assert "<textarea" not in first.content.decode()
    assert "No known problem" in first["HX-Trigger"]
    again = ada.client.post("/check/", {**sent, checking.SEEN: first.context["checked"].seen}, headers=HTMX)
    assert "HX-Trigger" not in again


def test_an_empty_message_is_asked_for(ada: Person) -> None:
    answer = ada.client.post("/check/", {"sample_1": "  "})
    assert answer.status_code == 422
    assert "Fill in “Message”." in answer.content.decode()


def test_a_part_of_a_campaign_is_judged_as_far_as_it_goes(ada: Person) -> None:
    sent = {
        "brand_name": "Acme",
        "use_case": "CUSTOMER_CARE",
        "sample_1": "Acme: 30% off this week only, limited time offer! Reply STOP to unsubscribe.",
        "sample_2": "Acme: call 415-555-0142 with any question. Reply STOP to unsubscribe.",
        "embedded_phone": "no",
        "optout_keywords": "stop, end",
    }
    shown = ada.client.post("/check/campaign/", sent).context["checked"]
    keys = {one.finding.key for one in shown.rows}
    assert {"C13:sample_1", "C07:embedded_phone", "F06:optout_keywords"} <= keys
    assert not any(key.startswith("F01") for key in keys)
    assert [name for name, _label, _size, _straight in shown.sizes] == ["sample_1", "sample_2"]


@pytest.mark.parametrize(
    "data",
    [
        {"use_case": "NONSENSE", "sub_use_cases": ["X"], "sample_1": GOOD},
        {"consent": "x", "sample_1": "a"},
        {"embedded_link": "maybe", "sample_6": GOOD, "description": "d"},
    ],
)
def test_forged_answers_are_ignored_and_break_nothing(ada: Person, data: dict[str, object]) -> None:
    assert ada.client.post("/check/campaign/", data).status_code in (200, 422)


def test_odd_characters_and_a_hundred_thousand_of_them_get_an_answer(ada: Person) -> None:
    for text in (
        "\x00\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace") + GOOD,
        "a" * 100_000,
        "<script>alert(1)</script> Acme",
    ):
        answer = ada.client.post("/check/", {"sample_1": text, "brand_name": "Acme"})
        assert answer.status_code == 200
        assert "<script>alert(1)" not in answer.content.decode()
    found = {one.finding.rule for one in answer.context["checked"].rows}
    assert {"C11", "C02"} <= found


def test_what_is_invisible_in_the_text_is_found(ada: Person) -> None:
    answer = ada.client.post(
        "/check/", {"sample_1": GOOD.replace("order", "or\u200bder"), "brand_name": "Acme"}
    )
    assert "F05:sample_1" in {one.finding.key for one in answer.context["checked"].rows}


def test_nothing_that_was_pasted_is_stored_or_logged(ada: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ada.client.get("/check/")
    with CaptureQueriesContext(connection) as queries:
        ada.client.post("/check/", {"sample_1": SECRET, "brand_name": SECRET})
    assert not [one["sql"] for one in queries if "Xylophone" in one["sql"]]
    assert "Xylophone" not in caplog.text
    assert not any(one["sql"].split()[0] in ("INSERT", "DELETE") for one in queries)


def test_the_page_of_rules_shows_each_once_with_both_examples(ada: Person) -> None:
    answer = ada.client.get("/check/rules/")
    listed = [rule.id for family in answer.context["families"] for rule in family.rules]
    assert sorted(listed) == sorted(rule.id for rule in rules.RULES)
    seen = text_of(answer.content.decode())
    assert rules.VERSION in seen
    assert "Text STOP2END" in seen
    assert seen.count("Not checked: nobody visits the page.") == 2


def test_an_operator_without_an_organization_may_check_too(db: None) -> None:
    assert on_duty("olu").get("/check/").status_code == 200
