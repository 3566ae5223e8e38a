"""Telnyx's campaign endpoints: create, list, read, change, appeal, deactivate, and what each carrier says.

Refusals of a creation or an appeal are bare errors, not lists of them: the vendor's file says so. Words for
which the vendor has no place: a dormant campaign says so in `status`, the one word that is not bound to a list.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from portal.practice import ledger
from portal.practice.campaigns import acting
from portal.practice.campaigns.life import Standing
from portal.practice.campaigns.networks import APPROVED, SUSPENDED, TMOBILE, USE_CASES, qualifies, terms
from portal.practice.campaigns.planning import submitted_to
from portal.practice.campaigns.rules import told
from portal.practice.models import OK, Brand, Campaign, CampaignQuerySet, Link
from portal.practice.telnyx import brand_schema, campaign_schema
from portal.practice.telnyx.brands import find as find_brand
from portal.practice.telnyx.errors import error
from portal.practice.telnyx.exchange import (
    NO_SUCH_THING,
    Answer,
    Call,
    Refusal,
    as_uuid,
    endpoint,
    invalid,
    not_found,
    refused,
)
from portal.practice.telnyx.queries import (
    LAST_PAGE,
    MOST_RECORDS,
    bad_parameter,
    document,
    first_of,
    number,
    parameters,
    stamp,
)

CSP_ID = "SPRCTCE"
VERIFIED = ("VERIFIED", "VETTED_VERIFIED")
# Not answered: the vendor's `TelnyxCampaign_CSP` has no place for them.
_UNTOLD = ("tag", "mnoIds")

_ORDERS: dict[str, Callable[[Campaign, Standing], Any]] = {
    # Set by `index`.
    "assignedPhoneNumbersCount": lambda row, now: row.numbers_now,
    "campaignId": lambda row, now: str(row.id),
    "createdAt": lambda row, now: row.filed_at,
    "status": lambda row, now: now.status,
    "tcrCampaignId": lambda row, now: row.tcr_id or "",
}


def create(call: Call) -> Answer:
    """File a campaign; billed."""
    filed = _filing(call)
    brand = _brand_of(call, filed["brandId"])
    late = call.strike.lateness
    try:
        made = acting.file_campaign(brand, filed, key=ledger.key_in(filed), moment=call.moment, late=late)
    except acting.TakenReference as problem:
        detail = "A campaign with this referenceId exists already."
        raise refused(409, error("10031", "Already exists", detail, pointer="/referenceId")) from problem
    return _answer(call, Campaign.objects.select_related("account", "brand").get(pk=made.pk))


def index(call: Call) -> Answer:
    """The campaigns of one brand: sorted, one page of them."""
    asked = parameters(call)
    page = number(asked.pop("page", "1"), "page", LAST_PAGE)
    size = number(asked.pop("recordsPerPage", "10"), "recordsPerPage", MOST_RECORDS)
    sort = asked.pop("sort", "-createdAt")
    brand_id = asked.pop("brandId", None)
    if brand_id is None:
        raise invalid({"loc": ["query", "brandId"], "msg": "field required", "type": "value_error.missing"})
    for name in asked:
        raise bad_parameter(name, f"{name} is not a filter of this list.")
    order = _ORDERS.get(sort.removeprefix("-"))
    if order is None:
        raise bad_parameter("sort", "sort must be one of the listed orders.")
    key = as_uuid(brand_id)
    rows = _of_account(call).filter(brand__id=key) if key else Campaign.objects.none()
    found = [(row, row.standing(call.moment)) for row in rows.order_by("number")]
    found = [pair for pair in found if pair[1].removed_at is None]
    counts = Link.objects.filter(campaign__in=[row.pk for row, _now in found]).current(call.moment)
    by_campaign = Counter(counts.values_list("campaign", flat=True))
    for row, _now in found:
        row.numbers_now = by_campaign[row.pk]
    found.sort(key=lambda pair: order(*pair))
    if sort.startswith("-"):
        # The newest of equals first, as the order of filing is turned round as well.
        found.reverse()
    start = first_of(page, size, call.strike.paging)
    records = [
        {**_whole(row, call, now), "assignedPhoneNumbersCount": row.numbers_now}
        for row, now in found[start : start + size]
    ]
    return Answer(200, {"records": records, "page": page, "totalRecords": len(found)})


def read(call: Call, campaign_id: str) -> Answer:
    """One campaign as it stands now."""
    return _answer(call, find(call, campaign_id))


def update(call: Call, campaign_id: str) -> Answer:
    """Change what can be changed."""
    campaign = find(call, campaign_id)
    changes, problems = brand_schema.read(document(call), campaign_schema.UPDATE_FIELDS)
    if problems:
        raise invalid(*problems)
    short = [
        error("10015", "Bad Request", f"{name} must have at least {least} characters.", pointer=f"/{name}")
        for name, (least, _most) in campaign_schema.LENGTHS.items()
        if changes.get(name) and len(changes[name]) < least
    ]
    if short:
        raise refused(400, *short)
    try:
        acting.change(campaign, changes, call.moment)
    except acting.NotNow as problem:
        raise refused(400, error("10012", "Campaign cannot be updated", str(problem))) from problem
    return _answer(call, find(call, campaign_id))


def deactivate(call: Call, campaign_id: str) -> Answer:
    """End a campaign for good."""
    campaign = find(call, campaign_id)
    try:
        acting.deactivate(campaign, call.moment)
    except acting.NotNow as problem:
        raise refused(400, error("10012", "Campaign cannot be deactivated", str(problem))) from problem
    done = {"record_type": "campaign", "message": "success", "time": round(time.time(), 3)}
    return Answer(200, done, campaign.brand.id, campaign=campaign.id)


def appeal(call: Call, campaign_id: str) -> Answer:
    """Have a rejected campaign looked at again."""
    try:
        campaign = find(call, campaign_id)
    except Refusal as problem:
        raise Refusal(Answer(404, NO_SUCH_THING)) from problem
    body = document(call)
    reason = body.get("appeal_reason") if isinstance(body, dict) else None
    if not isinstance(reason, str) or not reason.strip():
        where = {"loc": ["body", "appeal_reason"], "msg": "field required", "type": "value_error.missing"}
        raise invalid(where)
    try:
        acting.appeal(campaign, reason, call.moment)
    except acting.NotNow as problem:
        raise _bare(400, error("10012", "Campaign cannot be appealed", str(problem))) from problem
    at = {"appealed_at": f"{stamp(call.moment.business)}+00:00"}
    return Answer(200, at, campaign.brand.id, campaign=campaign.id)


def operation_status(call: Call, campaign_id: str) -> Answer:
    """One word per mobile carrier; empty before they have it."""
    campaign = find(call, campaign_id)
    words = campaign.standing(call.moment).networks
    return Answer(200, words, campaign.brand.id, campaign=campaign.id)


def mno_metadata(call: Call, campaign_id: str) -> Answer:
    """What each mobile carrier that got it asks of it, and lets through."""
    campaign = find(call, campaign_id)
    only = frozenset(submitted_to(campaign.filed))
    found = terms(USE_CASES[campaign.filed["usecase"]], qualify=True, only=only)
    return Answer(200, found, campaign.brand.id, campaign=campaign.id)


def qualify(call: Call, brand_id: str, usecase: str) -> Answer:
    """May the brand use that use case, and what do the carriers ask of it?"""
    brand = find_brand(call, brand_id)
    use_case = USE_CASES.get(usecase)
    if use_case is None:
        raise refused(400, error("10032", "Invalid use case", f"{usecase} is not a valid use case."))
    fits = qualifies(use_case, entity_type=str(brand.filed.get("entityType")), verified=_is_verified(brand))
    answer = {
        "usecase": use_case.code,
        "monthlyFee": use_case.monthly,
        "quarterlyFee": use_case.monthly * 3,
        "annualFee": use_case.monthly * 12,
        "minSubUsecases": use_case.subs[0],
        "maxSubUsecases": use_case.subs[1],
        "mnoMetadata": terms(use_case, qualify=fits),
    }
    return Answer(200, answer, brand.id)


def cost(call: Call) -> Answer:
    """What a use case costs: the reviewers' fee at once, and the carriers' every month."""
    asked = parameters(call)
    name = asked.get("usecase")
    if name is None:
        raise invalid({"loc": ["query", "usecase"], "msg": "field required", "type": "value_error.missing"})
    use_case = USE_CASES.get(name)
    if use_case is None:
        raise refused(400, error("10032", "Invalid use case", f"{name} is not a valid use case."))
    answer = {
        "campaignUsecase": use_case.code,
        "monthlyCost": f"{use_case.monthly:.2f}",
        # About $15 for each submission (domain reference 2.6).
        "upFrontCost": "15.00",
        "description": f"Monthly fee of {use_case.code}, and the review of each submission.",
    }
    return Answer(200, answer)


def find(call: Call, campaign_id: str) -> Campaign:
    """The account's campaign of that id, unless it was removed. Raises a Refusal, 404."""
    key = as_uuid(campaign_id)
    campaign = _of_account(call).filter(id=key).first() if key else None
    if campaign is None or campaign.standing(call.moment).removed_at is not None:
        raise not_found()
    return campaign


