"""What a reading makes of vettings, of a listed company's contact, and of a sole proprietor's phone."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier, mapping, proofs
from portal.carriers.contract import BrandReading, BrandState, CarrierError, Unauthorized, Unavailable
from tests.carriers.filings import BRAND_ID, CONFIG, HOOKS, Telnyx, brand

VETTINGS = f"/v2/10dlc/brand/{BRAND_ID}/externalVetting"
OPEN = {"evpId": "AEGIS", "vettingClass": "AUTHPLUS", "createDate": "2026-11-20T09:00:00.000000"}
DONE = {**OPEN, "vettedDate": "2026-11-21T09:00:00"}
SCORED = {
    "evpId": "AEGIS",
    "vettingClass": "STANDARD",
    "createDate": "2026-11-20T10:00:00",
    "vettedDate": "2026-11-20T10:02:00",
    "vettingScore": 71,
}


def _read(*vettings: Any, entity_type: str = "PUBLIC_PROFIT", **changes: Any) -> BrandReading:
    told = brand(**{"entityType": entity_type, "status": "OK", "identityStatus": "VERIFIED", **changes})
    return TelnyxCarrier(CONFIG, transport=httpx.MockTransport(Telnyx(told, vettings=vettings))).read_brand(
        BRAND_ID
    )


# -- the contact of a listed company ---------------------------------------------------------------


@pytest.mark.parametrize("identity", ["VERIFIED", "VETTED_VERIFIED"])
@pytest.mark.parametrize(
    ("entity_type", "vettings", "state"),
    [
        ("PUBLIC_PROFIT", [OPEN], BrandState.NEEDS_CONFIRMATION),
        ("PUBLIC_PROFIT", [SCORED, OPEN], BrandState.NEEDS_CONFIRMATION),
        ("PUBLIC_PROFIT", [{**OPEN, "vettedDate": ""}], BrandState.NEEDS_CONFIRMATION),
        ("PUBLIC_PROFIT", [{**OPEN, "vettedDate": None}], BrandState.NEEDS_CONFIRMATION),
        ("PUBLIC_PROFIT", [DONE], BrandState.VERIFIED),
        ("PUBLIC_PROFIT", [], BrandState.VERIFIED),
        ("PUBLIC_PROFIT", [{**OPEN, "vettingClass": "STANDARD"}], BrandState.VERIFIED),
        ("PRIVATE_PROFIT", [OPEN], BrandState.VERIFIED),
    ],
)
def test_a_listed_company_is_verified_when_its_contact_is_too(
    identity: str, entity_type: str, vettings: list[Any], state: BrandState
) -> None:
    reading = _read(*vettings, entity_type=entity_type, identityStatus=identity)
    assert (reading.state, reading.word) == (state, f"OK / {identity}")


@pytest.mark.parametrize(
    ("older", "newer", "state"),
    [(OPEN, DONE, BrandState.VERIFIED), (DONE, OPEN, BrandState.NEEDS_CONFIRMATION)],
)
def test_of_several_mails_the_newest_counts_in_whatever_order_they_are_listed(
    older: dict[str, Any], newer: dict[str, Any], state: BrandState
) -> None:
    rows = [
        {**older, "createDate": "2026-05-01T09:00:00"},
        {**newer, "createDate": "2026-11-20T09:00:00"},
        SCORED,
    ]
    for order in itertools.permutations(rows):
        reading = _read(*order)
        assert reading.state is state
        assert reading.confirmation_asked_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "identity", "state"),
    [
        ("OK", "UNVERIFIED", BrandState.UNVERIFIED),
        ("REGISTRATION_PENDING", "VERIFIED", BrandState.PENDING),
        ("REGISTRATION_FAILED", "VERIFIED", BrandState.FAILED),
        ("SUSPENDED", "VERIFIED", BrandState.SUSPENDED),
        ("ON_HOLD", "VERIFIED", BrandState.UNKNOWN),
    ],
)
def test_an_open_mail_changes_nothing_before_the_registry_has_verified(
    status: str, identity: str, state: BrandState
) -> None:
    assert _read(OPEN, status=status, identityStatus=identity).state is state


# -- the phone of a sole proprietor ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("entity_type", "status", "identity", "state"),
    [
        ("SOLE_PROPRIETOR", "OK", "SELF_DECLARED", BrandState.NEEDS_PASSWORD),
        ("SOLE_PROPRIETOR", "OK", "PENDING", BrandState.NEEDS_PASSWORD),
        ("SOLE_PROPRIETOR", "OK", "VERIFIED", BrandState.VERIFIED),
        ("SOLE_PROPRIETOR", "OK", "UNVERIFIED", BrandState.UNVERIFIED),
        ("SOLE_PROPRIETOR", "OK", "pending", BrandState.UNKNOWN),
        ("SOLE_PROPRIETOR", "OK", None, BrandState.UNKNOWN),
        ("SOLE_PROPRIETOR", "REGISTRATION_PENDING", "SELF_DECLARED", BrandState.PENDING),
        ("SOLE_PROPRIETOR", "REGISTRATION_FAILED", "SELF_DECLARED", BrandState.FAILED),
        ("SOLE_PROPRIETOR", "SUSPENDED", "SELF_DECLARED", BrandState.SUSPENDED),
        ("PRIVATE_PROFIT", "OK", "SELF_DECLARED", BrandState.UNVERIFIED),
        ("PRIVATE_PROFIT", "OK", "PENDING", BrandState.UNKNOWN),
        (None, "OK", "PENDING", BrandState.UNKNOWN),
    ],
)
def test_a_sole_proprietor_proves_the_phone_before_anything_is_verified(
    entity_type: str | None, status: str, identity: str | None, state: BrandState
) -> None:
    told = brand(entityType=entity_type, status=status, identityStatus=identity)
    assert mapping.state_of(told) is state


@pytest.mark.parametrize(
    "word", ["suspended", "SUSPENDED ", "SUSPENDED_BY_MNO", "DEACTIVATED", ["SUSPENDED"]]
)
def test_suspended_is_said_only_for_the_very_word(word: Any) -> None:
    assert mapping.state_of(brand(status=word, identityStatus="VERIFIED")) is BrandState.UNKNOWN


@pytest.mark.parametrize("state", ["VERIFIED", "NEEDS_CONFIRMATION", "NEEDS_PASSWORD"])
def test_a_brand_without_a_verdict_against_it_has_no_reasons(state: str) -> None:
    told = {
        "VERIFIED": ("PUBLIC_PROFIT", "VERIFIED", DONE),
        "NEEDS_CONFIRMATION": ("PUBLIC_PROFIT", "VERIFIED", OPEN),
        "NEEDS_PASSWORD": ("SOLE_PROPRIETOR", "SELF_DECLARED", OPEN),
    }[state]
    reading = _read(told[2], entity_type=told[0], identityStatus=told[1], failureReasons="of last year")
    assert (reading.state, reading.reasons) == (BrandState[state], ())


# -- scores ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vettings", "score", "of"),
    [
        ([], None, ""),
        ([SCORED], 71, "STANDARD"),
        ([OPEN, DONE], None, ""),
        ([{**SCORED, "vettingScore": 0}], 0, "STANDARD"),
        ([{**SCORED, "vettingScore": 100}], 100, "STANDARD"),
        ([{**SCORED, "vettedDate": None}], None, ""),
        ([{**SCORED, "vettingScore": None}], None, ""),
        ([{**SCORED, "vettingScore": True}], None, ""),
        ([{**SCORED, "vettingScore": "71"}], None, ""),
        ([{**SCORED, "vettingScore": -1}], None, ""),
        ([{**SCORED, "vettingScore": 101}], None, ""),
        ([{**SCORED, "vettingClass": None}], 71, ""),
        ([None, 7, "x", [SCORED], SCORED], 71, "STANDARD"),
        ([{**SCORED, "vettedDate": "last week"}], 71, "STANDARD"),
        (
            [
                {
                    **SCORED,
                    "vettedDate": "2026-11-21T09:00:00",
                    "vettingScore": 12,
                    "vettingClass": "ENHANCED",
                },
                SCORED,
                {**SCORED, "vettedDate": None, "vettingScore": 99},
            ],
            12,
            "ENHANCED",
        ),
        (
            [{**SCORED, "vettedDate": "2026-11-20T09:00:00-05:00", "vettingScore": 50}, SCORED],
            50,
            "STANDARD",
        ),
    ],
)
def test_the_score_is_that_of_the_newest_complete_vetting(
    vettings: list[Any], score: int | None, of: str
) -> None:
    for order in (vettings, vettings[::-1]):
        reading = _read(*order, entity_type="PRIVATE_PROFIT")
        assert (reading.score, reading.vetting_class) == (score, of)


@pytest.mark.parametrize(
    ("count", "campaigns"),
    [(0, 0), (3, 3), (3.0, 3), (2.5, None), (-1, None), (True, None), ("3", None), (None, None)],
)
def test_campaigns_are_counted_when_the_carrier_counts_them(count: Any, campaigns: int | None) -> None:
    assert _read(assignedCampaignsCount=count).campaigns == campaigns


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock shows another time of day."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T09:00:00.000001", datetime(2026, 11, 20, 9, 0, 0, 1, tzinfo=UTC)),
        ("2026-11-20T09:00:00Z", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T09:00:00-05:00", datetime(2026, 11, 20, 14, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("20 November", None),
        ("", None),
        (None, None),
        (1763600000, None),
    ],
)
def test_a_date_without_an_offset_is_utc_wherever_the_portal_runs(
    far_away: None, text: Any, moment: datetime | None
) -> None:
    assert proofs.moment(text) == moment


# -- what is asked for, and what when it cannot be had -----------------------------------------------


@pytest.mark.parametrize(
    ("entity_type", "status", "identity", "asked"),
    [
        ("PUBLIC_PROFIT", "OK", "VERIFIED", True),
        ("PRIVATE_PROFIT", "OK", "VETTED_VERIFIED", True),
        ("SOLE_PROPRIETOR", "OK", "VERIFIED", False),
        ("SOLE_PROPRIETOR", "OK", "SELF_DECLARED", False),
        ("PUBLIC_PROFIT", "OK", "UNVERIFIED", False),
        ("PUBLIC_PROFIT", "REGISTRATION_PENDING", None, False),
        ("PUBLIC_PROFIT", "REGISTRATION_FAILED", None, False),
        ("PUBLIC_PROFIT", "SUSPENDED", "VERIFIED", False),
        ("PUBLIC_PROFIT", "ON_HOLD", "VERIFIED", False),
    ],
)
def test_vettings_are_asked_for_only_where_they_can_matter(
    entity_type: str, status: str, identity: str | None, asked: bool
) -> None:
    telnyx = Telnyx(brand(entityType=entity_type, status=status, identityStatus=identity))
    TelnyxCarrier(CONFIG, transport=httpx.MockTransport(telnyx)).read_brand(BRAND_ID)
    assert (("GET", VETTINGS) in telnyx.seen) is asked


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(500), Unavailable),
        (httpx.Response(404), Unavailable),
        (httpx.Response(429), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable),
        (httpx.Response(200, json={"data": []}), Unavailable),
        (httpx.Response(401), Unauthorized),
    ],
)
def test_a_brand_is_not_called_verified_while_its_vettings_cannot_be_had(
    answer: httpx.Response, expected: type[CarrierError]
) -> None:
    told = brand(entityType="PUBLIC_PROFIT", status="OK", identityStatus="VERIFIED", webhookURL=f"{HOOKS}/k/")

    def script(request: httpx.Request) -> httpx.Response:
        return answer if "externalVetting" in request.url.path else httpx.Response(200, json=told)

    with pytest.raises(CarrierError) as raised:
        TelnyxCarrier(CONFIG, transport=httpx.MockTransport(script)).read_brand(BRAND_ID)
    assert type(raised.value) is expected


def test_a_brand_and_its_vettings_are_read_under_one_deadline() -> None:
    told = brand(status="OK", identityStatus="VERIFIED")
    until: list[float] = []

    def script(request: httpx.Request) -> httpx.Response:
        until.append(request.extensions["deadline"])
        return httpx.Response(200, json=[] if "externalVetting" in request.url.path else told)

    TelnyxCarrier(CONFIG, transport=httpx.MockTransport(script)).read_brand(BRAND_ID)
    assert len(until) == 2
    assert until[0] == until[1]
