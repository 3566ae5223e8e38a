"""Our words of numbers to Telnyx's and back. Pure functions over plain data: no HTTP here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from portal.carriers.adapters.telnyx import mapping, proofs
from portal.carriers.numbers import NumberListed, NumberReading, NumberState, NumberTrouble
from portal.carriers.outcomes import Reason, Unavailable

E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)

# PhoneNumberCampaign.assignmentStatus: the vendor's whole list.
_STATES = {
    "PENDING_ASSIGNMENT": NumberState.PENDING,
    "ASSIGNED": NumberState.ASSIGNED,
    "FAILED_ASSIGNMENT": NumberState.FAILED,
    "PENDING_UNASSIGNMENT": NumberState.RELEASING,
    "FAILED_UNASSIGNMENT": NumberState.RELEASE_FAILED,
}
_FAILED = frozenset({NumberState.FAILED, NumberState.RELEASE_FAILED})
_TOLL_FREE = frozenset({"toll-free", "tollfree", "toll_free"})

# Codes that the field knows for a failed assignment (10DLC reference, 4.4), in ours.
_BY_CODE: Mapping[str, NumberTrouble] = {
    "INTERNAL_ERROR": NumberTrouble.CARRIER_TROUBLE,
    "SMS_PROVISIONING_FAILED": NumberTrouble.CARRIER_TROUBLE,
    "CAMPAIGN_PROVISIONING_FAILED": NumberTrouble.CARRIER_TROUBLE,
    "NUMBER_PROVISIONING_FAILED": NumberTrouble.CARRIER_TROUBLE,
    "PARTNER_SERVICE_UNAVAILABLE": NumberTrouble.CARRIER_TROUBLE,
    "MNO_SHARING_ERROR": NumberTrouble.CARRIER_TROUBLE,
    "CAMPAIGN_NOT_AVAILABLE": NumberTrouble.CAMPAIGN_INACTIVE,
    "CAMPAIGN_PENDING_ACCEPTANCE": NumberTrouble.CAMPAIGN_INACTIVE,
    "CAMPAIGN_MNO_REVIEW": NumberTrouble.CAMPAIGN_INACTIVE,
    "CAMPAIGN_EXPIRED": NumberTrouble.CAMPAIGN_EXPIRED,
    "CAMPAIGN_MNO_REJECTED": NumberTrouble.CAMPAIGN_REJECTED,
    "CAMPAIGN_MNO_SUSPENDED": NumberTrouble.CAMPAIGN_SUSPENDED,
    "EXCEEDED_10DLC_LIMIT": NumberTrouble.OVER_LIMIT,
    "INSUFFICIENT_BALANCE": NumberTrouble.NO_MONEY,
    "MOCK_CAMPAIGN_NOT_ALLOWED": NumberTrouble.TEST_CAMPAIGN,
    "TFN_NOT_ALLOWED": NumberTrouble.TOLL_FREE,
    "INVALID_NNID": NumberTrouble.OTHER_NETWORK,
}
# Telnyx has one code for all of these and says the rest in words; the first that fits counts.
_BY_WORDS: tuple[tuple[NumberTrouble, re.Pattern[str]], ...] = tuple(
    (trouble, re.compile(words, re.IGNORECASE))
    for trouble, words in (
        (NumberTrouble.CARRIER_TROUBLE, r"\bdaily\b.*\b(?:quota|limit)\b"),
        (NumberTrouble.TOLL_FREE, r"toll[\s-]?free"),
        (NumberTrouble.NOT_ENABLED, r"messaging profile|not enabled for (?:sms|messaging)"),
        (NumberTrouble.OVER_LIMIT, r"\b(?:limit|maximum|exceed\w*|too many)\b"),
        (
            NumberTrouble.ALREADY_ASSIGNED,
            r"already\b.*\b(?:assigned|associated|linked|belongs|exists|on)\b|another campaign",
        ),
        (NumberTrouble.NO_MONEY, r"insufficient (?:funds|balance)"),
        (NumberTrouble.TEST_CAMPAIGN, r"\bmock\b"),
        (NumberTrouble.OTHER_NETWORK, r"\bnnid\b|letter of authori[sz]ation"),
        (NumberTrouble.CAMPAIGN_EXPIRED, r"campaign\b.*\bexpired"),
        (NumberTrouble.CAMPAIGN_SUSPENDED, r"campaign\b.*\b(?:suspended|dormant)"),
        (NumberTrouble.CAMPAIGN_REJECTED, r"campaign\b.*\brejected"),
        (NumberTrouble.NO_CAMPAIGN, r"campaign\b.*\b(?:not found|not exist|unknown|invalid)"),
        (
            NumberTrouble.CAMPAIGN_INACTIVE,
            r"campaign\b.*\b(?:not|isn't|has yet|pending|inactive|deactivated|ended)\b",
        ),
        (
            NumberTrouble.NO_TEXTS,
            r"\b(?:sms|messaging|texts?)\b.*\bnot\b|\bnot\b.*\b(?:sms|messaging|text)\b",
        ),
        (
            NumberTrouble.NUMBER_NOT_FOUND,
            r"number\b.*\b(?:not found|not exist|unknown|not on|not own|e\.?164)",
        ),
        (NumberTrouble.NUMBER_UNAVAILABLE, r"\b(?:port\w*|unavailable|not available|hosted|byoc)\b"),
        (NumberTrouble.CARRIER_TROUBLE, r"\b(?:internal|downstream|try again|time[d -]?out|temporar\w+)\b"),
    )
)
# "Insufficient Funds" (10DLC error catalogue).
_BY_NUMBER = {"20100": NumberTrouble.NO_MONEY}

_CODED = re.compile(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b[\s:-]*(.*)", re.ASCII | re.DOTALL)


def assignment_body(e164: str, campaign: str) -> dict[str, Any]:
    """The JSON of `POST` and `PUT /10dlc/phone_number_campaigns`."""
    return {"phoneNumber": e164, "campaignId": campaign}


def campaign_of(row: Mapping[str, Any]) -> str:
    """The campaign that a number is on, by our reference; a shared one is known by its `campaignId` alone."""
    return _word(row.get("telnyxCampaignId")) or _word(row.get("campaignId"))


def reading_of(row: Mapping[str, Any]) -> NumberReading:
    """One `PhoneNumberCampaign`. Raises Unavailable for a row that names no number or no campaign."""
    e164, campaign = _word(row.get("phoneNumber")), campaign_of(row)
    if not E164.fullmatch(e164) or not campaign:
        raise Unavailable("GET …/phone_number_campaigns: a row without its number or its campaign")
    word = _word(row.get("assignmentStatus"))
    state = _STATES.get(word, NumberState.UNKNOWN)
    return NumberReading(
        e164=e164,
        campaign_reference=campaign,
        state=state,
        word=word,
        # "Relevant only if the assignmentStatus is either FAILED_…" (PhoneNumberCampaign.failureReasons).
        reasons=troubles(_said(row)) if state in _FAILED else (),
        updated_at=proofs.moment(row.get("updatedAt")),
        raw=dict(row),
    )


def _said(row: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Why a number failed: by the vendor's file a text, which its events know as a list of errors beside it."""
    return (
        mapping.failure_reasons(row.get("failureReasons"))
        or mapping.refusal_reasons(row)
        or mapping.failure_reasons(row.get("errors"))
    )