builder = endpoint("campaign", POST=create)
collection = endpoint("campaign", verbs={"GET": "list"}, GET=index)
single = endpoint("campaign", GET=read, PUT=update, DELETE=deactivate)
single_appeal = endpoint("campaign", verbs={"POST": "appeal"}, POST=appeal)
single_status = endpoint("network", GET=operation_status)
single_metadata = endpoint("network", GET=mno_metadata)
qualification = endpoint("usecase", GET=qualify)
costs = endpoint("usecase", GET=cost)


def _of_account(call: Call) -> CampaignQuerySet:
    rows = Campaign.objects.filter(account=call.account).select_related("account", "brand")
    if call.strike.is_stale:
        rows = rows.filter(received_at__lte=call.moment.machine)
    return rows.visible(call.moment)


def _filing(call: Call) -> dict[str, Any]:
    """What was filed, checked against the schema and the conditions. Raises a Refusal."""
    body = document(call)
    filed, problems = brand_schema.read(body, campaign_schema.TEXTS + campaign_schema.FLAGS)
    more, others = campaign_schema.lists(body)
    if problems or others:
        raise invalid(*problems, *others)
    errors = campaign_schema.conditions({**filed, **more})
    if errors:
        raise _bare(400, *errors)
    return {**filed, **more}


