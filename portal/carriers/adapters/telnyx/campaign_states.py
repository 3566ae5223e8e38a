"""How a campaign stands by Telnyx's words: overall, and with each mobile carrier. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.carriers.campaigns import CampaignState, Decider, Network, NetworkState
from portal.carriers.contract import Unavailable

# The registry has it, the provider has it, the carriers have it (10DLC 2.4, Telnyx event notifications).
_BY_CAMPAIGN_STATUS: Mapping[str, tuple[CampaignState, Decider | None]] = {
    "TCR_PENDING": (CampaignState.REGISTRY, None),
    "TCR_ACCEPTED": (CampaignState.PROVIDER, None),
    "TCR_FAILED": (CampaignState.FAILED, Decider.REGISTRY),
    "TCR_SUSPENDED": (CampaignState.SUSPENDED, Decider.REGISTRY),
    "TCR_EXPIRED": (CampaignState.EXPIRED, Decider.REGISTRY),
    "TELNYX_ACCEPTED": (CampaignState.CARRIERS, None),
    "TELNYX_FAILED": (CampaignState.REJECTED, Decider.PROVIDER),
    "MNO_PENDING": (CampaignState.CARRIERS, None),
    "MNO_ACCEPTED": (CampaignState.CARRIERS, None),
    "MNO_REJECTED": (CampaignState.REJECTED, Decider.CARRIER),
    "MNO_PROVISIONED": (CampaignState.ACTIVE, None),
    "MNO_PROVISIONING_FAILED": (CampaignState.REJECTED, Decider.CARRIER),
}
_NETWORK_STATES = {
    "REVIEW": NetworkState.REVIEW,
    "APPROVED": NetworkState.APPROVED,
    "REJECTED": NetworkState.REJECTED,
    "SUSPENDED": NetworkState.SUSPENDED,
}
# The registry's `status`. The vendor's text names the first two; the others can mean one thing only.
_RUNS = frozenset({"", "ACTIVE"})
_BY_STATUS: Mapping[str, tuple[CampaignState, Decider | None]] = {
    "EXPIRED": (CampaignState.EXPIRED, Decider.REGISTRY),
    "SUSPENDED": (CampaignState.SUSPENDED, Decider.REGISTRY),
    "DORMANT": (CampaignState.DORMANT, Decider.PROVIDER),
}
_UNDERSTOOD_NOTHING = (CampaignState.UNKNOWN, None)
WAITING = frozenset({CampaignState.REGISTRY, CampaignState.PROVIDER, CampaignState.CARRIERS})
_TURNED_DOWN = frozenset({CampaignState.FAILED, CampaignState.REJECTED})
# The mobile carriers have a say in these; in a rejection when it is theirs.
_WITH_NETWORKS = frozenset(
    {CampaignState.CARRIERS, CampaignState.ACTIVE, CampaignState.SUSPENDED, CampaignState.DORMANT}
)

# More than there are mobile carriers.
MOST_NETWORKS = 50
_T_MOBILE = re.compile(r"\AT[\s-]?Mobile\b", re.IGNORECASE)


def state_of(campaign: Mapping[str, Any]) -> tuple[CampaignState, Decider | None]:
    """The neutral state by Telnyx's three words, and whose verdict it is.

    `campaignStatus` is how far it is, `submissionStatus` whether the registry has it at all, `status` whether
    it still runs there. A word that is not listed, or a verdict that another word contradicts, is UNKNOWN.
    """
    word, submission, running = (
        given(campaign.get(name)) for name in ("campaignStatus", "submissionStatus", "status")
    )
    found = _BY_CAMPAIGN_STATUS.get(word, _UNDERSTOOD_NOTHING) if word else _before_any_word(submission)
    state = found[0]
    if submission == "PENDING" and state not in WAITING:
        return _UNDERSTOOD_NOTHING
    if submission == "FAILED" and state is CampaignState.REGISTRY:
        return CampaignState.FAILED, Decider.REGISTRY
    if submission == "FAILED" and state not in _TURNED_DOWN:
        return _UNDERSTOOD_NOTHING
    if submission not in ("", "CREATED", "PENDING", "FAILED") or state is CampaignState.UNKNOWN:
        return _UNDERSTOOD_NOTHING
    if running in _RUNS or state in (CampaignState.FAILED, CampaignState.EXPIRED):
        return found
    return _BY_STATUS.get(running, _UNDERSTOOD_NOTHING)


def _before_any_word(submission: str) -> tuple[CampaignState, Decider | None]:
    return (CampaignState.REGISTRY, None) if submission else _UNDERSTOOD_NOTHING


def word_of(campaign: Mapping[str, Any]) -> str:
    """Telnyx's own words: `campaignStatus`, and what differs from the usual in the other two."""
    words = [
        given(campaign.get("campaignStatus")),
        *(
            word
            for name, usual in (("submissionStatus", "CREATED"), ("status", "ACTIVE"))
            if (word := given(campaign.get(name))) != usual
        ),
    ]
    return " / ".join(word for word in words if word)[:100]


