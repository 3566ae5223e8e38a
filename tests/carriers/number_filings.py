"""Numbers as Telnyx answers with them, and a scripted Telnyx that has some."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx

from tests.carriers.campaign_filings import CAMPAIGN_ID
from tests.carriers.filings import BRAND_ID, no_such_thing

Change = Callable[["TelnyxNumbers", httpx.Request], None]

OTHER_CAMPAIGN = "4b300178-131c-4902-954e-72d90ba16202"
PROFILE_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
FIRST = "+12025550100"
ASSIGNED = "/v2/10dlc/phone_number_campaigns"
THERE = f"{ASSIGNED}/{FIRST}"
MESSAGING = "/v2/phone_numbers/messaging"
SLIM = "/v2/phone_numbers/slim"
PROFILES = "/v2/messaging_profiles"


def link(e164: str = FIRST, **changes: Any) -> dict[str, Any]:
    """A `PhoneNumberCampaign`; `None` takes a field out."""
    values: dict[str, Any] = {
        "phoneNumber": e164,
        "brandId": BRAND_ID,
        "tcrBrandId": "BBRAND1",
        "campaignId": CAMPAIGN_ID,
        "tcrCampaignId": "CACME01",
        "telnyxCampaignId": CAMPAIGN_ID,
        "assignmentStatus": "ASSIGNED",
        "createdAt": "2026-11-22T10:00:00.000001",
        "updatedAt": "2026-11-22T10:05:00.000001",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def number(e164: str = FIRST, **changes: Any) -> dict[str, Any]:
    """A `PhoneNumberWithMessagingSettings`."""
    texts = {"domestic_two_way": True, "international_inbound": True, "international_outbound": False}
    return {
        "record_type": "messaging_settings",
        "id": f"1293384261{e164[-9:]}",
        "phone_number": e164,
        "country_code": "US",
        "type": "longcode",
        "messaging_profile_id": PROFILE_ID,
        "messaging_product": "A2P",
        "features": {"sms": texts, "mms": None},
        "tags": ["clearline-a"],
        "created_at": "2026-11-01T10:00:00Z",
        **changes,
    }


def short(row: dict[str, Any]) -> dict[str, Any]:
    """The same number as a `SlimPhoneNumberDetailed`."""
    return {
        "record_type": "phone_number",
        "id": row["id"],
        "phone_number": row["phone_number"],
        "country_iso_alpha2": row["country_code"],
        "phone_number_type": "toll_free" if row["type"] == "tollfree" else "local",
        "status": "active",
        "tags": row["tags"],
    }


def profile(**changes: Any) -> dict[str, Any]:
    """A `MessagingProfile`."""
    return {
        "record_type": "messaging_profile",
        "id": PROFILE_ID,
        "name": "Clearline",
        "enabled": True,
        "whitelisted_destinations": ["US", "CA"],
        "created_at": "2026-11-01T10:00:00Z",
        **changes,
    }


def refusal(code: str, title: str, detail: str = "", status: int = 400) -> httpx.Response:
    """An answer of 4xx in the vendor's shape."""
    error = {"code": code, "title": title, **({"detail": detail} if detail else {})}
    return httpx.Response(status, json={"errors": [error]})


