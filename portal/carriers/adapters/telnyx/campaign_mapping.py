"""Our words of campaigns to Telnyx's and back. Pure functions over plain data: no HTTP here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from portal.carriers.adapters.telnyx import campaign_states, mapping, proofs
from portal.carriers.campaigns import (
    CampaignFiling,
    CampaignListed,
    CampaignReading,
    CampaignState,
    Network,
    NetworkTerms,
    Qualification,
)
from portal.carriers.contract import Reason, Unavailable

# Field by field: ours, and Telnyx's in CampaignRequest and TelnyxCampaign_CSP. The samples are apart.
_TEXTS: Mapping[str, str] = {
    "brand_reference": "brandId",
    "use_case": "usecase",
    "description": "description",
    "message_flow": "messageFlow",
    "optin_keywords": "optinKeywords",
    "optout_keywords": "optoutKeywords",
    "help_keywords": "helpKeywords",
    "optin_message": "optinMessage",
    "optout_message": "optoutMessage",
    "help_message": "helpMessage",
    "privacy_url": "privacyPolicyLink",
    "terms_url": "termsAndConditionsLink",
    "embedded_link_sample": "embeddedLinkSample",
}
_FLAGS: Mapping[str, str] = {
    "subscriber_optin": "subscriberOptin",
    "subscriber_optout": "subscriberOptout",
    "subscriber_help": "subscriberHelp",
    "embedded_link": "embeddedLink",
    "embedded_phone": "embeddedPhone",
    "number_pool": "numberPool",
    "age_gated": "ageGated",
    "direct_lending": "directLending",
    "auto_renewal": "autoRenewal",
}
SAMPLES = ("sample1", "sample2", "sample3", "sample4", "sample5")

# Not a field of a filing: the name under which a refusal of our own reference is told (`is_taken`).
_KEY = "key"

OURS: Mapping[str, str] = {
    **{vendor.lower(): ours for ours, vendor in {**_TEXTS, **_FLAGS}.items()},
    **dict.fromkeys(SAMPLES, "samples"),
    "subusecases": "sub_use_cases",
    "referenceid": _KEY,
}

# Of an earlier verdict, if any is left at all.
_WITHOUT_REASONS = campaign_states.WAITING | {CampaignState.ACTIVE}

# More than any honest answer holds.
_MOST_REASONS = 50
_LONGEST_TEXT = 2000
# "602: The samples do not fit", "OPT_IN_WORKFLOW_MISSING: …": reviewers' codes (10DLC rejection catalogue).
_CODED = re.compile(r"([0-9]{3,6}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\s*[:-]\s+(\S.*)", re.ASCII)
# A moment in seconds or milliseconds since 1970: "Unix timestamp" (TelnyxCampaign_CSP.createDate).
_UNIX = re.compile(r"[0-9]{9,13}", re.ASCII)
_YEARS = range(2000, 2100)


# -- what is sent -----------------------------------------------------------------------------------


def campaign_body(filing: CampaignFiling, *, key: str, webhook_url: str) -> dict[str, Any]:
    """The JSON of `POST /10dlc/campaignBuilder`: texts that are given, every answer of yes and no."""
    texts = {vendor: text for ours, vendor in _TEXTS.items() if (text := str(getattr(filing, ours)))}
    flags = {vendor: bool(getattr(filing, ours)) for ours, vendor in _FLAGS.items()}
    body: dict[str, Any] = {**texts, **dict(zip(SAMPLES, filing.samples, strict=False)), **flags}
    if filing.sub_use_cases:
        body["subUsecases"] = list(filing.sub_use_cases)
    # The registry's own terms: without a yes to them the wizard lets nobody submit.
    body["termsAndConditions"] = True
    body["referenceId"] = key
    body["webhookURL"] = webhook_url
    return body


def update_body(filing: CampaignFiling, standing: Mapping[str, Any], *, webhook_url: str) -> dict[str, Any]:
    """The JSON of `PUT /10dlc/campaign/{campaignId}` over the campaign that is `standing` there.

    `autoRenewal` always goes along: left out, it counts as true (UpdateCampaignRequest, default). A sample that
    was taken away is sent as an empty text, but only where one stands: the rejected one must not stay behind.
    """
    samples = dict(zip(SAMPLES, filing.samples, strict=False))
    gone = {name: "" for name in SAMPLES if name not in samples and _text(standing.get(name))}
    return {
        **samples,
        **gone,
        "messageFlow": filing.message_flow,
        "helpMessage": filing.help_message,
        "autoRenewal": filing.auto_renewal,
        "webhookURL": webhook_url,
    }


def is_taken(reasons: Iterable[Reason]) -> bool:
    """Is it our own reference that a refusal speaks of? It "must be unique across all submitted campaigns"."""
    return any(_KEY in reason.fields or "referenceid" in reason.text.lower() for reason in reasons)


# -- what is read -----------------------------------------------------------------------------------


def is_campaign(answer: Mapping[str, Any]) -> bool:
    """Does the answer say at all how a campaign stands?"""
    return any(isinstance(answer.get(name), str) for name in ("campaignStatus", "submissionStatus"))


def keys_of(campaign: Mapping[str, Any], base: str) -> tuple[str, ...]:
    """Our keys in a campaign: its own reference, and the one in the path of its address; each may be missing."""
    reference = _text(campaign.get("referenceId"))
    found = (reference, mapping.key_of(campaign.get("webhookURL"), base))
    return tuple(dict.fromkeys(key for key in found if key))


def reading_of(
    campaign: Mapping[str, Any], *, reference: str, base: str, networks: Sequence[Network] = ()
) -> CampaignReading:
    """A campaign as Telnyx gives it back, under the `reference` that was asked for."""
    rows = tuple(networks)
    if campaign_states.asks_networks(campaign):
        rows = campaign_states.with_t_mobile(networks, campaign)
    state, decider = campaign_states.beside(*campaign_states.state_of(campaign), rows)
    told = () if state in _WITHOUT_REASONS else failure_reasons(campaign.get("failureReasons"))
    word = campaign_states.given(campaign.get("campaignStatus"))
    # Telnyx's one word is about the registry while that has the campaign, and its own from then on.
    of_registry = word.startswith("TCR_")
    registry = (word if of_registry else "", campaign.get("submissionStatus"), campaign.get("status"))
    renews = campaign.get("autoRenewal")
    keys = keys_of(campaign, base)
    return CampaignReading(
        reference=reference,
        state=state,
        word=campaign_states.word_of(campaign),
        registry_id=_text(campaign.get("tcrCampaignId"))[:100],
        registry_word=" / ".join(said for one in registry if (said := campaign_states.given(one)))[:100],
        provider_word="" if of_registry else word,
        decided_by=decider,
        reasons=mapping.withheld_reasons(told, ()),
        networks=rows,
        renews=renews if isinstance(renews, bool) else None,
        ends_at=moment(campaign.get("nextRenewalOrExpirationDate")),
        billed_at=moment(campaign.get("billedDate")),
        created_at=moment(campaign.get("createDate")),
        filed=filed_of(campaign),
        key=keys[0] if keys else "",
        raw=mapping.withheld(campaign, ()),
    )


def filed_of(campaign: Mapping[str, Any]) -> dict[str, Any]:
    """What stands there, under our names; what is missing or of another type is left out."""
    filed: dict[str, Any] = {
        ours: text for ours, vendor in _TEXTS.items() if (text := _text(campaign.get(vendor)))
    }
    for ours, vendor in _FLAGS.items():
        if isinstance(campaign.get(vendor), bool):
            filed[ours] = campaign[vendor]
    if samples := tuple(text for name in SAMPLES if (text := _text(campaign.get(name)))):
        filed["samples"] = samples
    subs = campaign.get("subUsecases")
    if isinstance(subs, list):
        filed["sub_use_cases"] = tuple(sub[:100] for sub in subs[:50] if isinstance(sub, str))
    return filed


def listed_of(row: Mapping[str, Any], *, brand: str, base: str) -> CampaignListed:
    """One row of `GET /10dlc/campaign` of a brand."""
    keys = keys_of(row, base)
    return CampaignListed(
        reference=_text(row.get("campaignId")),
        brand_reference=_text(row.get("brandId")) or brand,
        word=campaign_states.word_of(row),
        key=keys[0] if keys else "",
        created_at=moment(row.get("createDate")),
        raw=mapping.withheld(row, ()),
    )


def qualification_of(answer: Mapping[str, Any], use_case: str) -> Qualification:
    """A `UsecaseMetadata`. Raises Unavailable for one that does not say whom it qualifies with."""
    metadata = answer.get("mnoMetadata")
    if answer.get("usecase", use_case) != use_case or not isinstance(metadata, dict):
        raise Unavailable("GET …/usecase/…: the answer is about no such use case")
    terms = tuple(
        _terms_of(code, row) for code, row in list(metadata.items())[: campaign_states.MOST_NETWORKS]
    )
    least, most = _count(answer.get("minSubUsecases")), _count(answer.get("maxSubUsecases"))
    return Qualification(
        use_case=use_case,
        qualifies=any(one.qualifies for one in terms),
        least_sub_use_cases=least,
        most_sub_use_cases=max(least, most),
        networks=terms,
        monthly_fee=_dollars(answer.get("monthlyFee")),
        quarterly_fee=_dollars(answer.get("quarterlyFee")),
        annual_fee=_dollars(answer.get("annualFee")),
    )


def failure_reasons(value: Any) -> tuple[Reason, ...]:
    """`failureReasons`: a text by the vendor's file, in its answers also a list of `{fields, description}`.

    A text that is itself such JSON is read as that; any other is one reason a line, with its code in front.
    """
    return tuple(_reasons(_inside(value)))[:_MOST_REASONS]


def _inside(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _reasons(value: Any) -> Iterator[Reason]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield _reason_of(item)
        elif item is not None:
            for line in (item if isinstance(item, str) else json.dumps(item)).splitlines():
                found = _CODED.fullmatch(line.strip())
                code, text = found.groups() if found else ("", line.strip())
                if text:
                    yield Reason(code, text[:_LONGEST_TEXT])


def _reason_of(item: Mapping[str, Any]) -> Reason:
    texts = (_text(item.get(name)) for name in ("description", "detail", "message", "msg", "title"))
    codes = (campaign_states.given(item.get(name)) for name in ("code", "id", "reason"))
    names = item.get("fields", item.get("field"))
    return Reason(
        next((code for code in codes if code), ""),
        (next((text for text in texts if text), "") or json.dumps(item))[:_LONGEST_TEXT],
        mapping.our_names(names if isinstance(names, list) else [names], OURS),
    )


def moment(value: Any) -> datetime | None:
    """A moment in one of the vendor's forms: ISO 8601 with or without time and offset, or a Unix timestamp.

    A day alone is its first moment in UTC: the earliest reading, so that no warning comes late. None for
    anything else, and for a year that can be none.
    """
    digits = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(digits, str) and _UNIX.fullmatch(digits):
        seconds = int(digits) / (1000 if len(digits) > 11 else 1)
        found: datetime | None = datetime.fromtimestamp(seconds, UTC)
    else:
        found = proofs.moment(value.strip() if isinstance(value, str) else value)
    return found if found is not None and found.year in _YEARS else None


def _terms_of(code: str, row: Any) -> NetworkTerms:
    if not isinstance(row, dict) or not isinstance(row.get("qualify"), bool):
        raise Unavailable("GET …/usecase/…: a carrier that does not say whether it qualifies")
    return NetworkTerms(
        code=code[:10],
        name=_text(row.get("mno"))[:60] or code[:10],
        qualifies=row["qualify"],
        reviews=row.get("mnoReview") is True,
        least_samples=_count(row.get("minMsgSamples")),
        links=row.get("noEmbeddedLink") is not True,
        phones=row.get("noEmbeddedPhone") is not True,
    )


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value <= 100 else 0


def _dollars(value: Any) -> str | None:
    """An amount with its cents, such as "1.50"; None for what is no amount."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{Decimal(str(value)):.2f}" if is_number and 0 <= value < 1_000_000 else None


def _text(value: Any) -> str:
    return value[:5000] if isinstance(value, str) else ""
