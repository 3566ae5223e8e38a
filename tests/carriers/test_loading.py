"""Finding an adapter, refusing an unfit configuration, and the dated rules."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from portal.carriers import loading
from portal.carriers.adapters.telnyx import ADAPTER, TelnyxCarrier
from portal.carriers.config import BadCarrierConfig, CarrierConfig
from portal.carriers.contract import Carrier
from portal.carriers.policy import Value
from tests.carriers.filings import CONFIG, filing


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    loading._adapter.cache_clear()
    yield
    loading._adapter.cache_clear()


def test_the_built_in_adapter_is_loaded_by_name() -> None:
    carrier: Carrier = loading.load(CONFIG)
    assert isinstance(carrier, TelnyxCarrier)
    assert carrier.capabilities.search
    assert carrier.capabilities.renewal == "flag"
    carrier.close()


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    config = dataclasses.replace(CONFIG, name="telnix")
    with pytest.raises(BadCarrierConfig, match=r"'telnix' is not known; known are: .*telnyx"):
        loading.load(config)


def _install(monkeypatch: pytest.MonkeyPatch, *found: EntryPoint) -> None:
    monkeypatch.setattr(
        loading, "entry_points", lambda group: [e for e in found if e.group == group == "clearline.carriers"]
    )


def test_an_installed_package_brings_its_own_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(
        monkeypatch, EntryPoint("other", "portal.carriers.adapters.telnyx:ADAPTER", "clearline.carriers")
    )
    assert loading.known() == ("other", "telnyx")
    assert loading.policy("other") is ADAPTER.policy


def test_an_installed_package_cannot_take_a_name_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, EntryPoint("telnyx", "os:path", "clearline.carriers"))
    with pytest.raises(BadCarrierConfig, match="more than one"):
        loading.load(CONFIG)


def test_an_entry_point_that_is_no_adapter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, EntryPoint("other", "os:path", "clearline.carriers"))
    with pytest.raises(BadCarrierConfig, match=r"no portal\.carriers\.loading\.Adapter"):
        loading.policy("other")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.telnyx.com/v2",
        "http://127.0.0.1:8001/v2",
        "http://127.0.0.2/v2",
        "http://localhost:8001/v2",
        "http://[::1]:8001/v2",
    ],
)
def test_a_fit_address_is_taken(url: str) -> None:
    loading.load(CarrierConfig("telnyx", url, "k", CONFIG.webhook_base)).close()


@pytest.mark.parametrize(
    "change",
    [
        {"key": ""},
        {"key": "secret-1 "},
        {"key": "secret-1\r\nX: y"},
        {"key": "secret-1é"},
        {"url": ""},
        {"url": "api.telnyx.com/v2"},
        {"url": "ftp://api.telnyx.com"},
        {"url": "http://api.telnyx.com/v2"},
        {"url": "http://127.0.0.1.example/v2"},
        {"url": "http://localhost.example/v2"},
        {"url": "https://user:pw@api.telnyx.com/v2"},
        {"url": "https://api.telnyx.com/v2?x=1"},
        {"url": "https://api.telnyx.com/v2#x"},
        {"url": "https://api.telnyx.com:port/v2"},
        {"url": "https://api.telnyx.com/v 2"},
        {"url": "https://"},
        {"webhook_base": ""},
        {"webhook_base": "/webhooks/telnyx"},
    ],
)
def test_an_unfit_configuration_is_refused_without_showing_the_key(change: dict[str, str]) -> None:
    values: dict[str, Any] = {
        "name": "telnyx",
        "url": CONFIG.url,
        "key": "secret-1",
        "webhook_base": "https://x/h",
    }
    with pytest.raises(BadCarrierConfig) as refused:
        CarrierConfig(**{**values, **change})
    assert "secret-1" not in str(refused.value)


def test_neither_key_nor_tax_id_is_in_a_repr() -> None:
    assert CONFIG.key not in repr(CONFIG)
    assert filing().tax_id not in repr(filing())


def test_the_layer_is_plain_python() -> None:
    code = "import sys, portal.carriers.loading as l; l.policy('telnyx'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"django", "celery", "telnyx"} & set(done.stdout.split())


def test_every_value_of_the_policy_names_its_source_and_its_day() -> None:
    policy = loading.policy("telnyx")
    values = [getattr(policy, f.name) for f in dataclasses.fields(policy) if f.name != "name"]
    for value in values:
        assert isinstance(value, Value)
        assert value.source
        assert date(2026, 1, 1) <= value.as_of <= date(2026, 12, 31)


def test_the_waits_fit_together() -> None:
    policy = loading.policy("telnyx")
    assert policy.quarantine.value > policy.call_deadline.value + policy.brand_registry_wait.value.at_least
    assert policy.search_deadline.value > policy.call_deadline.value
    for wait in (policy.brand_registry_wait, policy.brand_review_wait, policy.brand_vetting_wait):
        assert wait.value.at_least < wait.value.at_most
    steps = policy.brand_reading.value.steps
    assert list(steps) == sorted(steps, key=lambda step: step.younger_than)


@pytest.mark.parametrize(
    ("age", "every"),
    [
        (timedelta(seconds=-5), timedelta(seconds=5)),
        (timedelta(0), timedelta(seconds=5)),
        (timedelta(minutes=2), timedelta(minutes=1)),
        (timedelta(hours=1), timedelta(minutes=10)),
        (timedelta(days=1), timedelta(hours=1)),
        (timedelta(days=9, hours=23), timedelta(hours=1)),
        (timedelta(days=10), timedelta(days=1)),
        (timedelta(days=400), timedelta(days=1)),
    ],
)
def test_a_waiting_brand_is_read_less_often_as_it_ages(age: timedelta, every: timedelta) -> None:
    assert loading.policy("telnyx").brand_reading.value.every(age) == every
