"""One campaign as we file it and as Telnyx answers, and a scripted Telnyx with brands and campaigns."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.campaigns import CampaignFiling
from tests.carriers.filings import BRAND_ID, CONFIG, HOOKS, KEY, no_such_thing

Script = Callable[[httpx.Request], httpx.Response]

CAMPAIGN_ID = "4b300178-131c-4902-954e-72d90ba16201"
THERE = f"/v2/10dlc/campaign/{CAMPAIGN_ID}"
SAMPLES = (
    "Acme Dental: your appointment is on May 3 at 9:00. Reply STOP to opt out.",
    "Acme Dental: your cleaning is due this month. Reply STOP to opt out.",
)
OPERATIONS = {"10017": "APPROVED", "10035": "APPROVED"}
NAMES = {"10017": "AT&T", "10035": "T-Mobile"}


def campaign_filing(**changes: Any) -> CampaignFiling:
    """A complete filing."""
    values: dict[str, Any] = {
        "brand_reference": BRAND_ID,
        "use_case": "LOW_VOLUME",
        "sub_use_cases": ("ACCOUNT_NOTIFICATION", "CUSTOMER_CARE"),
        "description": "Acme Dental reminds its patients of their appointments and answers their questions.",
        "message_flow": "Patients opt in on the form at https://acme.example/texts by ticking an empty box.",
        "samples": SAMPLES,
        "subscriber_optin": True,
        "subscriber_optout": True,
        "subscriber_help": True,
        "optin_keywords": "START,SUBSCRIBE",
        "optout_keywords": "STOP,END",
        "help_keywords": "HELP,INFO",
        "optin_message": "Acme Dental: you are subscribed. Reply HELP for help, STOP to cancel.",
        "optout_message": "Acme Dental: you are unsubscribed and get no more messages.",
        "help_message": "Acme Dental: call +1 202 555 0100. Reply STOP to cancel.",
        "embedded_link": True,
        "embedded_phone": False,
        "number_pool": False,
        "age_gated": False,
        "direct_lending": False,
        "privacy_url": "https://acme.example/privacy",
        "terms_url": "https://acme.example/terms",
        "auto_renewal": True,
        "embedded_link_sample": "https://acme.example/a",
    }
    return CampaignFiling(**{**values, **changes})


def campaign(**changes: Any) -> dict[str, Any]:
    """A campaign as Telnyx answers with; `None` takes a field out."""
    values: dict[str, Any] = {
        "campaignId": CAMPAIGN_ID,
        "brandId": BRAND_ID,
        "cspId": "SCSP001",
        "tcrCampaignId": "CACME01",
        "usecase": "LOW_VOLUME",
        "subUsecases": ["ACCOUNT_NOTIFICATION", "CUSTOMER_CARE"],
        "description": "Acme Dental reminds its patients of their appointments.",
        "termsAndConditions": True,
        "mock": False,
        "campaignStatus": "TCR_PENDING",
        "submissionStatus": "CREATED",
        "status": "ACTIVE",
        "autoRenewal": True,
        "sample1": SAMPLES[0],
        "sample2": SAMPLES[1],
        "createDate": "1795341600",
        "referenceId": KEY,
        "webhookURL": f"{HOOKS}/{KEY}/",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


class TelnyxCampaigns:
    """A Telnyx with campaigns by id under brands that may have none; lists page by the book.

    `operations` is what every campaign's carriers say, and `names` whom the metadata names; None for not there.
    `seen` holds method and path of each request, `sent` the bodies of the writes.
    """

    def __init__(
        self,
        *campaigns: Mapping[str, Any],
        brands: Sequence[str] = (BRAND_ID,),
        operations: Mapping[str, Any] | None = OPERATIONS,
        names: Mapping[str, str] | None = NAMES,
    ) -> None:
        self.campaigns = {row["campaignId"]: dict(row) for row in campaigns}
        self.brands = list(brands)
        self.operations = operations
        self.names = names
        self.seen: list[tuple[str, str]] = []
        self.sent: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((request.method, request.url.path))
        if request.content:
            self.sent.append(json.loads(request.content))
        match request.method, request.url.path.removeprefix("/v2/10dlc/").split("/"):
            case "GET", ["brand"]:
                return self._page(request, [{"brandId": brand} for brand in self.brands])
            case "GET", ["brand", brand]:
                return (
                    httpx.Response(200, json={"brandId": brand}) if brand in self.brands else no_such_thing()
                )
            case "POST", ["campaignBuilder"]:
                body = self.sent[-1]
                made = campaign(**body, campaignStatus="TCR_PENDING", submissionStatus="PENDING")
                self.campaigns[CAMPAIGN_ID] = made
                return httpx.Response(200, json=made)
            case "GET", ["campaignBuilder", "brand", _, "usecase", use_case]:
                return httpx.Response(200, json=terms(use_case, self.names or {}))
            case "GET", ["campaign"]:
                brand = request.url.params["brandId"]
                return self._page(
                    request, [row for row in self.campaigns.values() if row["brandId"] == brand]
                )
            case method, ["campaign", reference, *rest] if reference in self.campaigns:
                return self._of_one(method, reference, rest)
        return no_such_thing()

    def _of_one(self, method: str, reference: str, rest: list[str]) -> httpx.Response:
        row = self.campaigns[reference]
        match method, rest:
            case "GET", []:
                return httpx.Response(200, json=row)
            case "PUT", []:
                row |= self.sent[-1]
                return httpx.Response(200, json=row)
            case "DELETE", []:
                del self.campaigns[reference]
                return httpx.Response(200, json={"time": 1795341600.5, "message": "success"})
            case "POST", ["appeal"]:
                row["campaignStatus"] = "TCR_ACCEPTED"
                return httpx.Response(200, json={"appealed_at": "2026-11-22T10:00:00.000000+00:00"})
            case "GET", ["operationStatus"] if self.operations is not None:
                return httpx.Response(200, json=dict(self.operations))
            case "GET", ["mnoMetadata"] if self.names is not None:
                return httpx.Response(200, json=terms("LOW_VOLUME", self.names)["mnoMetadata"])
        return no_such_thing()

    def _page(self, request: httpx.Request, rows: list[dict[str, Any]]) -> httpx.Response:
        page, size = (int(request.url.params[name]) for name in ("page", "recordsPerPage"))
        shown = rows[(page - 1) * size : page * size]
        return httpx.Response(200, json={"page": page, "records": shown, "totalRecords": len(rows)})


def terms(use_case: str, names: Mapping[str, str], **changes: Any) -> dict[str, Any]:
    """A `UsecaseMetadata` with one row for each of `names`."""
    row = {
        "qualify": True,
        "mnoSupport": True,
        "mnoReview": False,
        "minMsgSamples": 2,
        "reqSubscriberOptin": True,
        "reqSubscriberOptout": True,
        "reqSubscriberHelp": True,
        "noEmbeddedLink": False,
        "noEmbeddedPhone": True,
    }
    rows = {code: {**row, "mno": name} for code, name in names.items()}
    fees = {"monthlyFee": 1.5, "quarterlyFee": 4.5, "annualFee": 18}
    return {
        "usecase": use_case,
        "minSubUsecases": 1,
        "maxSubUsecases": 5,
        **fees,
        "mnoMetadata": rows,
        **changes,
    }


def carrier(script: Script) -> TelnyxCarrier:
    """The adapter with `script` as the other side."""
    return TelnyxCarrier(CONFIG, transport=httpx.MockTransport(script))


def but(telnyx: Script, path: str, answer: httpx.Response, method: str = "") -> Script:
    """`telnyx`, but for `path`, and there for `method` alone if one is named."""

    def script(request: httpx.Request) -> httpx.Response:
        if request.url.path == path and method in ("", request.method):
            return answer
        return telnyx(request)

    return script
