"""One practice registry for all tests here; every test has an account of its own."""

from __future__ import annotations

import os
import secrets
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.practice_registry import PracticeRegistry

# One for all clients: making it costs more than most tests, and here is no TLS.
TLS = ssl.create_default_context()

# A Friday morning: two working days later is a Tuesday.
START = "2026-11-20T10:00:00+00:00"


@pytest.fixture(scope="session")
def registry() -> Iterator[PracticeRegistry]:
    server = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
    if not server:
        pytest.skip("no PostgreSQL: neither DATABASE_OWNER_URL nor DATABASE_URL is set")
    with PracticeRegistry(server, START, portal_url="http://127.0.0.1:8000") as running:
        yield running


@pytest.fixture
def api_key() -> str:
    """An account that no other test knows."""
    return f"practice-{secrets.token_hex(8)}"


@pytest.fixture
def vendor(registry: PracticeRegistry, api_key: str) -> Iterator[httpx.Client]:
    """The vendor as an adapter sees it, with the test's own key."""
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.Client(base_url=f"{registry.url}/v2/10dlc", headers=headers, timeout=10, verify=TLS) as client:
        yield client


@pytest.fixture
def browser(registry: PracticeRegistry) -> Iterator[httpx.Client]:
    """A browser without JavaScript: keeps cookies, follows redirects."""
    with httpx.Client(base_url=registry.url, follow_redirects=True, timeout=10, verify=TLS) as client:
        yield client


def filing(**changes: Any) -> dict[str, Any]:
    """A brand that the vendor takes; None leaves a field out."""
    body = {
        "entityType": "PRIVATE_PROFIT",
        "displayName": "Acme Flowers",
        "companyName": "Acme Flowers LLC",
        "ein": "12-3456789",
        "phone": "+12065550101",
        "street": "1 Main St",
        "city": "Seattle",
        "state": "WA",
        "postalCode": "98101",
        "country": "US",
        "email": "help@acme.example",
        "website": "https://acme.example",
        "vertical": "RETAIL",
        "webhookURL": "https://portal.example/webhooks/telnyx/4f1c0c0e-key/",
    } | changes
    return {name: value for name, value in body.items() if value is not None}


def file(vendor: httpx.Client, **changes: Any) -> dict[str, Any]:
    """File a brand and return what the vendor answered."""
    answer = vendor.post("/brand", json=filing(**changes))
    assert answer.status_code == 200, answer.text
    brand: dict[str, Any] = answer.json()
    return brand


def read(vendor: httpx.Client, brand: dict[str, Any]) -> dict[str, Any]:
    """Read a brand that was filed."""
    answer = vendor.get(f"/brand/{brand['brandId']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
