"""One filing of every legal form, a scripted Telnyx, and the configuration that they share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import httpx

from portal.carriers.config import CarrierConfig
from portal.carriers.contract import BrandFiling

KEY = "5f0c1f0e-8d3b-4a9c-9a53-6f5d1c2b7e10"
HOOKS = "http://127.0.0.1:8000/webhooks/telnyx"
CONFIG = CarrierConfig(
    name="telnyx", url="https://api.telnyx.com/v2", key="practice-key-7", webhook_base=HOOKS
)
BRAND_ID = "4b20017f-8a0d-4c2e-9a11-000000000001"
TAX_ID = "12-3456780"


def filing(entity_type: str = "PRIVATE_PROFIT", **changes: str) -> BrandFiling:
    """A complete filing with every field given, also those that this legal form may not send."""
    values = {
        "entity_type": entity_type,
        "legal_name": "Acme Dental LLC",
        "display_name": "Acme Dental",
        "country": "US",
        "tax_id": TAX_ID,
        "street": "1 Main St, Suite 4",
        "city": "Austin",
        "state": "TX",
        "postal_code": "78701",
        "website": "https://acme.example",
        "vertical": "HEALTHCARE",
        "email": "office@acme.example",
        "phone": "+12025550100",
        "first_name": "Ann",
        "last_name": "Lee",
        "stock_exchange": "NASDAQ",
        "stock_symbol": "acme",
        "business_contact_email": "ann@acme.example",
        "ip_address": "203.0.113.7",
        "mobile_phone": "+12025550111",
    }
    return BrandFiling(**{**values, **changes})


def brand(**changes: Any) -> dict[str, Any]:
    """A brand as Telnyx answers with; `None` takes a field out."""
    values: dict[str, Any] = {
        "brandId": BRAND_ID,
        "brandRelationship": "BASIC_ACCOUNT",
        "companyName": "Acme Dental LLC",
        "country": "US",
        "displayName": "Acme Dental",
        "ein": "123456780",
        "email": "office@acme.example",
        "entityType": "PRIVATE_PROFIT",
        "identityStatus": "UNVERIFIED",
        "status": "REGISTRATION_PENDING",
        "tcrBrandId": "BACME01",
        "vertical": "HEALTHCARE",
        "webhookURL": f"{HOOKS}/{KEY}/",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


class Telnyx:
    """A Telnyx of one's own: brands by id, their feedback and vettings, and a list that pages by the book."""

    def __init__(
        self,
        *brands: Mapping[str, Any],
        feedback: Mapping[str, Any] | None = None,
        vettings: Sequence[Any] = (),
        password: Mapping[str, Any] | None = None,
    ) -> None:
        self.brands = {row["brandId"]: dict(row) for row in brands}
        self.feedback = feedback
        self.vettings = list(vettings)
        self.password = password
        self.seen: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((request.method, request.url.path))
        path = request.url.path.removeprefix("/v2/10dlc/brand").strip("/")
        if request.method == "POST" and not path:
            made = {**json.loads(request.content), "brandId": BRAND_ID, "brandRelationship": "BASIC_ACCOUNT"}
            self.brands[BRAND_ID] = made | {"status": "REGISTRATION_PENDING"}
            return httpx.Response(200, json=self.brands[BRAND_ID])
        if request.method == "GET" and not path:
            return httpx.Response(200, json=self._page(request))
        if path.startswith("feedback/"):
            return _or_404(self.feedback)
        reference, _, rest = path.partition("/")
        if reference not in self.brands:
            return no_such_thing()
        return self._of_one(request, reference, rest)

    def _of_one(self, request: httpx.Request, reference: str, rest: str) -> httpx.Response:
        match request.method, rest:
            case "GET", "":
                return httpx.Response(200, json=self.brands[reference])
            case "PUT", "":
                kept = (
                    "brandId",
                    "brandRelationship",
                    "status",
                    "identityStatus",
                    "tcrBrandId",
                    "mobilePhone",
                )
                before = {name: text for name, text in self.brands[reference].items() if name in kept}
                self.brands[reference] = {**before, **json.loads(request.content)}
                return httpx.Response(200, json=self.brands[reference])
            case "PUT", "revet":
                return httpx.Response(200, json=self.brands[reference])
            case "DELETE", "":
                del self.brands[reference]
                return httpx.Response(204)
            case "GET", "externalVetting":
                return httpx.Response(200, json=self.vettings)
            case "POST", "2faEmail":
                return httpx.Response(200)
            case "POST", "smsOtp":
                return httpx.Response(200, json={"brandId": reference, "referenceId": "OTP1"})
            case "PUT", "smsOtp":
                return httpx.Response(204)
            case "GET", "smsOtp":
                return _or_404(self.password)
        return no_such_thing()

    def _page(self, request: httpx.Request) -> dict[str, Any]:
        asked = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        found = [b for b in self.brands.values() if asked.get("displayName") in (None, b["displayName"])]
        page, size = int(asked.get("page", 1)), int(asked.get("recordsPerPage", 10))
        names = ("brandId", "displayName", "companyName", "entityType", "status", "identityStatus")
        rows = [{n: b[n] for n in names if n in b} for b in found[(page - 1) * size : page * size]]
        return {"page": page, "records": rows, "totalRecords": len(found)}


def no_such_thing() -> httpx.Response:
    """Telnyx's answer about what it does not know."""
    return httpx.Response(404, json={"errors": [{"code": "10005", "title": "Resource not found"}]})


def _or_404(body: Mapping[str, Any] | None) -> httpx.Response:
    return no_such_thing() if body is None else httpx.Response(200, json=dict(body))
