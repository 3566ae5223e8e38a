"""Between the rows and the carrier: put in at the call, taken out of whatever comes back."""

from __future__ import annotations

import traceback
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from brands import states
from brands.models import Brand
from brands.withholding import TaxIds
from portal.carriers.contract import (
    BrandReading,
    BrandState,
    CarrierError,
    Created,
    NotFound,
    OutcomeUnknown,
    Reason,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.lifecycle.models import Submission
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.django_db
CLEAR = "91-4730265"


@pytest.fixture
def brand(ada: Person) -> Brand:
    return submitted_brand(ada, legal_name=unique_name())


@pytest.fixture
def tax_ids(brand: Brand) -> TaxIds:
    return TaxIds(brand.organization_id, brand.pk)


def token(tax_ids: TaxIds) -> str:
    (one,) = tax_ids._clear
    return one


def submission_of(brand: Brand, person: Person) -> Submission:
    with person.acting():
        found: Submission = Submission.objects.get(subject_id=brand.pk)
    return found


def test_the_carrier_gets_the_number_and_everybody_else_the_token(
    ada: Person, brand: Brand, tax_ids: TaxIds
) -> None:
    payload = submission_of(brand, ada).payload
    filing = tax_ids.filing(payload)
    assert filing.tax_id == CLEAR
    assert CLEAR not in repr(filing) + repr(tax_ids) + repr(payload)


def test_a_token_that_nothing_stands_behind_is_not_sent(ada: Person, brand: Brand, tax_ids: TaxIds) -> None:
    payload = submission_of(brand, ada).payload | {"tax_id": f"tax-id:{uuid4()}"}
    with pytest.raises(Unavailable, match="is gone"):
        tax_ids.filing(payload)


def test_answers_hold_the_token(tax_ids: TaxIds) -> None:
    it = token(tax_ids)
    created = tax_ids.out_of_created(
        Created("ref-1", {"ein": "914730265", "echo": [f"EIN {CLEAR}", 914730265]})
    )
    assert created.raw == {"ein": it, "echo": [f"EIN {it}", it]}
    seen = tax_ids.out_of_reading(
        BrandReading(
            "ref-1",
            BrandState.UNVERIFIED,
            f"ODD {CLEAR}",
            reasons=(Reason("TAX_ID", "91 4730265 is another company's", ("tax_id",)),),
            filed={"tax_id": "914730265", "city": "Seattle"},
            raw={"universalEin": f"US_{CLEAR}"},
        )
    )
    assert (seen.reference, seen.word) == ("ref-1", f"ODD {it}")
    assert seen.reasons == (Reason("TAX_ID", f"{it} is another company's", ("tax_id",)),)
    assert seen.filed == {"tax_id": it, "city": "Seattle"}
    assert seen.raw == {"universalEin": f"US_{it}"}


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (Refused(f"no {CLEAR}", reasons=(Reason("", f"{CLEAR}?"),)), Refused),
        (Refused("quiet", reasons=(Reason("", f"{CLEAR}?"),)), Refused),
        (Unavailable(f"no {CLEAR}", retry_after=timedelta(seconds=7)), Unavailable),
        (OutcomeUnknown(f"no {CLEAR}"), OutcomeUnknown),
        (Unauthorized(f"no {CLEAR}"), Unauthorized),
        (NotFound(f"no {CLEAR}"), NotFound),
        (ValueError(f"invalid literal: '{CLEAR}'"), CarrierError),
        (KeyError(914730265), CarrierError),
    ],
    ids=repr,
)
def test_an_error_keeps_its_kind_and_loses_the_number(
    tax_ids: TaxIds, problem: Exception, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as caught, tax_ids.withheld():
        raise problem
    told = "".join(traceback.format_exception(caught.value))
    assert "4730265" not in told
    assert type(caught.value) is kind
    if isinstance(caught.value, Refused):
        assert "4730265" not in caught.value.reasons[0].text
    if isinstance(caught.value, Unavailable):
        assert caught.value.retry_after == timedelta(seconds=7)


def test_a_number_in_the_cause_of_an_error_is_withheld_too(tax_ids: TaxIds) -> None:
    def library() -> None:
        try:
            raise ValueError(CLEAR)
        except ValueError as cause:
            raise RuntimeError("something else") from cause

    with pytest.raises(CarrierError) as caught, tax_ids.withheld():
        library()
    assert CLEAR not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__suppress_context__


def test_an_innocent_error_passes_as_it_is(tax_ids: TaxIds) -> None:
    problem = ZeroDivisionError("no number in it")
    with pytest.raises(ZeroDivisionError) as caught, tax_ids.withheld():
        raise problem
    assert caught.value is problem


@pytest.mark.slow
def test_without_its_key_nothing_is_sent_until_the_key_is_back(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    keys = settings.TAX_ID_KEYS
    settings.TAX_ID_KEYS = ["another key " * 5]
    work()
    submission = submission_of(brand, ada)
    assert "TAX_ID_KEYS" in submission.last_error
    assert registry.ledger(method="POST", key=str(submission.key)) == []
    settings.TAX_ID_KEYS = keys
    later = Later()
    later.pass_(minutes=1)
    work(later)
    with ada.acting():
        assert Brand.objects.get(pk=brand.pk).status == states.IN_REVIEW
    assert len(registry.ledger(method="POST", key=str(submission.key))) == 1


@pytest.mark.slow
def test_a_brand_keeps_working_while_keys_are_exchanged(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name())
    settings.TAX_ID_KEYS = ["a new key " * 5, *settings.TAX_ID_KEYS]
    work()
    with ada.acting():
        assert Brand.objects.get(pk=brand.pk).status == states.IN_REVIEW
