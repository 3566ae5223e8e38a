"""The vendor's brand endpoints, over real HTTP."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.practice.conftest import file, filing, read
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


def test_a_filed_brand_waits_and_gives_back_what_was_filed(vendor: httpx.Client) -> None:
    created = file(vendor)
    found = read(vendor, created)
    assert found["status"] == "REGISTRATION_PENDING"
    assert found["brandRelationship"] == "BASIC_ACCOUNT"
    assert {name: found[name] for name in filing()} == filing()
    assert "tcrBrandId" not in found
    assert found["assignedCampaignsCount"] == 0


def test_two_creates_make_two_brands(vendor: httpx.Client) -> None:
    assert file(vendor)["brandId"] != file(vendor)["brandId"]
    assert vendor.get("/brand").json()["totalRecords"] == 2


def test_brands_filed_at_the_same_time_are_all_there(vendor: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: file(vendor, displayName=f"Parallel {n}"), range(24)))
    assert len({answer["brandId"] for answer in answers}) == 24
    assert vendor.get("/brand").json()["totalRecords"] == 24


def test_another_accounts_brand_is_not_found(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor)
    stranger = {"Authorization": "Bearer practice-somebody-else"}
    for path in (f"/brand/{brand['brandId']}", f"/brand/feedback/{brand['brandId']}"):
        answer = httpx.get(f"{registry.url}/v2/10dlc{path}", headers=stranger)
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["code"] == "10005"
    listed = httpx.get(f"{registry.url}/v2/10dlc/brand", headers=stranger).json()["records"]
    assert brand["brandId"] not in {row["brandId"] for row in listed}


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer KEY0123", "Basic practice", "practice-x", "Bearer practice x"]
)
def test_without_a_good_key_the_answer_is_401(registry: PracticeRegistry, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = httpx.post(f"{registry.url}/v2/10dlc/brand", json=filing(), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "10009"


@pytest.mark.parametrize(
    ("change", "field", "kind"),
    [
        ({"displayName": None}, "displayName", "value_error.missing"),
        ({"entityType": None}, "entityType", "value_error.missing"),
        ({"country": None}, "country", "value_error.missing"),
        ({"email": None}, "email", "value_error.missing"),
        ({"vertical": None}, "vertical", "value_error.missing"),
        ({"entityType": "LLC"}, "entityType", "type_error.enum"),
        ({"vertical": "NONPROFIT"}, "vertical", "type_error.enum"),
        ({"stockExchange": "NASDQ"}, "stockExchange", "type_error.enum"),
        ({"country": "USA"}, "country", "value_error.any_str.max_length"),
        ({"displayName": "x" * 101}, "displayName", "value_error.any_str.max_length"),
        ({"displayName": "  "}, "displayName", "value_error.any_str.min_length"),
        ({"postalCode": "98101-12345"}, "postalCode", "value_error.any_str.max_length"),
        ({"email": "nobody"}, "email", "value_error.email"),
        ({"phone": 12065550101}, "phone", "type_error.str"),
        ({"mock": "yes"}, "mock", "type_error.bool"),
        ({"city": "Sea\x00ttle"}, "city", "type_error.str"),
        ({"entityType": ["PRIVATE_PROFIT"]}, "entityType", "type_error.enum"),
    ],
)
def test_a_body_that_breaks_the_schema_gets_422_with_its_place(
    vendor: httpx.Client, change: dict[str, Any], field: str, kind: str
) -> None:
    answer = vendor.post("/brand", json=filing(**change))
    assert answer.status_code == 422
    assert [(row["loc"], row["type"]) for row in answer.json()["detail"]] == [(["body", field], kind)]
    assert vendor.get("/brand").json()["totalRecords"] == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"companyName": None}, "/companyName"),
        ({"ein": None}, "/ein"),
        ({"ein": "12345678"}, "/ein"),
        ({"ein": "123-45-6789"}, "/ein"),
        ({"ein": "١٢٣٤٥٦٧٨٩"}, "/ein"),
        ({"state": "Washington"}, "/state"),
        ({"postalCode": "9810"}, "/postalCode"),
        ({"phone": "206 555 0101"}, "/phone"),
        ({"country": "us"}, "/country"),
        ({"entityType": "GOVERNMENT", "companyName": None}, "/companyName"),
        (
            {"entityType": "PUBLIC_PROFIT", "stockSymbol": "A", "businessContactEmail": "a@b.example"},
            "/stockExchange",
        ),
    ],
)
def test_what_the_schema_cannot_say_gets_400_with_a_pointer(
    vendor: httpx.Client, change: dict[str, Any], pointer: str
) -> None:
    answer = vendor.post("/brand", json=filing(**change))
    assert answer.status_code == 400, answer.text
    assert [row["source"]["pointer"] for row in answer.json()["errors"]] == [pointer]


def test_a_public_company_needs_symbol_exchange_and_contact(vendor: httpx.Client) -> None:
    answer = vendor.post("/brand", json=filing(entityType="PUBLIC_PROFIT", stockExchange="NONE"))
    pointers = [row["source"]["pointer"] for row in answer.json()["errors"]]
    assert pointers == ["/stockSymbol", "/stockExchange", "/businessContactEmail"]
    file(
        vendor,
        entityType="PUBLIC_PROFIT",
        stockSymbol="AC",
        stockExchange="NYSE",
        businessContactEmail="a@b.example",
    )


def test_a_canadian_company_and_a_sole_proprietor_are_taken(vendor: httpx.Client) -> None:
    canada = {"country": "CA", "state": "Ontario", "postalCode": "K1A 0B1", "ein": "123456782RC0001"}
    assert file(vendor, **canada)["country"] == "CA"
    person = {
        "firstName": "Ada",
        "lastName": "Berg",
        "mobilePhone": "+12065550102",
        "ein": None,
        "companyName": None,
    }
    assert file(vendor, entityType="SOLE_PROPRIETOR", **person)["firstName"] == "Ada"


def test_an_unknown_field_is_dropped_and_null_counts_as_not_given(vendor: httpx.Client) -> None:
    body = filing() | {"webhookUrl": "https://misspelt.example", "businessContactEmail": None}
    answer = vendor.post("/brand", json=body)
    assert answer.status_code == 200
    assert "webhookUrl" not in answer.json()
    assert "businessContactEmail" not in answer.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"a":NaN}',
        b"[" * 50_000,
        b'{"a":' + b"9" * 5000 + b"}",
        b'"\\ud800"',
    ],
)
def test_a_body_that_is_no_json_object_gets_422(vendor: httpx.Client, body: bytes) -> None:
    answer = vendor.post("/brand", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body"]


def test_hostile_requests_get_words_and_never_a_server_error(vendor: httpx.Client) -> None:
    json_type = {"Content-Type": "application/json"}
    answers = [
        vendor.post("/brand", content=b"x" * 400_000, headers=json_type),
        vendor.post("/brand", data={"displayName": "Acme"}),
        vendor.post("/brand", content=b'{"displayName":"\\ud800","ein":"\\u0000"}', headers=json_type),
        vendor.get("/brand?displayName=%00"),
        vendor.get("/brand?displayName=%ff"),
        vendor.get("/brand?" + "&".join(f"a{n}=1" for n in range(1200))),
        vendor.get("/brand/%00"),
        vendor.get("/brand/" + "9" * 600),
        vendor.request("BREW", "/brand"),
        vendor.head("/brand"),
    ]
    assert all(200 <= answer.status_code < 500 for answer in answers), [a.status_code for a in answers]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/brand/x"),
        ("DELETE", "/brand"),
        ("GET", "/campaignBuilder"),
        ("POST", "/brand/x/2faEmail"),
        ("GET", "/"),
    ],
)
def test_everything_else_is_not_found_in_the_vendors_shape(
    vendor: httpx.Client, method: str, path: str
) -> None:
    answer = vendor.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["title"] == "Resource not found"


def test_the_list_is_filtered_by_what_the_vendor_lists(vendor: httpx.Client) -> None:
    first = file(vendor, displayName="Ängel & Søn", state="OR")
    file(vendor, displayName="Other", country="CA", ein="123456782", postalCode="K1A 0B1")

    def found(**query: str) -> list[str]:
        answer = vendor.get("/brand", params=query)
        assert answer.status_code == 200, answer.text
        return [row["displayName"] for row in answer.json()["records"]]

    assert found(displayName="ängel & søn") == ["Ängel & Søn"]
    assert found(displayName="ngel") == []
    assert found(state="OR") == ["Ängel & Søn"]
    assert found(country="CA") == ["Other"]
    assert found(brandId=first["brandId"]) == ["Ängel & Søn"]
    assert found(brandId=str(uuid.uuid4())) == found(brandId="nonsense") == []
    assert found(entityType="PRIVATE_PROFIT") == ["Other", "Ängel & Søn"]
    assert found(tcrBrandId="BAAAAAA") == []


@pytest.mark.parametrize(
    "query",
    [
        *("ein=12-3456789", "displayname=Acme", "sort=ein", "recordsPerPage=501", "recordsPerPage=0"),
        *("page=0", "page=x", "page=٣", "page=1&page=2", "page=99999999999999999999"),
    ],
)
def test_a_query_that_the_list_cannot_honour_is_refused(vendor: httpx.Client, query: str) -> None:
    answer = vendor.get(f"/brand?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"]["parameter"] == query.partition("=")[0]


def test_paging_covers_every_brand_once(vendor: httpx.Client) -> None:
    filed = {file(vendor, displayName=f"Brand {n}")["brandId"] for n in range(7)}
    pages = [vendor.get("/brand", params={"page": n, "recordsPerPage": 3}).json() for n in (1, 2, 3, 4)]
    assert [len(page["records"]) for page in pages] == [3, 3, 1, 0]
    assert [(page["page"], page["totalRecords"]) for page in pages] == [(1, 7), (2, 7), (3, 7), (4, 7)]
    seen = [row["brandId"] for page in pages for row in page["records"]]
    assert len(seen) == 7
    assert set(seen) == filed
    up = vendor.get("/brand", params={"sort": "displayName", "recordsPerPage": 500}).json()["records"]
    assert [row["displayName"] for row in up] == [f"Brand {n}" for n in range(7)]
    newest_first = vendor.get("/brand").json()["records"]
    assert [row["displayName"] for row in newest_first] == [f"Brand {n}" for n in range(6, -1, -1)]
