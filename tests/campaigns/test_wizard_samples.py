"""Sample messages on their page: one by one with a verdict, added and removed with nothing lost, mended by a click."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from campaigns.models import Campaign
from tests.campaigns.answers import SAMPLES, TEXTS, again, step, text_of
from tests.factories import campaign_draft
from tests.people import Person

# Many small ones, which together take longer than the quick set may.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PLAIN = "Acme Plumbing: your plumber arrives at 3/14 at 9:00, as agreed."
HTMX = {"HX-Request": "true"}


def asked(ada: Person, campaign: Campaign, answers: dict[str, Any], slug: str = "samples") -> Any:
    return ada.post(f"{step(campaign, slug)}findings/", answers, headers=HTMX)


def shown_boxes(page: str) -> list[int]:
    """The numbers of the samples that the page shows, whatever is in them."""
    rows = re.findall(r'data-sample="(\d)" ?(hidden)?', page)
    return [int(number) for number, hidden in rows if not hidden]


def texts(page: str) -> list[str]:
    """What stands in the boxes."""
    found = re.findall(r'<textarea name="sample_\d"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return [html.unescape(one).strip() for one in found]


# --- add and remove


def test_two_boxes_are_shown_and_one_more_for_each_press(ada: Person) -> None:
    campaign = campaign_draft(ada, samples=[])
    page = ada.get(step(campaign, "samples")).content.decode()
    assert shown_boxes(page) == [1, 2]
    for shown, expected in ((2, [1, 2, 3]), (3, [1, 2, 3, 4]), (4, [1, 2, 3, 4, 5])):
        answer = ada.post(step(campaign, "samples"), {"sample_1": PLAIN, "add": str(shown)})
        assert answer.status_code == 302
        page = ada.get(answer["Location"].partition("#")[0]).content.decode()
        assert shown_boxes(page) == expected
        assert texts(page)[0] == PLAIN
        assert re.search(rf'name="sample_{expected[-1]}"[^>]*autofocus', page)
    # Nothing of it is saved.
    assert again(ada, campaign).samples == []


@pytest.mark.parametrize("forged", ["", "99", "-1", "x", "٣"])
def test_a_forged_number_of_boxes_is_at_most_five(ada: Person, forged: str) -> None:
    campaign = campaign_draft(ada)
    answer = ada.post(step(campaign, "samples"), SAMPLES | {"add": forged})
    page = ada.get(answer["Location"].partition("#")[0]).content.decode()
    assert 3 <= len(shown_boxes(page)) <= 5
    assert shown_boxes(ada.get(f"{step(campaign, 'samples')}?samples={forged}").content.decode())


def test_removing_one_moves_up_the_others(ada: Person) -> None:
    campaign = campaign_draft(ada)
    answers = {f"sample_{number}": f"{PLAIN} Visit {number}." for number in range(1, 6)}
    answer = ada.post(step(campaign, "samples"), answers | {"remove": "sample_3"})
    assert answer["Location"].endswith("#id_sample_3")
    page = ada.get(step(campaign, "samples")).content.decode()
    assert texts(page)[:4] == [f"{PLAIN} Visit {number}." for number in (1, 2, 4, 5)]
    assert shown_boxes(page) == [1, 2, 3, 4]
    assert again(ada, campaign).samples != answers


def test_removing_what_is_none_changes_nothing(ada: Person) -> None:
    campaign = campaign_draft(ada)
    answer = ada.post(step(campaign, "samples"), SAMPLES | {"remove": "sample_9"})
    assert answer.status_code == 302
    assert texts(ada.get(step(campaign, "samples")).content.decode())[:2] == list(SAMPLES.values())


def test_the_buttons_keep_the_way_back_to_the_check_page(ada: Person) -> None:
    campaign = campaign_draft(ada)
    answer = ada.post(f"{step(campaign, 'samples')}?return=check", SAMPLES | {"add": "2"})
    assert answer["Location"] == f"{step(campaign, 'samples')}?return=check&samples=3#id_sample_3"


# --- the verdict of each


def test_the_page_says_of_each_sample_what_it_is_and_how_it_travels(ada: Person) -> None:
    odd = "Acme Plumbing: we’ll be there at nine. Reply STOP to opt out."
    page = text_of(ada.get(step(campaign_draft(ada, samples=[odd, PLAIN]), "samples")))
    assert f"No known problem</strong> · {len(odd)} characters · 1 segment · UCS-2 · because of ’" in page
    assert f"Cannot be sent</strong> · {len(PLAIN)} characters · 1 segment · GSM-7" in page
    assert "1 character ·" not in page


def test_a_live_check_swaps_only_the_slot_that_changed_and_speaks_of_findings_alone(ada: Person) -> None:
    campaign = campaign_draft(ada)
    first = asked(ada, campaign, SAMPLES | {"sample_2": PLAIN})
    marks = re.findall(r'name="findings-shown" value="([^"]+)"', first.content.decode())
    assert [mark.partition("=")[0] for mark in marks] == ["sample_1", "sample_2"]
    said = json.loads(first.headers["HX-Trigger"])["announce"]["message"]
    assert said.startswith("Sample message 2: ")
    assert "characters" not in said
    # Two letters more: counted anew, and said to nobody.
    longer = SAMPLES | {"sample_2": f"{PLAIN} Hm", "findings-shown": marks}
    second = asked(ada, campaign, longer)
    assert 'id="id_sample_2_findings"' in second.content.decode()
    assert 'id="id_sample_1_findings"' not in second.content.decode()
    assert "HX-Trigger" not in second.headers
    # The same again: nothing at all.
    marks = [marks[0], *re.findall(r'name="findings-shown" value="([^"]+)"', second.content.decode())]
    assert asked(ada, campaign, longer | {"findings-shown": marks}).status_code == 204
    mended = asked(ada, campaign, SAMPLES | {"findings-shown": marks})
    said = json.loads(mended.headers["HX-Trigger"])["announce"]["message"]
    assert "nothing to note any more" in said
    assert again(ada, campaign).samples == list(SAMPLES.values())


def test_an_empty_box_between_two_keeps_its_place_in_the_live_check(ada: Person) -> None:
    answers = {"sample_1": SAMPLES["sample_1"], "sample_2": "", "sample_3": PLAIN}
    found = asked(ada, campaign_draft(ada), answers).content.decode()
    assert 'id="id_sample_3_findings"' in found
    assert 'name="mend" value="C02:sample_3"' in found


@pytest.mark.parametrize(
    "sample",
    [
        "Acme Plumbing: STOP the leak today, call us about your pipes and drains.",
        "Acme Plumbing: your visit is at nine. Reply STOPnow to opt out of it",
        "Acme Plumbing: Reply STOP to opt out. Your plumber arrives tomorrow at nine in the morning, as agreed.",
        "Acme Plumbing: your visit is at nine. Reply ＳＴＯＰ to opt out.",
        "Acme Plumbing: your visit is at nine. Reply ST\u200bOP to opt out.",
        "Acme Plumbing: your visit is at nine. Reply “STOP” to opt out.",
    ],
    ids=["word", "glued", "not-at-the-end", "full-width", "zero-width", "curly"],
)
def test_one_input_has_one_verdict_live_saved_and_before_sending(ada: Person, sample: str) -> None:
    campaign = campaign_draft(ada)
    answers = SAMPLES | {"sample_2": sample}
    live = asked(ada, campaign, answers).content.decode()
    assert asked(ada, campaign, answers).content.decode() == live
    refused = "Cannot be sent" in live
    assert ada.post(step(campaign, "samples"), answers).status_code == 302
    opened = text_of(ada.get(step(campaign, "samples")))
    assert ("Cannot be sent" in opened) is refused
    assert ("Fix what blocks it" in text_of(ada.get(step(campaign, "check")))) is refused


def test_what_the_form_refuses_is_said_live_too(ada: Person) -> None:
    found = text_of(asked(ada, campaign_draft(ada), SAMPLES | {"sample_2": "Too short. STOP"}))
    assert "needs at least 20 characters; this has 15" in found
    assert "Cannot be sent" in found


def test_findings_of_other_steps_stand_beside_their_fields(ada: Person) -> None:
    campaign = campaign_draft(ada)
    found = text_of(asked(ada, campaign, TEXTS | {"help_message": "For help, read the manual."}, "texts"))
    assert 'id="id_help_message_findings"' in found
    assert asked(ada, campaign, {}, "no-such-step").status_code == 404
    # Without htmx there is nothing to see here.
    assert ada.post(f"{step(campaign, 'texts')}findings/", TEXTS)["Location"] == step(campaign, "texts")


# --- mended by a click


def test_the_opt_out_is_appended_by_a_click_and_kept_unsaved(ada: Person) -> None:
    campaign = campaign_draft(ada)
    answers = SAMPLES | {"sample_2": PLAIN}
    answer = ada.post(step(campaign, "samples"), answers | {"mend": "C02:sample_2"})
    assert answer["Location"] == f"{step(campaign, 'samples')}#id_sample_2"
    page = ada.get(step(campaign, "samples")).content.decode()
    mended = texts(page)[1]
    assert mended.startswith(PLAIN)
    assert "STOP" in mended
    assert "Cannot be sent" not in page
    assert again(ada, campaign).samples == list(SAMPLES.values())


@pytest.mark.parametrize(
    "forged", ["", "C02", "C02:", "C02:name", "X99:sample_1", ":sample_1", "C02:sample_6"]
)
def test_a_forged_click_mends_nothing(ada: Person, forged: str) -> None:
    campaign = campaign_draft(ada)
    answer = ada.post(step(campaign, "samples"), SAMPLES | {"mend": forged})
    assert answer.status_code == 302
    page = ada.get(step(campaign, "samples")).content.decode()
    assert texts(page)[:2] == list(SAMPLES.values())
