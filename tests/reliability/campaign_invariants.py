"""What must hold of campaigns after every run: the part of `invariants` that brands have no equal of.

Every registration at the registry is paid for, so the strongest of them: no campaign ever has two that live.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from campaigns import states

if TYPE_CHECKING:
    from tests.reliability.invariants import Pictures

FILING = ("register", "update")
# What our status must be when the registry says so, after a full sweep with all faults off.
SAME = {
    "TCR_PENDING": states.REGISTRY,
    "TCR_ACCEPTED": states.PROVIDER,
    "MNO_PENDING": states.CARRIERS,
    "MNO_PROVISIONED": states.ACTIVE,
    "TCR_FAILED": states.REJECTED,
    "TELNYX_FAILED": states.REJECTED,
    "MNO_REJECTED": states.REJECTED,
    "TCR_SUSPENDED": states.SUSPENDED,
    "TCR_EXPIRED": states.EXPIRED,
}
# Names of the contract and the vendor's for them: enough to know that the right answers stand there.
BODY = {
    "brand_reference": "brandId",
    "use_case": "usecase",
    "description": "description",
    "message_flow": "messageFlow",
    "help_message": "helpMessage",
}
# Without these the registry has nothing that counts.
_GONE = (states.DELETING, states.DELETED, states.MISSING)


def broken(
    seen: Pictures, *, resent: Collection[str], strangers: Collection[str], decided: bool
) -> list[str]:
    """Every invariant that does not hold of a campaign, as sentences, with the numbers of the fault plan."""
    return [
        *_arrived_once(seen, resent),
        *_one_lives(seen),
        *_owned(seen, strangers),
        *_numbered(seen),
        *_watched(seen),
        *(_same_status(seen) if decided else ()),
    ]


def living(seen: Pictures) -> list[dict[str, Any]]:
    """What stands at the registry and has neither ended nor failed nor been removed."""
    ended = ("ended_at", "removed_at")
    return [
        row
        for row in seen.campaigns_there
        if not any(row[name] for name in ended) and row["status"] not in ("TCR_FAILED", "TCR_EXPIRED")
    ]


def _registered(seen: Pictures) -> dict[Any, list[dict[str, Any]]]:
    rows = defaultdict(list)
    for row in seen.registrations:
        rows[row["campaign_id"]].append(row)
    return rows


def _filed(seen: Pictures) -> Iterator[dict[str, Any]]:
    return (row for row in seen.submissions if (row["kind"], row["purpose"]) == ("campaign", "register"))


def _arrived_once(seen: Pictures, resent: Collection[str]) -> Iterable[str]:
    """1 and 5: exactly one at the registry for each registration, with what was filed; one create for each."""
    there = defaultdict(list)
    for one in seen.campaigns_there:
        if not one["removed_at"]:
            there[one["key"]].append(one)
    for key, ids in seen.sums["campaign_duplicates"].items():
        yield f"1: campaigns doubled at the registry under key {key}: {ids}"
    kept = {row["key"]: row for row in seen.registrations}
    for row in _filed(seen):
        campaign, found = seen.campaigns[row["subject_id"]], there[row["key"]]
        creates = seen.sums["campaign_creates"].get(row["key"], 0)
        if row["state"] == "refused":
            if found:
                yield f"1: campaign {row['key']} was refused and exists: {[one['id'] for one in found]}"
            continue
        if campaign["status"] in _GONE:
            continue
        ours = kept.get(row["key"])
        if ours is None:
            yield f"1: campaign {row['key']} is {row['state']}, and no registration stands for it"
        elif ours["reference"] not in [one["id"] for one in found]:
            yield f"1: campaign {row['key']} is {[one['id'] for one in found]} there, {ours['reference']} here"
        else:
            same = next(one for one in found if one["id"] == ours["reference"])
            yield from _same_body(seen, row, same)
        if creates != 1 and "*" not in resent and row["key"] not in resent:
            yield f"5: {creates} creates for campaign {row['key']}"


def _same_body(seen: Pictures, row: Mapping[str, Any], there: Mapping[str, Any]) -> Iterable[str]:
    filings = [one for one in seen.of(row["subject_id"], *FILING) if one["state"] == "confirmed"]
    if not filings or seen.of(row["subject_id"], "register")[-1]["key"] != row["key"]:
        return
    wanted = filings[-1]["payload"]
    filed = there["filed"]
    for ours, theirs in BODY.items():
        if filed.get(theirs) != wanted[ours]:
            yield f"1: campaign {row['key']}: {theirs} is {filed.get(theirs)!r}, filed was {wanted[ours]!r}"
    samples = [filed.get(f"sample{number}") for number in range(1, 6) if filed.get(f"sample{number}")]
    if samples != wanted["samples"]:
        yield f"1: campaign {row['key']}: the samples are {samples}, filed were {wanted['samples']}"


def _one_lives(seen: Pictures) -> Iterable[str]:
    """1: a campaign has one registration that is paid for, however often it was submitted again."""
    owners = {row["key"]: row["subject_id"] for row in _filed(seen)}
    for subject, times in Counter(owners[row["key"]] for row in living(seen) if row["key"] in owners).items():
        if times > 1:
            yield f"1: campaign {subject} lives {times} times at the registry"


def _owned(seen: Pictures, strangers: Collection[str]) -> Iterable[str]:
    """2 and 9: every living one there has an owner here, in one organization all along."""
    owners = {row["key"]: row for row in _filed(seen)}
    for there in living(seen):
        owner = owners.get(there["key"])
        if owner is None:
            if there["id"] not in strangers:
                yield f"2: campaign {there['id']} (key {there['key'] or 'none'}) has no owner here"
        elif seen.campaigns[owner["subject_id"]]["organization_id"] != owner["organization_id"]:
            yield f"9: campaign {owner['key']} was filed for another organization than its own"


def _numbered(seen: Pictures) -> Iterable[str]:
    """Registrations of a campaign count 1, 2, 3 …, and only the last one has not ended."""
    for campaign, rows in _registered(seen).items():
        if [row["number"] for row in rows] != list(range(1, len(rows) + 1)):
            yield f"registrations of {campaign} are numbered {[row['number'] for row in rows]}"
        if any(row["ended_at"] is None for row in rows[:-1]):
            yield f"an earlier registration of {campaign} has not ended"


def _watched(seen: Pictures) -> Iterable[str]:
    """3: what lives at the carrier is waited for, once."""
    watched = Counter(watch["subject_id"] for watch in seen.watches if watch["closed_at"] is None)
    for campaign, rows in _registered(seen).items():
        status = seen.campaigns[campaign]["status"]
        lives = status in states.LIVE and rows[-1]["ended_at"] is None
        if watched[campaign] > 1 or (lives and watched[campaign] != 1):
            yield f"3: campaign {campaign} is {status} and watched {watched[campaign]} times"


def _same_status(seen: Pictures) -> Iterable[str]:
    """4: what we show is what the registry says, and of the mobile carriers no more than they said."""
    by_id = {row["id"]: row for row in seen.campaigns_there if not row["removed_at"]}
    for campaign, rows in _registered(seen).items():
        there, status = by_id.get(rows[-1]["reference"]), seen.campaigns[campaign]["status"]
        if there is None or status in states.GOING or there["dormant"]:
            continue
        wanted = SAME.get(there["status"])
        if wanted is not None and wanted != status:
            yield f"4: campaign {campaign} is {status} here and {there['status']} there"
        approved = sum(word == "APPROVED" for word in there["networks"].values())
        if status == states.ACTIVE and (rows[-1]["approved"], rows[-1]["networks"]) != (
            approved,
            len(there["networks"]),
        ):
            yield f"4: campaign {campaign} is approved by {rows[-1]['approved']} here, {approved} there"
