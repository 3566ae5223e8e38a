"""One practice registry for all tests here; every test has an account of its own."""

from __future__ import annotations

import os
import secrets
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.carriers.contract_gate import Gate
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


class AnswersOnly(Gate):
    """Checks the answers alone: for requests that are wrong on purpose."""

    def __init__(self, folder: Path, script: Any) -> None:
        super().__init__(folder, "telnyx", script, closed=False)
        spec = self.spec
        self.spec = _Lenient(spec)  # type: ignore[assignment]


class _Lenient:
    def __init__(self, spec: Any) -> None:
        self.validate_response = spec.validate_response

    def validate_request(self, _request: Any) -> None:
        """Anything goes."""


@pytest.fixture(scope="session")
def folder() -> Path:
    """The folder with the vendors' files, which belong to them and are no part of this project."""
    named = os.environ.get("VENDOR_CONTRACTS", "")
    if named and (Path(named) / "telnyx.json").is_file():
        return Path(named)
    reason = "VENDOR_CONTRACTS does not name a folder with the vendors' OpenAPI files"
    if os.environ.get("REQUIRE_CONTRACTS") == "1":
        pytest.fail(f"REQUIRE_CONTRACTS=1, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def forward(registry: PracticeRegistry) -> Iterator[Any]:
    """Sends a request that was meant for the vendor to the registry instead."""
    with httpx.Client(timeout=10, verify=TLS) as wire:

        def script(request: httpx.Request) -> httpx.Response:
            url = request.url.copy_with(
                scheme="http", host="127.0.0.1", port=int(registry.url.rpartition(":")[2])
            )
            headers = {name: value for name, value in request.headers.items() if name != "host"}
            answer = wire.request(request.method, url, content=request.content, headers=headers)
            kept = {"content-type": answer.headers["content-type"]} if answer.content else {}
            return httpx.Response(answer.status_code, content=answer.content, headers=kept)

        yield script


def client(transport: httpx.BaseTransport, api_key: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    return httpx.Client(transport=transport, base_url="https://api.telnyx.com/v2/10dlc", headers=headers)


@pytest.fixture
def gated(folder: Path, forward: Any, api_key: str) -> Iterator[httpx.Client]:
    """The registry behind the vendor's file: request and answer are both checked."""
    with client(Gate(folder, "telnyx", forward), api_key) as found:
        yield found


@pytest.fixture
def answers_only(folder: Path, forward: Any, api_key: str) -> Iterator[httpx.Client]:
    with client(AnswersOnly(folder, forward), api_key) as found:
        yield found


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
