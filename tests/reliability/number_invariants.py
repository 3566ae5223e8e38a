"""What must hold of numbers after every run: a number is on one campaign, and every request for it is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.reliability.invariants import Pictures

# Submissions in these states reached the carrier once, or never.
_NEVER = ("withdrawn", "accepted")
# What each event leaves the number's assignment as; from which states is the order of the table's columns.
_LEAVES = {
    "assigning": "pending",
    "assigning-again": "pending",
    "assigned": "on",
    "found-on-campaign": "on",
    "assignment-failed": "failed",
    "assignment-cancelled": "released",
    "releasing": "releasing",
    "release-undone": "on",
    "release-failed": "on",
    "released": "released",
    "gone-elsewhere": "released",
}
_FROM: dict[str, tuple[str, ...]] = {
    "assigning": ("", "failed", "released"),
    "assigning-again": ("on", "pending"),
    "assigned": ("pending",),
    "found-on-campaign": ("", "failed", "released"),
    "assignment-failed": ("pending", "on"),
    "assignment-cancelled": ("pending",),
    "releasing": ("on", "pending"),
    "release-undone": ("releasing",),
    "release-failed": ("releasing",),
    "released": ("releasing", "on", "pending"),
    "gone-elsewhere": ("on",),
}


def broken(
    seen: Pictures, *, resent: Collection[str], strangers: Collection[str], decided: bool
) -> list[str]:
    """Every invariant that does not hold of a number, as sentences, with the numbers of the fault plan."""
    return [
        *_on_one_campaign(seen),
        *_asked_once(seen, resent),
        *_counted(seen),
        *_told_by_the_log(seen),
        *(_same_state(seen, strangers) if decided else ()),
    ]


def _open(seen: Pictures) -> list[dict[str, Any]]:
    return [row for row in seen.assignments if row["ended_at"] is None]


def _on_one_campaign(seen: Pictures) -> Iterable[str]:
    """1: here and there."""
    for e164, times in Counter(row["e164"] for row in _open(seen)).items():
        if times > 1:
            yield f"1: {e164} is on {times} campaigns here"
    for e164 in seen.sums["number_duplicates"]:
        yield f"1: {e164} is on several campaigns at the registry"
    for e164, (told, there) in seen.sums["numbers_unaccounted"].items():
        yield f"1: the registry's ledger tells of {told} assignments of {e164}, there are {there}"


def _asked_once(seen: Pictures, resent: Collection[str]) -> Iterable[str]:
    """5: one create for each that was sent, unless faults made us send it again."""
    numbers = {row["id"]: row["e164"] for row in seen.assignments}
    sent = Counter(
        numbers[row["subject_id"]]
        for row in seen.submissions
        if (row["kind"], row["purpose"]) == ("assignment", "assign") and row["state"] not in _NEVER
    )
    for e164, creates in seen.sums["number_creates"].items():
        if creates > sent[e164] and "*" not in resent and e164 not in resent:
            yield f"5: {creates} creates for {e164}, sent were {sent[e164]}"


def _counted(seen: Pictures) -> Iterable[str]:
    """A campaign's roster counts its open assignments, within its limit; and while it has any, its list is read."""
    on = Counter(row["campaign_id"] for row in _open(seen))
    watched = Counter(row["subject_id"] for row in seen.watches if row["closed_at"] is None)
    for roster in seen.rosters:
        used = on.pop(roster["campaign_id"], 0)
        if roster["used"] != used:
            yield f"roster of {roster['campaign_id']} counts {roster['used']}, there are {used}"
        if used > max(roster["direct"], roster["approved"] or 0):
            yield f"{roster['campaign_id']} has {used} numbers, more than its limit"
        if used and watched[roster["id"]] != 1:
            yield f"3: the list of {roster['campaign_id']} is read by {watched[roster['id']]} waits"
    for campaign in on:
        yield f"{campaign} has numbers and no roster"


def _told_by_the_log(seen: Pictures) -> Iterable[str]:
    """6: the log of each number is a walk through the states of its assignments, up to where it stands."""
    # The one that counts is open, or the last that was ended.
    latest = {row["number_id"]: row for row in seen.assignments if row["ended_at"] is not None}
    latest |= {row["number_id"]: row for row in _open(seen)}
    for number, row in latest.items():
        at = ""
        for action in seen.events.get(number, []):
            if action not in _LEAVES:
                continue
            if at not in _FROM[action]:
                yield f"6: {row['e164']} was {action} from {at or 'nothing'}: {seen.events[number]}"
            at = _LEAVES[action]
        if at and at != row["state"]:
            yield f"6: the log leaves {row['e164']} {at}, it is {row['state']}"


def _same_state(seen: Pictures, strangers: Collection[str]) -> Iterable[str]:
    """2 and 4: what is on a campaign there is on the same one here, and the other way round."""
    active = {row["id"] for row in seen.campaigns.values() if row["status"] == "active"}
    references: dict[Any, str] = {row["campaign_id"]: row["reference"] for row in seen.registrations}
    ours = {row["e164"]: row for row in _open(seen)}
    # One that failed still names the campaign that did not take it.
    there = {
        row["number"]: row["campaign"]
        for row in seen.numbers_there
        if row["campaign"] and row["assignment"] != "FAILED_ASSIGNMENT"
    }
    for e164, row in ours.items():
        if row["campaign_id"] not in active:
            continue
        if row["state"] != "on":
            yield f"4: {e164} is still {row['state']} here"
        elif there.get(e164) != references[row["campaign_id"]]:
            yield f"4: {e164} is on {references[row['campaign_id']]} here, on {there.get(e164)} there"
    living = {references[campaign] for campaign in active if campaign in references}
    for e164, campaign in there.items():
        if e164 not in ours and e164 not in strangers and campaign in living:
            yield f"2: {e164} is on {campaign} there, and nobody here has it on one"
