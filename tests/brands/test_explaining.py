"""Why a brand was rejected: in plain words, by code, by category and by the words themselves."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from brands import states
from brands.explaining import explained
from brands.explaining_meanings import meaning_of, report_unknown
from brands.explaining_words import BY_CODE, BY_WORDS, UNKNOWN
from brands.models import Brand
from brands.resubmitting import TOO_SOON, BrandUpdate
from portal import clock
from portal.audit.recording import REGISTRY
from portal.carriers.contract import Reason
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.states import make
from portal.practice.verdicts import CATEGORIES, FAILURE
from tests.factories import PUBLIC, brand_draft, submitted_brand
from tests.people import Person

OLD = {"website": "https://bit.ly/3xYz"}


def rejected(
    person: Person, *reasons: tuple[str, str, list[str]], refused: bool = False, **answers: Any
) -> Brand:
    """A brand that was filed and rejected for `reasons`: code, words, fields."""
    brand = brand_draft(person, **answers)
    given = [{"code": code, "text": text, "fields": fields} for code, text, fields in reasons]
    with person.acting():
        brand.submit(by=person.actor, times=clock.read())
        if refused:
            Submission.objects.filter(subject_id=brand.pk).update(state=SubmissionState.REFUSED)
        make(states.REFUSE, brand, by=REGISTRY, at=clock.read().business, reasons=given)
    return brand


def words(person: Person, brand: Brand) -> list[Any]:
    with person.acting():
        return explained(brand)


# --- what a reason means


@pytest.mark.parametrize("category", CATEGORIES.values(), ids=lambda one: one.id)
def test_every_category_of_the_registry_has_plain_words(category: Any) -> None:
    meaning, is_known = meaning_of(category.id, category.description)
    assert is_known
    assert meaning is not UNKNOWN
    assert meaning.fields


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (FAILURE, "tax_id"),
        ("Business name mismatch", "legal_name"),
        ("Legal company name does not match IRS records", "legal_name"),
        ("The company's name on record is spelled differently: Larkspur Orchards Limited.", "legal_name"),
        ("EIN not found", "tax_id"),
        ("Invalid Tax ID", "tax_id"),
        ("Website not reachable", "website"),
        ("Email address uses a public domain", "email"),
        ("Address could not be verified", "street"),
        ("Postal code is not valid", "postal_code"),
        ("Phone number is disconnected", "phone"),
        ("Duplicate brand", "tax_id"),
        ("Ticker not found on NYSE", "stock_symbol"),
        ("Not a US government entity", "entity_type"),
        ("No 501(c)(3) status", "entity_type"),
        ("Vertical is not allowed", "vertical"),
        ("Sole proprietor brand appears to be a registered business", "display_name"),
        ("Country is not supported", "country"),
    ],
)
def test_vague_words_without_a_code_lead_to_the_answer_that_they_mean(text: str, field: str) -> None:
    for code in ("", "OTHERS"):
        meaning, is_known = meaning_of(code, text)
        assert is_known
        assert field in meaning.fields


@pytest.mark.parametrize(
    "code", ["30795", "30703", "30915", "18011", "1100", "BRAND_ADDRESS_INVALID", "brand_url_form_only"]
)
def test_codes_of_other_providers_are_known(code: str) -> None:
    meaning, is_known = meaning_of(code, "")
    assert is_known
    assert meaning.fields
    assert meaning is BY_CODE[code.upper()]


def test_a_number_that_two_sources_use_is_told_for_both() -> None:
    meaning, _is_known = meaning_of("1001", "")
    assert "Infobip: Adult content" in str(meaning.plain)
    assert "Plivo: Prohibited category" in str(meaning.plain)


def test_a_code_of_the_catalogue_is_told_in_its_words_and_final_ones_as_final() -> None:
    meaning, is_known = meaning_of("30884", "")
    assert is_known
    assert str(meaning.plain) == "Known spam/phishing."
    assert "usually final" in str(meaning.to_do)


def test_an_empty_reason_is_unknown_and_others_without_words_too() -> None:
    assert meaning_of("", "") == (UNKNOWN, False)
    assert meaning_of("OTHERS", "")[1] is False
    assert meaning_of("OTHERS", "Misrepresentation of something")[1] is True


def test_a_flood_of_words_is_searched_in_no_time() -> None:
    assert meaning_of("", "name " * 400_000)[1] is False


@pytest.mark.parametrize("meaning", [*BY_CODE.values(), *(one for _pattern, one in BY_WORDS), UNKNOWN])
def test_every_meaning_says_what_to_do(meaning: Any) -> None:
    assert str(meaning.plain).endswith(".")
    assert str(meaning.to_do).endswith(".")
    assert set(meaning.fields) <= {field.name for field in Brand._meta.fields} | {"tax_id"}


# --- on the brand


@pytest.mark.django_db
def test_the_words_of_the_registry_stay_as_they_came_and_lead_to_the_wizard(ada: Person) -> None:
    text = CATEGORIES["TAX_ID"].description
    brand = rejected(ada, ("TAX_ID", text, ["tax_id", "legal_name", "country"]))
    (one,) = words(ada, brand)
    assert (one.code, one.text) == ("TAX_ID", text)
    assert "do not belong together" in str(one.plain)
    assert "CP 575" in " ".join(map(str, one.hints))
    assert "30 to 90 days" in " ".join(map(str, one.hints))
    assert one.fields[0] == ("EIN", f"/brands/drafts/{brand.pk}/company/?return=check#id_tax_id")
    assert "registry" in str(one.decided_by)


@pytest.mark.django_db
def test_a_reason_without_fields_points_at_what_it_usually_means(ada: Person) -> None:
    (one,) = words(ada, rejected(ada, ("", "Business name mismatch", [])))
    assert [str(label) for label, _url in one.fields] == ["Legal company name", "DBA or brand name", "EIN"]


@pytest.mark.django_db
def test_what_was_never_asked_is_not_pointed_at(ada: Person) -> None:
    (one,) = words(ada, rejected(ada, ("STOCK_SYMBOL", "Not listed.", [])))
    assert "Stock symbol" not in [str(label) for label, _url in one.fields]
    (other,) = words(ada, rejected(ada, ("STOCK_SYMBOL", "Not listed.", []), **PUBLIC))
    assert "Stock symbol" in [str(label) for label, _url in other.fields]


@pytest.mark.django_db
def test_a_refusal_of_the_interface_is_told_as_one(ada: Person) -> None:
    (one,) = words(ada, rejected(ada, ("value_error.missing", "field required", ["email"]), refused=True))
    assert "carrier's interface" in str(one.decided_by)
    assert one.is_known


@pytest.mark.django_db
def test_an_unknown_reason_says_so_and_what_usually_helps(ada: Person) -> None:
    (one,) = words(ada, rejected(ada, ("77-Q", "Perturbation of the flux.", [])))
    assert (one.code, one.text, one.is_known) == ("77-Q", "Perturbation of the flux.", False)
    assert str(one.plain) == "We do not know this reason yet."
    assert "tax office's letter" in str(one.to_do)


@pytest.mark.django_db
def test_a_field_that_we_have_no_page_for_is_named_all_the_same(ada: Person) -> None:
    (one,) = words(ada, rejected(ada, ("OTHERS", "Look again.", ["altBusinessId"])))
    assert one.fields == [("altBusinessId", "")]


@pytest.mark.django_db
def test_what_we_had_warned_of_is_said_and_what_we_had_not_is_said_otherwise(ada: Person) -> None:
    reason = ("OTHERS", "The website is not that of the business.", ["website"])
    warned = rejected(ada, reason, **OLD)
    (one,) = words(ada, warned)
    assert str(one.hints[0]).startswith("Our check says of what was filed: “bit.ly” shortens links")
    brand = brand_draft(ada, **OLD)
    page = ada.get(f"/brands/drafts/{brand.pk}/check/").content.decode()
    known = page.split('name="findings-known" value="')[1].split('"')[0]
    ada.post(f"/brands/drafts/{brand.pk}/submission/", {"anyway": "on", "findings-known": known})
    with ada.acting():
        brand.refresh_from_db()
        code, text, fields = reason
        given = [{"code": code, "text": text, "fields": fields}]
        make(states.REFUSE, brand, by=REGISTRY, at=clock.read().business, reasons=given)
        (one,) = explained(brand)
    assert str(one.hints[0]).startswith("We had warned of this before it was sent: “bit.ly” shortens links")


@pytest.mark.django_db
def test_a_review_that_was_asked_for_later_does_not_make_us_forget_what_we_had_warned_of(ada: Person) -> None:
    brand = brand_draft(ada, **OLD)
    reasons = [{"code": "OTHERS", "text": "The website is odd.", "fields": ["website"]}]
    with ada.acting():
        times = clock.read()
        brand.submit(by=ada.actor, times=times, detail={"findings": ["B11:website"]})
        make(states.REFUSE, brand, by=REGISTRY, at=times.business, reasons=reasons)
        # As `resubmitting.review_again` does.
        make(states.RESUBMIT, brand, by=ada.actor, at=times.business, detail={"version": 1})
        make(states.REFUSE, brand, by=REGISTRY, at=times.business, reasons=reasons)
        (one,) = explained(brand)
    assert str(one.hints[0]).startswith("We had warned of this before it was sent")


@pytest.mark.django_db
def test_findings_are_about_what_was_filed_and_not_about_what_is_being_corrected(ada: Person) -> None:
    brand = rejected(ada, ("OTHERS", "The website is not that of the business.", ["website"]), **OLD)
    with ada.acting():
        brand.save_answers({"website": "https://www.acme.example"}, times=clock.read())
    (one,) = words(ada, brand)
    assert "“bit.ly” shortens links" in str(one.hints[0])


@pytest.mark.django_db
def test_one_finding_is_told_once_although_two_reasons_mean_its_field(ada: Person) -> None:
    reasons = [("OTHERS", "The website is odd.", ["website"]), ("1100", "No website.", ["website"])]
    told = [str(hint) for one in words(ada, rejected(ada, *reasons, **OLD)) for hint in one.hints]
    assert sum("shortens links" in hint for hint in told) == 1


@pytest.mark.django_db
def test_no_tax_id_stands_in_what_is_told(ada: Person) -> None:
    brand = rejected(ada, ("TAX_ID", "Mismatch.", ["tax_id"]), tax_id="07-1144442")
    told = repr(words(ada, brand))
    assert "begins with 07" in told
    assert "1144442" not in told


@pytest.mark.django_db
def test_the_page_of_a_rejected_brand_shows_it(ada: Person) -> None:
    brand = rejected(ada, ("TAX_ID", CATEGORIES["TAX_ID"].description, ["tax_id", "legal_name"]))
    page = ada.get(f"/brands/{brand.pk}/").content.decode()
    assert "do not belong together in the public records" in page
    assert CATEGORIES["TAX_ID"].description in page
    assert f"/brands/drafts/{brand.pk}/company/?return=check#id_legal_name" in page


@pytest.mark.django_db
def test_a_brand_that_is_not_rejected_has_nothing_to_explain(ada: Person) -> None:
    assert words(ada, brand_draft(ada)) == []


def test_a_review_too_soon_is_no_reason_that_nobody_knows() -> None:
    meaning, is_known = meaning_of(TOO_SOON, "A brand can be revetted once every 3 months.")
    assert is_known
    assert "too recently" in str(meaning.plain)


@pytest.mark.django_db
def test_what_nobody_knows_of_a_refused_correction_is_named_to_operators(
    ada: Person, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    brand = submitted_brand(ada)
    with ada.acting():
        submission = brand.filing()
        assert submission is not None
        BrandUpdate().refused(submission, (Reason("77-Q", "Perturbation of the flux."),), clock.read())
    assert "77-Q" in "".join(capsys.readouterr()) + caplog.text


def test_reasons_that_nobody_knows_are_named_to_operators(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    known = {"code": "TAX_ID", "text": "Mismatch.", "fields": []}
    report_unknown("a brand", [known, {"code": "77-Q", "text": "Perturbation of the flux.", "fields": []}])
    said = "".join(capsys.readouterr()) + caplog.text
    assert "77-Q" in said
    assert "Perturbation of the flux." in said
    assert "Mismatch" not in said
