"""The registry gives a tax id back word for word, and its own database shows it nowhere."""

from __future__ import annotations

import httpx
import pytest

from tests.brands.searching import found, rows_of
from tests.practice.conftest import file, read
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.slow
NUMBER = "83-6172549"


def test_what_was_filed_comes_back_and_rests_sealed(registry: PracticeRegistry, vendor: httpx.Client) -> None:
    brand = file(vendor, ein=NUMBER)
    assert brand["ein"] == NUMBER
    assert read(vendor, brand)["ein"] == NUMBER
    assert registry.brand(brand["brandId"])["filed"]["ein"] == "***2549"
    assert found(NUMBER, rows_of(registry.database_url)) == []


def test_a_reason_that_quotes_it_is_told_as_it_was_written(
    registry: PracticeRegistry, vendor: httpx.Client
) -> None:
    rejected, failed, odd = (file(vendor, ein=NUMBER)["brandId"] for _time in range(3))
    registry.reject(rejected, "TAX_ID", f"{NUMBER} is somebody else's", ["ein"])
    registry.fail(failed, f"EIN {NUMBER} not found")
    registry.say(odd, f"IS_{NUMBER}_REAL")
    (reason,) = vendor.get(f"/brand/feedback/{rejected}").json()["category"]
    assert reason["description"] == f"{NUMBER} is somebody else's"
    assert vendor.get(f"/brand/{failed}").json()["failureReasons"] == f"EIN {NUMBER} not found"
    assert vendor.get(f"/brand/{odd}").json()["status"] == f"IS_{NUMBER}_REAL"
    assert found(NUMBER, rows_of(registry.database_url)) == []
