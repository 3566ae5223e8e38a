"""Why a campaign was rejected: all reasons at once, in plain words, with what can still be done."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

import portal.preflight
from campaigns import states
from campaigns.explaining import Rejection, explained
from campaigns.explaining_meanings import meaning_of, report_unknown
from campaigns.explaining_words import BY_CODE, BY_WORDS, UNKNOWN
from campaigns.models import Campaign
from campaigns.registration import Registration, Standing
from portal import clock
from portal.audit.recording import REGISTRY
from portal.carriers.campaigns import Decider, NetworkState
from portal.lifecycle.states import make
from portal.practice.campaigns.rules import REASONS
from portal.preflight.explaining import Outcome
from tests.campaigns.living import Living
from tests.factories import campaign_draft
from tests.people import Person

CATALOGUE = json.loads((Path(portal.preflight.__file__).parent / "rejections.json").read_text())["reasons"]
NO_STOP = "Sample messages do not include opt-out instructions."


def rejected(
    person: Person, *reasons: tuple[str, str, list[str]], by: Decider | str = Decider.PROVIDER, **answers: Any
) -> Campaign:
    """A campaign that was filed and rejected for `reasons`: code, words, fields."""
    from campaigns.submitting import submit

    campaign = campaign_draft(person, **answers)
    given = [{"code": code, "text": text, "fields": fields} for code, text, fields in reasons]
    with person.acting():
        submit(campaign, by=person.actor, times=clock.read())
        Campaign.objects.filter(pk=campaign.pk).update(status=states.PROVIDER)
        campaign.refresh_from_db()
        make(
            states.REJECT, campaign, by=REGISTRY, at=clock.read().business, reasons=given, decided_by=str(by)
        )
        campaign.refresh_from_db()
    return campaign


def words(person: Person, campaign: Campaign) -> Rejection:
    with person.acting():
        return explained(campaign)


# --- what a reason means


@pytest.mark.parametrize("name", sorted(set(REASONS) - {"unknown"}))
def test_every_reason_of_the_practice_registry_has_plain_words(name: str) -> None:
    meaning, is_known = meaning_of(REASONS[name]["code"], REASONS[name]["text"])
    assert is_known
    assert meaning is not UNKNOWN


@pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_code_of_the_catalogue_is_explained(row: list[Any]) -> None:
    meaning, is_known = meaning_of(row[1], row[3])
    assert is_known
    assert str(meaning.plain)
    assert str(meaning.to_do)
    assert meaning.outcome is not Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("code", "text", "outcome", "field"),
    [
        ("", NO_STOP, Outcome.FIX, "samples"),
        (
            "",
            "The opt-in description is vague: say where and how consent is given.",
            Outcome.FIX,
            "message_flow",
        ),
        ("", "Prohibited content. This decision is final.", Outcome.FINAL, "samples"),
        ("", "Sample messages do not match the use case.", Outcome.FIX, "samples"),
        ("", "Privacy policy does not exclude sharing of mobile numbers.", Outcome.OUTSIDE, "privacy_url"),
        ("", "Invalid sub-usecase combination.", Outcome.NEW, "sub_use_cases"),
        ("", "HELP message is missing contact details.", Outcome.FIX, "help_message"),
        ("", "A similar campaign already exists for this brand.", Outcome.FIX, "description"),
        ("601", "Attributes do not match.", Outcome.NEW, "embedded_link"),
        ("804", "Call to action incomplete.", Outcome.FIX, "message_flow"),
        ("706", "Alcohol.", Outcome.NEW, "age_gate"),
        ("701", "Cannabis.", Outcome.FINAL, ""),
        ("30908", "", Outcome.OUTSIDE, "privacy_url"),
        ("", "803: Opt-in missing on the site", Outcome.OUTSIDE, "message_flow"),
        ("OTHERS", "Rejected (code 30893)", Outcome.FIX, "samples"),
        ("AGE_GATE_ISSUES", "", Outcome.NEW, "age_gate"),
    ],
)
def test_a_reason_leads_to_what_can_be_done(code: str, text: str, outcome: Outcome, field: str) -> None:
    meaning, is_known = meaning_of(code, text)
    assert is_known
    assert meaning.outcome is outcome
    assert not field or field in meaning.fields


def test_every_meaning_has_words_of_its_own() -> None:
    for meaning in (*BY_CODE.values(), *(meaning for _pattern, meaning in BY_WORDS)):
        assert str(meaning.plain)
        assert str(meaning.to_do)


@pytest.mark.parametrize(
    ("code", "text"), [("7777", "Reason 7777."), ("", "qwertz"), ("30000", ""), ("x" * 5_000, "y" * 50_000)]
)
def test_an_unknown_code_is_no_verdict_of_ours(code: str, text: str) -> None:
    meaning, is_known = meaning_of(code, text)
    assert not is_known
    assert meaning.outcome is Outcome.UNKNOWN


# --- on a campaign


@pytest.mark.django_db
def test_all_reasons_stand_there_at_once_each_with_its_own_words(ada: Person) -> None:
    campaign = rejected(ada, ("602", "A", []), ("804", "B", []), ("7777", "<b>C</b>", []))
    rows = words(ada, campaign)
    assert [(one.code, one.text) for one in rows] == [("602", "A"), ("804", "B"), ("7777", "<b>C</b>")]
    assert [one.is_known for one in rows] == [True, True, False]
    assert {str(one.decided_by) for one in rows} == {"the provider"}
    with ada.acting():
        page = ada.client.get(campaign.get_absolute_url()).content.decode()
    assert "&lt;b&gt;C&lt;/b&gt;" in page
    assert "<b>C</b>" not in page


@pytest.mark.django_db
def test_a_reason_leads_to_the_step_with_the_answer_and_suggests_wording(ada: Person) -> None:
    samples = [
        "Acme Plumbing: we come at nine today, see you.",
        "Acme Plumbing: how did we do? Reply STOP to unsubscribe.",
    ]
    campaign = rejected(ada, ("", NO_STOP, []), samples=samples)
    (row,) = words(ada, campaign)
    assert row.outcome is Outcome.FIX
    ((label, url),) = row.fields
    assert str(label) == "Sample message 1"
    assert url.endswith("/samples/?return=check#id_sample_1")
    (suggested,) = row.suggested
    assert suggested.wording == f"{samples[0]} Reply STOP to unsubscribe."
    assert any("does not end with how to stop" in str(hint) for hint in row.hints)


@pytest.mark.django_db
def test_what_is_frozen_needs_a_new_campaign_and_the_page_offers_the_copy(ada: Person) -> None:
    campaign = rejected(
        ada, ("601", "Attributes do not match.", []), ("602", "Samples.", []), by=Decider.CARRIER
    )
    rows = words(ada, campaign)
    assert rows.outcome is Outcome.NEW
    assert rows.clone_url == f"/campaigns/{campaign.pk}/clone/"
    page = ada.client.get(campaign.get_absolute_url()).content.decode()
    assert "Copy it into a new campaign" in page
    assert "needs a new campaign" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        ((("602", "S", []), ("701", "Cannabis", [])), Outcome.FINAL),
        ((("602", "S", []), ("803", "Website", [])), Outcome.OUTSIDE),
        ((("602", "S. This decision is final.", []),), Outcome.FINAL),
        ((("X", "The field is wrong", ["use_case"]),), Outcome.UNKNOWN),
        ((("MISSING", "Field required", ["optin_message"]),), Outcome.NEW),
        ((("MISSING", "Field required", ["help_message"]),), Outcome.FIX),
        ((("7777", "Reason 7777.", []),), Outcome.UNKNOWN),
    ],
)
def test_the_whole_is_as_bad_as_its_worst_reason(ada: Person, reasons: Any, outcome: Outcome) -> None:
    assert words(ada, rejected(ada, *reasons)).outcome is outcome


@pytest.mark.django_db
def test_a_carrier_s_own_reasons_stand_beside_the_others_by_its_name(ada: Person) -> None:
    campaign = rejected(ada, ("602", "S", []), by=Decider.CARRIER)
    with ada.acting():
        now = clock.read().business
        mine = {"organization": ada.organization}
        registration = Registration.objects.create(
            **mine, campaign=campaign, number=1, key=campaign.pk, account="a", reference="r", taken_at=now
        )
        reasons = [{"code": "602", "text": "S"}, {"code": "30899", "text": "The carrier rejected it."}]
        row = {"network": "10017", "name": "AT&T", "state": NetworkState.REJECTED, "word": "REJECTED"}
        Standing.objects.create(**mine, **row, registration=registration, since=now, reasons=reasons)
    rows = words(ada, campaign)
    assert [(one.code, str(one.decided_by)) for one in rows] == [
        ("602", "a mobile carrier"),
        ("30899", "AT&T"),
    ]


@pytest.mark.django_db
def test_a_field_that_nobody_here_asked_for_is_shown_by_its_name(ada: Person) -> None:
    (row,) = words(ada, rejected(ada, ("", "wrong", ["mnoIds"])))
    assert row.fields == [("mnoIds", "")]


@pytest.mark.django_db
def test_a_campaign_that_is_not_rejected_has_no_reasons(ada: Person) -> None:
    assert words(ada, campaign_draft(ada)) == []


def test_an_unknown_reason_is_named_to_operators_without_a_flood(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        report_unknown("c", [{"code": "7777", "text": "z" * 900}, {"code": "602", "text": ""}])
    assert "7777" in caplog.text
    assert "z" * 201 not in caplog.text


@pytest.mark.slow
def test_what_nobody_knows_of_a_verdict_is_named_to_operators(
    living: Living, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    living.rejected(code="77-Q", text="Perturbation of the flux.")
    assert "Perturbation of the flux." in "".join(capsys.readouterr()) + caplog.text
