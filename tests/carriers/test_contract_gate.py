"""The gate itself: it must be able to say no."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.carriers.contract_gate import ContractBroken, Gate
from tests.carriers.filings import brand

pytestmark = pytest.mark.contracts

BODY = {
    "country": "US",
    "displayName": "Acme",
    "email": "o@acme.example",
    "entityType": "PRIVATE_PROFIT",
    "vertical": "HEALTHCARE",
    "webhookURL": "https://portal.example/hooks/telnyx",
}


def _client(contracts: Path, answer: Any, *, closed: bool = True, key: str = "k") -> httpx.Client:
    gate = Gate(contracts, "telnyx", lambda _: httpx.Response(200, json=answer), closed=closed)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(transport=gate, base_url="https://api.telnyx.com/v2", headers=headers)


def test_a_call_by_the_book_passes(contracts: Path) -> None:
    with _client(contracts, brand()) as client:
        assert client.post("/10dlc/brand", json=BODY).json()["status"] == "REGISTRATION_PENDING"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"vertical": None}, "vertical"),
        ({"entityType": "LLC"}, "LLC"),
        ({"country": "USA"}, "too long"),
        ({"webhookUrl": "x"}, "webhookUrl"),
        ({"stockExchange": "NASDQ"}, "NASDQ"),
    ],
)
def test_a_wrong_request_is_caught(contracts: Path, change: dict[str, Any], complaint: str) -> None:
    body = {name: value for name, value in {**BODY, **change}.items() if value is not None}
    with _client(contracts, brand()) as client, pytest.raises(ContractBroken, match=complaint):
        client.post("/10dlc/brand", json=body)


def test_the_open_schema_would_let_a_misspelt_field_through(contracts: Path) -> None:
    with _client(contracts, brand(), closed=False) as client:
        assert client.post("/10dlc/brand", json={**BODY, "webhookUrl": "x"}).status_code == 200


def test_a_missing_key_and_a_wrong_path_are_caught(contracts: Path) -> None:
    with _client(contracts, brand(), key="") as client, pytest.raises(ContractBroken, match="ecurity"):
        client.post("/10dlc/brand", json=BODY)
    with _client(contracts, brand()) as client, pytest.raises(ContractBroken, match="PathNotFound"):
        client.post("/10dlc/brands", json=BODY)


def test_a_fake_that_drifts_is_caught(contracts: Path) -> None:
    with _client(contracts, {"data": brand()}) as client, pytest.raises(ContractBroken, match="answer 200"):
        client.post("/10dlc/brand", json=BODY)