def listed_of(row: Mapping[str, Any]) -> NumberListed:
    """One `PhoneNumberWithMessagingSettings`. Raises Unavailable for a row without its number or id."""
    e164, reference = number_of(row), _word(row.get("id"))
    if not reference:
        raise Unavailable("GET /phone_numbers/messaging: a row without its id")
    return NumberListed(
        e164=e164,
        reference=reference,
        country=_word(row.get("country_code"))[:2],
        toll_free=row.get("type") in _TOLL_FREE,
        sms=_can_text(row),
        enabled=bool(_word(row.get("messaging_profile_id"))),
        tags=tags_of(row),
        raw=dict(row),
    )


def number_of(row: Mapping[str, Any]) -> str:
    """The number of a row. Raises Unavailable for a row without one."""
    e164 = _word(row.get("phone_number"))
    if not E164.fullmatch(e164):
        raise Unavailable("GET /phone_numbers/…: a row without its number")
    return e164


def without_texts(row: Mapping[str, Any]) -> NumberListed:
    """One `SlimPhoneNumberDetailed` that has no messaging settings. Raises Unavailable as `listed_of`."""
    e164, reference = number_of(row), _word(row.get("id"))
    if not reference:
        raise Unavailable("GET /phone_numbers/slim: a row without its id")
    return NumberListed(
        e164=e164,
        reference=reference,
        country=_word(row.get("country_iso_alpha2"))[:2],
        toll_free=row.get("phone_number_type") in _TOLL_FREE,
        sms=False,
        enabled=False,
        tags=tags_of(row),
        raw=dict(row),
    )


def tags_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The tags on a number; what is no word is left out."""
    tags = row.get("tags")
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _can_text(row: Mapping[str, Any]) -> bool:
    """Texts within the country: `features.sms` is null for a number without them (MessagingFeatureSet)."""
    features = row.get("features")
    texts = features.get("sms") if isinstance(features, dict) else None
    return isinstance(texts, dict) and texts.get("domestic_two_way") is True


def troubles(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The same reasons with our codes, where the carrier's code or its words say which; else with its own code."""
    return tuple(_trouble(reason) for reason in reasons)


def _trouble(reason: Reason) -> Reason:
    coded = _CODED.fullmatch(reason.text.strip())
    code, text = coded.groups() if coded and not reason.code else (reason.code, reason.text)
    known = _BY_CODE.get(code) or _BY_NUMBER.get(code) or _by_words(text)
    return Reason(str(known or code), text.strip() or reason.text, reason.fields)


def _by_words(text: str) -> NumberTrouble | None:
    return next((trouble for trouble, words in _BY_WORDS if words.search(text)), None)


def _word(value: Any) -> str:
    return value.strip()[:100] if isinstance(value, str) else ""
