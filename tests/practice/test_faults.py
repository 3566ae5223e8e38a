"""Every effect alone, on the wire, seen by a plain client: what it sees, what exists, what the ledger says."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.practice.conftest import TLS, file, filing, read
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]

Outcome = httpx.Response | type[Exception]


def outcome(ask: Callable[[], httpx.Response]) -> Outcome:
    """The answer, or the kind of trouble instead of one."""
    try:
        return ask()
    except httpx.HTTPError as trouble:
        return type(trouble)


@pytest.fixture
def hasty(registry: PracticeRegistry, api_key: str) -> Any:
    """A client that waits for half a second only."""
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.Client(
        base_url=f"{registry.url}/v2/10dlc", headers=headers, timeout=0.5, verify=TLS
    ) as client:
        yield client


@pytest.fixture
def last(registry: PracticeRegistry, api_key: str) -> Callable[[], dict[str, Any]]:
    """The newest line of the ledger."""
    return lambda: registry.ledger(account=api_key)[-1]


@pytest.mark.parametrize("phase", ["P1", "P2", "P3"])
def test_a_reset_cuts_the_connection_and_after_the_commit_the_brand_exists(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str, last: Any, phase: str
) -> None:
    registry.fault("reset", account=api_key, verb="create", phase=phase)
    assert outcome(lambda: hasty.post("/brand", json=filing())) is httpx.ReadError
    made = phase == "P3"
    assert len(registry.brands(account=api_key)) == made
    entry = last()
    assert (entry["status"], entry["sent_size"], entry["fault"]) == (None, 0, f"reset@{phase} #1")
    assert (entry["brand"] is not None) is made
    file(hasty)
    assert last()["fault"] == ""


@pytest.mark.parametrize("phase", ["P1", "P2", "P3"])
def test_a_hang_lasts_longer_than_we_wait_and_after_the_commit_the_brand_exists(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str, last: Any, phase: str
) -> None:
    registry.fault("hang", account=api_key, verb="create", phase=phase, seconds=30)
    assert outcome(lambda: hasty.post("/brand", json=filing())) is httpx.ReadTimeout
    assert len(registry.brands(account=api_key)) == (phase == "P3")
    assert last()["status"] is None


def test_a_hang_ends_in_a_reset(hasty: httpx.Client, registry: PracticeRegistry, api_key: str) -> None:
    registry.fault("hang", account=api_key, seconds=0.1)
    assert outcome(lambda: hasty.get("/brand")) is httpx.ReadError


def test_many_that_hang_take_no_thread_from_the_others(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str, vendor: httpx.Client
) -> None:
    hang = registry.fault("hang", account=api_key, times=12, seconds=60)
    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(lambda _n: outcome(lambda: hasty.get("/brand", timeout=2)), range(12)))
    assert set(told) == {httpx.ReadTimeout}
    assert registry.fault_counts(hang) == (12, 12)
    assert vendor.get("/brand").status_code == 200


@pytest.mark.parametrize(("phase", "verb"), [("P1", "create"), ("P2", "list"), ("P3", "create")])
def test_a_delay_is_late_and_well(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, phase: str, verb: str
) -> None:
    registry.fault("delay", account=api_key, verb=verb, phase=phase, seconds=0.3)
    started = time.monotonic()
    answer = vendor.post("/brand", json=filing()) if verb == "create" else vendor.get("/brand")
    assert answer.status_code == 200
    assert 0.3 <= time.monotonic() - started < 3


def test_what_is_late_appears_by_itself(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.fault("late", account=api_key, verb="create", seconds=1.5)
    assert outcome(lambda: hasty.post("/brand", json=filing())) is httpx.ReadTimeout
    assert hasty.get("/brand").json()["totalRecords"] == 0
    (hidden,) = registry.brands(account=api_key)
    assert hasty.get(f"/brand/{hidden['id']}").status_code == 404
    time.sleep(1.3)
    assert [row["brandId"] for row in hasty.get("/brand").json()["records"]] == [hidden["id"]]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 422, 423, 429, 500, 502, 503, 504])
def test_a_status_before_and_after_the_commit(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, status: int, last: Any
) -> None:
    registry.fault("status", account=api_key, verb="create", status=status)
    assert vendor.post("/brand", json=filing()).status_code == status
    assert registry.brands(account=api_key) == []
    registry.fault("status", account=api_key, verb="create", phase="P3", status=status)
    assert vendor.post("/brand", json=filing()).status_code == status
    assert len(registry.brands(account=api_key)) == 1
    assert (last()["status"], last()["brand"] is not None) == (status, True)


def test_retry_after_in_every_form(vendor: httpx.Client, registry: PracticeRegistry, api_key: str) -> None:
    for wish in ("0", "3", "86400", "soon"):
        registry.fault("status", account=api_key, status=429, retry_after=wish)
        assert vendor.get("/brand").headers["retry-after"] == wish
    for wish, low, high in (("in:60", 50, 70), ("ago:60", -70, -50)):
        registry.fault("status", account=api_key, status=503, retry_after=wish)
        answer = vendor.get("/brand")
        said, now = (parsedate_to_datetime(answer.headers[name]) for name in ("retry-after", "date"))
        assert low <= (said - now).total_seconds() <= high
    registry.fault("status", account=api_key, status=429)
    assert "retry-after" not in vendor.get("/brand").headers


def test_a_status_may_bring_its_own_words(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    detail = {"detail": [{"loc": ["body", "ein"], "msg": "no", "type": "value_error"}]}
    registry.fault("status", account=api_key, status=422, body=detail)
    assert vendor.post("/brand", json=filing()).json() == detail


def test_the_answer_is_cut_in_the_middle(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, last: Any
) -> None:
    registry.fault("reset", account=api_key, phase="P4", verb="create", bytes=40)
    assert outcome(lambda: vendor.post("/brand", json=filing())) in (
        httpx.ReadError,
        httpx.RemoteProtocolError,
    )
    assert len(registry.brands(account=api_key)) == 1
    assert (last()["status"], last()["sent_size"]) == (200, 40)


def _raises(error: type[Exception]) -> Callable[[httpx.Response], bool]:
    def check(answer: httpx.Response) -> bool:
        with pytest.raises(error):
            answer.json()
        return True

    return check


BODIES: dict[str, Callable[[httpx.Response], bool]] = {
    "empty": lambda answer: answer.content == b"",
    "truncated": _raises(json.JSONDecodeError),
    "html": lambda answer: answer.text.startswith("<!DOCTYPE") and "html" in answer.headers["content-type"],
    "not_json": _raises(json.JSONDecodeError),
    "wrong_type": lambda answer: isinstance(answer.json()["status"], list),
    "null_id": lambda answer: answer.json()["brandId"] is None,
    "unknown_status": lambda answer: answer.json()["status"] == "ON_THE_DESK_OF_SOMEBODY",
    "unknown_enum": lambda answer: answer.json()["identityStatus"] == "HALF_VERIFIED",
    "huge": lambda answer: len(answer.content) > 20 * 1024 * 1024,
    "bad_utf8": _raises(UnicodeDecodeError),
    "gzip_bomb": lambda answer: len(answer.content) > 30 * 1024 * 1024,
    "duplicate_keys": lambda answer: answer.text.count('"brandId"') == 2,
    "error_inside": lambda answer: "errors" in answer.json(),
    "extra_fields": lambda answer: "aFieldOfTomorrow" in answer.json(),
    "missing_fields": lambda answer: "status" not in answer.json(),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_nobody_can_use(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, kind: str
) -> None:
    brand = file(vendor)
    registry.fault("body", account=api_key, kind=kind)
    answer = vendor.get(f"/brand/{brand['brandId']}")
    assert answer.status_code == 200
    assert BODIES[kind](answer)
    assert read(vendor, brand)["brandId"] == brand["brandId"]


def test_the_bomb_is_small_on_the_wire(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.fault("body", account=api_key, kind="gzip_bomb")
    with vendor.stream("GET", "/brand") as answer:
        raw = b"".join(answer.iter_raw())
    assert len(raw) < 100_000
    assert len(gzip.decompress(raw)) > 30 * 1024 * 1024


def test_wrong_lengths_and_redirects(vendor: httpx.Client, registry: PracticeRegistry, api_key: str) -> None:
    for kind in ("too_long", "junk_length"):
        registry.fault("header", account=api_key, kind=kind)
        assert outcome(lambda: vendor.get("/brand")) is httpx.RemoteProtocolError
    registry.fault("header", account=api_key, kind="too_short")
    assert not vendor.get("/brand").text.endswith("}")
    registry.fault("header", account=api_key, to="https://elsewhere.example/v2/10dlc/brand")
    answer = vendor.get("/brand")
    assert (answer.status_code, answer.headers["location"]) == (
        307,
        "https://elsewhere.example/v2/10dlc/brand",
    )
    registry.fault("header", account=api_key, kind="extra", name="X-Odd", value="1")
    assert vendor.get("/brand").headers["x-odd"] == "1"


def test_byte_by_byte_each_within_the_time_to_read(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.fault("slow", account=api_key, bytes_per_second=10, seconds=1)
    started = time.monotonic()
    # Each byte comes in time; it is the server that gives up after its second.
    assert outcome(lambda: hasty.get("/brand")) is httpx.RemoteProtocolError
    assert 0.8 <= time.monotonic() - started < 3


def test_stale_answers_know_neither_the_brand_nor_its_change(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = file(vendor)
    registry.fault("stale", account=api_key, verb="list", seconds=30)
    registry.fault("stale", account=api_key, verb="read", seconds=30)
    assert vendor.get("/brand", params={"displayName": "Acme Flowers"}).json()["totalRecords"] == 0
    assert vendor.get(f"/brand/{brand['brandId']}").status_code == 404
    assert vendor.get("/brand").json()["totalRecords"] == 1
    time.sleep(2.1)
    assert vendor.put(f"/brand/{brand['brandId']}", json=filing(city="Tacoma")).status_code == 200
    registry.fault("stale", account=api_key, verb="read", seconds=2)
    assert read(vendor, brand)["city"] == "Seattle"
    assert read(vendor, brand)["city"] == "Tacoma"


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("repeat", ["01", "01", "23", "23"]),
        ("skip", ["01", "34", "", ""]),
        ("loop", ["01", "01", "01", "01"]),
        ("moves", ["01", "12", "34", ""]),
    ],
)
def test_pages_that_turn_wrongly(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, kind: str, seen: list[str]
) -> None:
    for number in range(5):
        file(vendor, displayName=f"Brand {number}")
    registry.fault("page", account=api_key, verb="list", times=None, kind=kind)
    pages = []
    for page in (1, 2, 3, 4):
        asked = {"page": page, "recordsPerPage": 2, "sort": "createdAt"}
        rows = vendor.get("/brand", params=asked).json()["records"]
        pages.append("".join(row["displayName"][-1] for row in rows))
    # A page that starts later holds fewer rows at the end, so the last one is compared by what it begins with.
    assert [page[:2] for page in pages] == seen


def test_a_status_that_flips_and_goes_back(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = file(vendor)
    words = ["REGISTRATION_PENDING/UNVERIFIED", "OK/VERIFIED", "SUSPENDED/VERIFIED"]
    registry.fault("say", account=api_key, verb="read", times=4, words=words)
    told = [read(vendor, brand) for _each in range(5)]
    assert [f"{one['status']}/{one['identityStatus']}" for one in told[:4]] == [*words, words[0]]
    registry.approve(brand["brandId"])
    assert registry.reopen(brand["brandId"])["status"] == "REGISTRATION_PENDING"
    assert read(vendor, brand)["status"] == "REGISTRATION_PENDING"


def test_a_clock_that_is_wrong(vendor: httpx.Client, registry: PracticeRegistry, api_key: str) -> None:
    before = parsedate_to_datetime(vendor.get("/brand").headers["date"])
    registry.fault("skew", account=api_key, seconds=-600)
    answer = vendor.get("/brand")
    assert answer.status_code == 200
    assert -605 < (parsedate_to_datetime(answer.headers["date"]) - before).total_seconds() < -595