def _brand_of(call: Call, brand_id: str) -> Brand:
    """The verified brand that the campaign is for. Raises a Refusal."""
    pointer = "/brandId"
    try:
        brand = find_brand(call, brand_id)
    except Refusal as problem:
        detail = "The brand does not exist in this account."
        raise _bare(400, error("10015", "Bad Request", detail, pointer=pointer)) from problem
    if not _is_verified(brand):
        detail = f"The brand must be VERIFIED to create a campaign; it is {brand.identity_now}."
        raise _bare(400, error("10012", "Brand is not verified", detail, pointer=pointer))
    if call.account.no_funds:
        raise _bare(402, error("20100", "Insufficient Funds", "You do not have enough funds for this."))
    return brand


def _is_verified(brand: Brand) -> bool:
    return brand.status_now == OK and brand.identity_now in VERIFIED


def _bare(status: int, *errors: Mapping[str, Any]) -> Refusal:
    """A refusal with one error outside of a list; the others are mentioned in its words."""
    first = dict(errors[0])
    if len(errors) > 1:
        first["detail"] = " ".join(str(one["detail"]) for one in errors)
    return Refusal(Answer(status, first))


def _answer(call: Call, row: Campaign) -> Answer:
    return Answer(200, _whole(row, call, row.standing(call.moment)), row.brand.id, campaign=row.id)


def _whole(row: Campaign, call: Call, now: Standing) -> dict[str, Any]:
    """The vendor's `TelnyxCampaign_CSP`: what was filed, and what became of it."""
    filed = row.filed_as_of(call.moment.machine) if call.strike.is_stale else row.filed
    answer: dict[str, Any] = {
        "subUsecases": [],
        "termsAndConditions": False,
        "autoRenewal": True,
        **{name: value for name, value in filed.items() if name not in _UNTOLD},
        "campaignId": str(row.id),
        "brandId": str(row.brand.id),
        "brandDisplayName": row.brand.display_name,
        "cspId": CSP_ID,
        "mock": bool(row.brand.filed.get("mock", False)),
        "createDate": str(int(row.filed_at.timestamp())),
        "campaignStatus": now.status,
        "submissionStatus": {"TCR_PENDING": "PENDING", "TCR_FAILED": "FAILED"}.get(now.word, "CREATED"),
        "status": "EXPIRED" if now.ended_at else "DORMANT" if now.dormant else "ACTIVE",
        "isTMobileNumberPoolingEnabled": row.pooled,
        "isTMobileRegistered": now.networks.get(TMOBILE) in (APPROVED, SUSPENDED),
        "isTMobileSuspended": now.networks.get(TMOBILE) == SUSPENDED,
    }
    if now.word not in ("TCR_PENDING", "TCR_FAILED"):
        answer |= {"tcrCampaignId": row.tcr_id, "tcrBrandId": row.brand.tcr_id}
    if now.reasons:
        answer["failureReasons"] = told(now.reasons)
    if now.billed:
        answer["billedDate"] = stamp(now.billed[-1])
    if now.ends_at is not None:
        answer["nextRenewalOrExpirationDate"] = stamp(now.ends_at)
    return answer