class TelnyxNumbers:
    """A Telnyx with an account's numbers, by number, and those on campaigns; lists page by the book.

    `links` are the rows of numbers on campaigns, `taken` is the status with which a second one of a number is
    refused, `campaigns` are the ids that exist, `profiles` the messaging profiles. `meanwhile` happens before each
    page of a list is answered. `seen` holds method and path of each request, `asked` the parameters of the lists,
    `sent` the bodies of the writes.
    """

    def __init__(
        self, *numbers: dict[str, Any], links: tuple[dict[str, Any], ...] = (), taken: int = 400
    ) -> None:
        self.taken = taken
        self.numbers = {row["phone_number"]: dict(row) for row in numbers}
        self.links = {row["phoneNumber"]: dict(row) for row in links}
        self.campaigns = {CAMPAIGN_ID, OTHER_CAMPAIGN}
        self.profiles = [profile()]
        self.meanwhile: Change | None = None
        self.seen: list[tuple[str, str]] = []
        self.asked: list[dict[str, str]] = []
        self.sent: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.path)
        self.seen.append((request.method, path))
        if request.content:
            self.sent.append(json.loads(request.content))
        match request.method, path.removeprefix("/v2/").split("/"):
            case "POST", ["10dlc", "phone_number_campaigns"]:
                return self._link()
            case "GET", ["10dlc", "phone_number_campaigns"]:
                return self._list_links(request)
            case method, ["10dlc", "phone_number_campaigns", e164] if e164 in self.links:
                return self._of_one(method, e164)
            case "GET", ["10dlc", "campaign", reference] if reference in self.campaigns:
                return httpx.Response(
                    200, json={"campaignId": reference, "campaignStatus": "MNO_PROVISIONED"}
                )
            case "GET", ["phone_numbers", "messaging"]:
                return self._list_numbers(request)
            case "GET", ["phone_numbers", "slim"]:
                tag = request.url.params["filter[tag]"]
                tagged = [row for _e164, row in sorted(self.numbers.items()) if tag in row["tags"]]
                return self._page(request, [short(row) for row in tagged])
            case "PATCH", ["phone_numbers", reference, "messaging"]:
                return self._enable(reference)
            case "GET", ["messaging_profiles"]:
                named = request.url.params["filter[name][eq]"]
                return self._page(request, [row for row in self.profiles if row["name"] == named])
            case "POST", ["messaging_profiles"]:
                self.profiles.append(profile(**self.sent[-1]))
                return httpx.Response(200, json={"data": self.profiles[-1]})
        return no_such_thing()

    def _link(self) -> httpx.Response:
        e164, campaign = self.sent[-1]["phoneNumber"], self.sent[-1]["campaignId"]
        if e164 not in self.numbers or campaign not in self.campaigns:
            return no_such_thing()
        if e164 in self.links:
            return refusal("10031", "Already exists", "It is already assigned to a campaign.", self.taken)
        if not self.numbers[e164]["messaging_profile_id"]:
            return refusal("10015", "Bad Request", "The number has no messaging profile.")
        self.links[e164] = link(
            e164, campaignId=campaign, telnyxCampaignId=campaign, assignmentStatus="PENDING_ASSIGNMENT"
        )
        return httpx.Response(200, json=self.links[e164])

    def _of_one(self, method: str, e164: str) -> httpx.Response:
        row = self.links[e164]
        if method == "PUT":
            campaign = self.sent[-1]["campaignId"]
            if campaign not in self.campaigns:
                return no_such_thing()
            row |= {
                "campaignId": campaign,
                "telnyxCampaignId": campaign,
                "assignmentStatus": "PENDING_ASSIGNMENT",
            }
            row.pop("failureReasons", None)
        elif method == "DELETE":
            row["assignmentStatus"] = "PENDING_UNASSIGNMENT"
        return httpx.Response(200, json=row)

    def _enable(self, reference: str) -> httpx.Response:
        row = next((row for row in self.numbers.values() if row["id"] == reference), None)
        wanted = self.sent[-1]["messaging_profile_id"]
        if row is None:
            return no_such_thing()
        if wanted not in {one["id"] for one in self.profiles}:
            return refusal("10013", "Missing association", "The messaging profile does not exist.", 422)
        row["messaging_profile_id"] = wanted
        return httpx.Response(200, json={"data": row})

    def _list_links(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        self.asked.append(dict(params))
        page, size = int(params["page"]), int(params["recordsPerPage"])
        if self.meanwhile is not None:
            self.meanwhile(self, request)
        # In the order in which they came, as with sort=createdAt.
        rows = [
            row
            for row in self.links.values()
            if row.get("telnyxCampaignId") == params["filter[telnyx_campaign_id]"]
        ]
        shown = rows[(page - 1) * size : page * size]
        return httpx.Response(200, json={"page": page, "records": shown, "totalRecords": len(rows)})

    def _list_numbers(self, request: httpx.Request) -> httpx.Response:
        only = request.url.params.get("filter[phone_number]", "").split(",")
        every = sorted(self.numbers.items())
        shown = [row for e164, row in every if row["features"] and (only == [""] or e164 in only)]
        return self._page(request, shown)

    def _page(self, request: httpx.Request, rows: list[dict[str, Any]]) -> httpx.Response:
        params = request.url.params
        self.asked.append(dict(params))
        page, size = int(params.get("page[number]", 1)), int(params.get("page[size]", 20))
        meta = {
            "page_number": page,
            "page_size": size,
            "total_pages": -(-len(rows) // size),
            "total_results": len(rows),
        }
        return httpx.Response(200, json={"data": rows[(page - 1) * size : page * size], "meta": meta})