def asks_networks(campaign: Mapping[str, Any]) -> bool:
    """Have the mobile carriers been asked, or is the verdict theirs?"""
    state, decider = state_of(campaign)
    return state in _WITH_NETWORKS or decider is Decider.CARRIER


def networks_of(answer: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Network, ...]:
    """The rows of `GET …/operationStatus`, a map of network ids to words. Raises Unavailable for no such map."""
    codes = [code for code in answer if re.fullmatch(r"[0-9]{1,10}", code, re.ASCII)]
    if answer and not codes:
        raise Unavailable("GET …/operationStatus: the answer is no map of carriers")
    rows = []
    for code in codes[:MOST_NETWORKS]:
        word = given(answer[code])
        state = _NETWORK_STATES.get(word, NetworkState.UNKNOWN)
        rows.append(Network(code=code, name=names.get(code, code), state=state, word=word))
    return tuple(rows)


def names_of(metadata: Mapping[str, Any]) -> dict[str, str]:
    """The names of mobile carriers by their network ids, out of any `mnoMetadata`."""
    rows = list(metadata.items())[:MOST_NETWORKS]
    return {
        code: name for code, row in rows if isinstance(row, dict) and (name := given(row.get("mno"))[:60])
    }


def with_t_mobile(networks: Sequence[Network], campaign: Mapping[str, Any]) -> tuple[Network, ...]:
    """The rows with T-Mobile's own flag, told beside the map: a suspension counts more than any word.

    Raises Unavailable when one of the rows may be T-Mobile's, and its name could not be had.
    """
    if campaign.get("isTMobileSuspended") is not True:
        return tuple(networks)
    if not any(_T_MOBILE.match(one.name) for one in networks):
        if any(one.name == one.code for one in networks):
            raise Unavailable("GET …/mnoMetadata: nobody knows which carrier has suspended the campaign")
        return (*networks, Network("", "T-Mobile", NetworkState.SUSPENDED, "isTMobileSuspended"))
    return tuple(
        replace(one, state=NetworkState.SUSPENDED, word=f"{one.word} / isTMobileSuspended")
        if _T_MOBILE.match(one.name)
        else one
        for one in networks
    )


def beside(
    state: CampaignState, decider: Decider | None, networks: Sequence[Network]
) -> tuple[CampaignState, Decider | None]:
    """The state beside what each carrier says: provisioned, but approved by none of those named, is not active."""
    states = {one.state for one in networks}
    if state is not CampaignState.ACTIVE or not states or NetworkState.APPROVED in states:
        return state, decider
    if states == {NetworkState.SUSPENDED}:
        return CampaignState.SUSPENDED, Decider.CARRIER
    return (CampaignState.CARRIERS, None) if states == {NetworkState.REVIEW} else _UNDERSTOOD_NOTHING


def given(value: Any) -> str:
    """A word as it stands, anything that is no word as its JSON, nothing as nothing."""
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return text.strip()[:100]
